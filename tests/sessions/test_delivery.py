"""The laws of delivery, on planted columns: what a voice does and what it must give."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.lab.coverage import talking
from fer_core.records import Answer, Timeline
from fer_core.sessions import delivery as delivery_parts
from fer_core.sessions.delivery import VOWELS_FOUND
from fer_core.sessions.scored import score
from fer_core.sessions.scoring import FACE_SCORES, SCORES
from tests.behaviour import photograph

SETTINGS = ScoringSettings()
LABELS = LABEL_SETS["ferplus"]
SECONDS = 60


def talk(pause=0.4, every=4, wpm=150, fillers=2, spread=(5.0, 1.8), seconds=SECONDS, a_word=1.4,
         hear_words=True):
    """Somebody who talks: a pause of so many s in every ``every``-th second (over several where
    it is longer), so many words a minute and fillers per 100 words; nobody in the picture."""
    second = np.arange(seconds)
    begin = second - second % every
    paused = np.clip(pause - (second - begin), 0, 1)
    words = np.diff(np.floor(np.arange(seconds + 1) * wpm / 60))
    columns = {
        "speech": 1 - paused, "pause": paused * pause, "loudness": np.zeros(seconds),
        "loudness_spread": np.full(seconds, spread[0]), "voice_pitch": np.zeros(seconds),
        "pitch_spread": np.full(seconds, spread[1]),
        "syllables": VOWELS_FOUND * np.diff(
            np.floor(np.arange(seconds + 1) * wpm * a_word / 60))}
    if hear_words:
        columns |= {"words": words, "hesitations": np.diff(np.floor(
            np.arange(seconds + 1) * wpm * fillers / 6000))}
    return Timeline(LABELS, np.full((seconds, 8), np.nan), {
        "coverage": np.zeros(seconds), **columns})


def delivery(timeline, answers=()):
    return {s.name: s for s in score(timeline, SETTINGS, answers=answers).scores}["delivery"]


def parts(timeline):
    return {p.name: p.value for p in delivery(timeline).parts}


def value(timeline):
    return delivery(timeline).value


def test_a_voice_needs_no_face():
    found = {s.name: s for s in score(talk(), SETTINGS).scores}
    assert {found[name].reason for name in FACE_SCORES} == {"abstain.no_face"}
    assert found["delivery"].reason is None
    assert found["delivery"].low <= found["delivery"].value <= found["delivery"].high
    assert list(SCORES)[-1] == "delivery"


def test_values_by_hand():
    """A pause of half a second in every second of 150 words a minute, six fillers per 100 of
    them; loudness and pitch move half as much as is best."""
    found = parts(talk(pause=0.5, every=1, wpm=150, fillers=6, spread=(5.0, 1.8)))
    assert found["pace"] == pytest.approx(100 * 40 / 55, abs=2)
    assert found["pauses"] == pytest.approx(100 * 0.25 / 0.45)  # half of the time in them: .25
    assert found["fillers"] == pytest.approx(40, abs=4)
    assert found["liveliness"] == pytest.approx(50)
    half = parts(talk(pause=0.5, every=2))
    assert half["pauses"] == pytest.approx(100 * 0.375 / 0.45, abs=3)


def test_the_value_is_the_mean_of_its_column():
    result = score(talk(), SETTINGS)
    found = next(s for s in result.scores if s.name == "delivery")
    for part in found.parts:
        assert part.value == pytest.approx(np.nanmean(result.parts[part.name]))
    assert found.value == pytest.approx(sum(p.value * p.weight for p in found.parts))


@pytest.mark.parametrize("pause", [0.6, 0.9])
def test_pauses_twice_as_long_cost(pause):
    assert value(talk(pause=pause)) > value(talk(pause=2 * pause)) + 3


def test_one_long_pause_costs_more_than_as_much_silence_in_short_ones():
    assert parts(talk(pause=2, every=20))["pauses"] < parts(talk(pause=0.4, every=4))["pauses"]


@pytest.mark.parametrize(("slow", "fast", "better"), [
    (110, 160, True), (165, 200, None), (200, 260, False)])
def test_pace_rises_to_a_plateau_and_falls_past_it(slow, fast, better):
    change = parts(talk(wpm=fast))["pace"] - parts(talk(wpm=slow))["pace"]
    if better is None:
        assert abs(change) < 6
    else:
        assert change > 20 if better else change < -20


def test_korean_is_measured_in_syllables():
    """92 words a minute would be slow; 2.9 syllables each are 267 a minute."""
    found = parts(talk(wpm=92, a_word=2.9))
    assert found["pace"] == pytest.approx(96, abs=4)
    assert parts(talk(wpm=92))["pace"] < 2


def test_without_words_syllables_tell_the_pace_and_fillers_are_not_known():
    found = {p.name: p for p in delivery(talk(hear_words=False)).parts}
    assert found["fillers"].value is None
    assert found["fillers"].weight == 0
    assert sum(p.weight for p in found.values()) == pytest.approx(1)
    assert found["pace"].value == pytest.approx(100 * (210 - 175) / 75, abs=3)


def test_fillers_cost_and_a_monotone_voice_costs():
    assert value(talk(fillers=8)) < value(talk(fillers=1)) - 8
    assert value(talk(spread=(3.5, 0.8))) < value(talk(spread=(6.5, 2.8))) - 15


def test_how_loud_and_how_high_a_voice_is_changes_nothing():
    """The columns are above one's own median; these would not be, and still nothing reads them."""
    timeline = talk()
    assert value(timeline.having(
        loudness=timeline["loudness"] + 12, voice_pitch=timeline["voice_pitch"] + 12)) == value(
            timeline)


@pytest.mark.parametrize(("timeline", "reason"), [
    (talk().having(speech=np.full(SECONDS, np.nan)), "abstain.no_sound"),
    (talk().having(speech=np.zeros(SECONDS)), "abstain.no_speech"),
    (talk().having(speech=np.where(np.arange(SECONDS) % 20 == 0, 0.9, 0)), "abstain.no_speech"),
    (talk(seconds=8), "abstain.speech_seconds")], ids=["mute", "silent", "music", "short"])
def test_it_abstains(timeline, reason):
    found = delivery(timeline)
    assert (found.value, found.reason, found.parts) == (None, reason, ())


def test_the_wait_before_and_after_does_not_count():
    """A quarter of a minute of silence to either side: as if it had not been."""
    t = talk()
    still = talk().having(**{n: np.zeros(SECONDS) for n in (
        "speech", "pause", "words", "syllables", "hesitations")})
    padded = Timeline(LABELS, np.full((90, 8), np.nan), {
        name: np.concatenate([still[name][:15], t[name], still[name][:15]])
        for name in t.columns})
    assert value(padded) == pytest.approx(value(t))
    assert delivery(padded).seconds == SECONDS


def test_of_a_session_with_questions_only_the_answers_are_heard():
    """Between two answers somebody asks, quickly and with many a filler."""
    t, asking = talk(), talk(wpm=290, fillers=30)
    between = (np.arange(SECONDS) >= 25) & (np.arange(SECONDS) < 35)
    mixed = t.having(**{n: np.where(between, asking[n], t[n]) for n in t.columns})
    answers = (Answer("intro", 0.0, 25.0), Answer("strength", 35.0, 60.0))
    whole = score(mixed, SETTINGS, answers=answers)
    # Pauses are planted every 4 s: cut elsewhere, a window holds one more or one less.
    assert whole.scores[-1].value == pytest.approx(value(t), abs=2)
    assert np.isnan(whole.parts["pace"][26:34]).all()
    for found, answer in zip(whole.answers, answers, strict=True):
        rows = slice(int(answer.start), int(answer.end))
        one = found[-1]
        assert one.value == pytest.approx(sum(
            p.weight * np.nanmean(whole.parts[p.name][rows]) for p in one.parts))


def test_the_interval_narrows_with_time_and_holds_the_long_run():
    rng = np.random.default_rng(0)

    def restless(seconds):
        t = talk(seconds=seconds)
        return t.having(
            loudness_spread=np.clip(rng.normal(5.5, 1.5, seconds), 0, None),
            words=rng.poisson(2.4, seconds).astype(float),
            hesitations=rng.poisson(0.06, seconds).astype(float))

    truth = value(restless(4000))
    found = [delivery(restless(SECONDS)) for _ in range(60)]
    held = sum(s.low <= truth <= s.high for s in found)
    assert held >= 50  # 95 % of 60 is 57
    longer = delivery(restless(240))
    assert longer.high - longer.low < np.mean([s.high - s.low for s in found])


def test_seconds_by_themselves_have_the_same_mean_and_keep_what_wanders_slowly():
    """A minute of quick talk, a minute of slow talk: what is left of that in a second by itself
    is what the interval must allow for."""
    drawn = talking(np.random.default_rng(3), 240, 0.5)
    drawn["words"] *= np.repeat([1.3, 0.7, 1.3, 0.7], 60)
    timeline = Timeline(LABELS, np.full((240, 8), np.nan), {"coverage": np.zeros(240), **drawn})
    smooth, alone = delivery_parts.series_and_alone(timeline)
    for part in ("pace", "pauses", "fillers", "liveliness"):
        assert np.nanmean(alone[part]) == pytest.approx(np.nanmean(smooth[part]), abs=0.01), part
    quick, slow, *_ = np.nanmean(alone["pace"].reshape(4, 60), axis=1)
    assert quick - slow > 0.5


def test_every_shape_falls_or_rises_through_its_corners():
    shapes = {name: value for name, value in vars(delivery_parts).items()
              if name.isupper() and isinstance(value, tuple)}
    assert len(shapes) == 7
    for shape in shapes.values():
        at, height = zip(*shape, strict=True)
        assert list(at) == sorted(at)
        np.testing.assert_allclose(delivery_parts.shaped(np.array(at), shape), height)
        assert (min(height), max(height)) == (0, 1)
        assert np.isnan(delivery_parts.shaped(np.array([np.nan]), shape)).all()


def test_a_photograph_with_a_voice_still_speaks():
    still = photograph(0)
    heard = replace(still, columns={**still.columns, **{
        n: v for n, v in talk(seconds=len(still)).columns.items() if n != "coverage"}})
    found = {s.name: s for s in score(heard, SETTINGS).scores}
    assert {found[n].reason for n in FACE_SCORES} == {"abstain.still"}
    assert found["delivery"].value is not None
