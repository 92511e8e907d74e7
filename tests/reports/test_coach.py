"""Advice: a trigger, a why, an exercise, seconds as evidence, the order by what it moves."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.emotions import LABEL_SETS
from fer_core.records import CHARTS, Answer, CoachStyle, Filler, Stretch, Timeline, Voice, Word
from fer_core.reports.coach import MOST, TRAITS, advise, kinds
from fer_core.reports.rules import OF_THE_VOICE, RULES, gains, look
from fer_core.sessions.delivery import HEARD as SPOKEN_PARTS
from fer_core.sessions.reference import USUAL
from fer_core.sessions.scoring import score_session
from fer_core.sessions.signals import LIVELY_FROM, LIVELY_FULL, PARTS, SMILE_FULL
from fer_core.sessions.spoken import with_voice
from fer_core.texts import LANGUAGES, entries
from tests.planted import ABSTAINING, ALL, FULL, NOBODY, SETTINGS, UNREAD, scored_again, session

STYLES = [CoachStyle(tone, focus, length) for tone, focus, length in product(
    ("polite", "casual"), ((), ("advice",), ("comfort", "empathy"),
                           ("advice", "comfort", "empathy")), ("short", "normal", "long"))]


def still(seconds=60, **columns):
    """Calm, smiling a little, facing the camera, nodding; then what ``columns`` say."""
    p = np.full((seconds, 8), 0.01)
    p[:, 0], p[:, 1] = 0.64, 0.30
    filled = {"probabilities": p, "coverage": np.ones(seconds), "yaw": np.zeros(seconds),
              "pitch": np.zeros(seconds), "roll": np.zeros(seconds),
              "motion": np.full(seconds, 0.25)}
    for name, change in columns.items():
        change(filled[name])
    timeline = Timeline(LABEL_SETS["ferplus"], filled.pop("probabilities"), filled)
    return scored_again(FULL, timeline=timeline, answers=(Answer("q", 0.0, float(seconds)),))


def put(rows, value):
    def change(column):
        column[rows] = value
    return change


TENSE = [0.1, 0.02, 0.02, 0.02, 0.02, 0.02, 0.78, 0.02]
GRIN = [0.02, 0.9, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01]
PLANTED = {
    "look_at_camera": ({"yaw": put(slice(20, 26), 40)}, (20, 26)),
    "centre_camera": ({"yaw": put(slice(0, 60), 25)}, (0, 60)),
    "level_head": ({"roll": put(slice(30, 36), 25)}, (30, 36)),
    "steady_head": ({"motion": put(slice(40, 45), 1.4)}, (40, 45)),
    "nod": ({"motion": put(slice(10, 30), 0.06)}, (10, 30)),
    "recover": ({"probabilities": put(slice(30, 38), TENSE)}, (30, 38)),
    "release": ({"probabilities": put([20, 30, 40], TENSE)}, (20, 21)),
    "first_seconds": ({"yaw": put(slice(0, 5), 30)}, (0, 5)),
    "smile": ({"probabilities": put(slice(0, 60), [0.9, 0.04, *[0.01] * 6])}, (0, 2)),
    "stay_in_view": ({"coverage": put(slice(20, 25), 0.3)}, (20, 25)),
}


def test_a_session_without_triggers_gets_no_advice():
    assert advise(still(), "ko") == ()


@pytest.mark.parametrize("code", PLANTED)
def test_what_is_planted_is_found_and_mending_it_pays(code):
    columns, stretch = PLANTED[code]
    advice = {a.code: a for a in advise(still(**columns), "en")}
    assert code in advice
    found = advice[code]
    assert (found.evidence[0].start, found.evidence[0].end) == stretch
    assert sum(found.gains.values()) > 0


HEARD = ("shorten_pauses", "fewer_fillers", "quicken")


def talker(wpm=150, pause=(20.0, 24.2), fillers=()):
    """Somebody who talks for a minute, with one long pause and fillers at these seconds."""
    spoken = ((0.2, pause[0]), (pause[1], 59.8)) if pause else ((0.2, 59.8),)
    times = [t for a, b in spoken for t in np.arange(a, b, 60 / wpm)]
    voice = Voice(
        heard=(Stretch(0, 60),), spoken=tuple(Stretch(a, b) for a, b in spoken),
        loudness=np.tile([0.0, 12.0], 300), pitch=np.tile([0.0, 3.0], 300),
        syllables=np.array(times), language="ko",
        fillers=tuple(Filler(t, t + 0.3, "음") for t in fillers),
        words=tuple(Word(t, t + 0.2, f"말{i}.", 0.9) for i, t in enumerate(times)))
    planted = still()
    timeline = with_voice(planted.timeline, voice)
    return scored_again(planted, timeline=timeline, voice=voice)


def test_a_long_pause_is_told_with_what_came_after_it():
    session = talker()
    advice = next(a for a in advise(session, "en") if a.code == "shorten_pauses")
    assert (advice.evidence[0].start, advice.evidence[0].end) == (20.0, 24.2)
    after = next(w.text for w in session.voice.words if w.start >= 24.2).strip(".")
    assert f"You paused 4.2 s before “{after}”." in advice.lines[0].text
    assert advice.gains["delivery"] > 2
    assert advice.gains["confidence"] == 0
    mute = replace(session, voice=session.voice.without_text())
    assert "You paused 4.2 s." in next(
        a for a in advise(mute, "en") if a.code == "shorten_pauses").lines[0].text
    assert "shorten_pauses" not in {a.code for a in advise(talker(pause=(20.0, 21.5)), "en")}


def test_fillers_are_counted_and_named():
    (advice,) = (a for a in advise(talker(fillers=range(2, 18, 2)), "ko")
                 if a.code == "fewer_fillers")
    assert "100단어에 군말이 5.8번 있었습니다, 절반 넘게 ‘음’." in advice.lines[0].text
    assert advice.gains["delivery"] > 1
    assert "fewer_fillers" not in {a.code for a in advise(talker(fillers=(3,)), "ko")}


@pytest.mark.parametrize(("wpm", "told"), [(115, True), (160, False), (280, False)])
def test_only_slow_speech_is_told_to_quicken(wpm, told):
    found = {a.code: a for a in advise(talker(wpm=wpm, pause=None), "en")}
    assert ("quicken" in found) == told
    if told:
        assert found["quicken"].gains["delivery"] > 2


def test_every_rule_has_a_planted_case():
    assert set(PLANTED) | set(HEARD) | {"record_longer", "uncover"} == set(RULES)
    assert set(HEARD) == set(OF_THE_VOICE)


def test_too_short_a_session_is_told_to_record_longer():
    (advice,) = advise(still(seconds=6), "en")
    assert (advice.code, advice.gains) == ("record_longer", {})
    assert (advice.evidence[0].start, advice.evidence[0].end) == (0, 6)


def test_a_session_without_scores_is_told_what_stood_in_their_way():
    for unseen in (ABSTAINING, NOBODY):
        (advice,) = advise(unseen, "ko")
        assert advice.code == "stay_in_view"


def masked(session, rows=slice(0, 45)):
    """The same with a mask over mouth and chin in these seconds."""
    looks = np.full(len(session.timeline), 0.01)
    looks[rows] = 0.95
    return scored_again(session, timeline=session.timeline.having(covered=looks))


def test_a_covered_face_is_told_first_and_of_the_rest_only_what_was_measured():
    """The bare seconds are tense, yet of a face without a score nothing is advised."""
    tense = still(probabilities=put(slice(50, 58), TENSE))
    (advice,) = advise(masked(tense), "en")
    assert (advice.code, advice.gains) == ("uncover", {})
    assert (advice.evidence[0].start, advice.evidence[0].end) == (0, 45)
    turned = scored_again(talker(), timeline=talker().timeline.having(yaw=np.full(60, 30.0)))
    first, *rest = advise(masked(turned), "en")
    assert (first.code, first.gains) == ("uncover", {})
    assert "shorten_pauses" in {a.code for a in rest}
    assert {a.code for a in rest} <= set(OF_THE_VOICE)
    assert all(a.gains.keys() == {"delivery"} for a in rest)
    assert "uncover" not in {a.code for a in advise(masked(tense, slice(0, 5)), "en")}


def test_what_hid_the_face_for_longest_comes_first():
    away = still(coverage=put(slice(40, 46), 0.0))
    assert [a.code for a in advise(masked(away, slice(0, 40)), "en")] == ["uncover", "stay_in_view"]


def test_a_photograph_is_not_told_to_record_longer():
    photograph = still(motion=put(slice(0, 60), 0.0))
    assert photograph.scores[0].reason == "abstain.still"
    assert advise(photograph, "en") == ()


def test_nobody_is_told_to_mend_what_was_not_analysed():
    assert {s.reason for s in UNREAD.scores} == {"abstain.not_analysed", "abstain.no_sound"}
    assert advise(UNREAD, "ko") == ()


def test_a_gain_is_what_the_scoring_functions_say():
    """Redone by hand: the head turned back to the camera in the planted seconds."""
    planted = still(**PLANTED["look_at_camera"][0])
    advice = next(a for a in advise(planted, "en") if a.code == "look_at_camera")
    yaw = planted.timeline["yaw"].copy()
    yaw[20:26] = 12
    mended = score_session(planted.timeline.having(yaw=yaw), SETTINGS.scoring, USUAL)
    for before, after in zip(planted.scores[:4], mended[:4], strict=True):
        assert advice.gains[before.name] == pytest.approx(after.value - before.value)


def valued(session):
    return {s.name: s.value for s in session.scores if s.value is not None}


@pytest.mark.parametrize("name", ["full", "stalled", "two"])
def test_values_alone_are_those_of_the_scores(name):
    assert look(ALL[name]).before == pytest.approx(valued(ALL[name]))


def test_frozen_seconds_stay_out_of_what_a_change_is_worth():
    """They are not scored, so nothing that is mended can count them."""
    def hold(column):
        column[20:30] = column[20]

    wander = np.random.default_rng(3).normal(0, 5, 60)
    planted = still(yaw=put(slice(0, 60), wander), motion=put(slice(20, 30), 0.0),
                    pitch=hold, roll=hold)
    frozen = scored_again(planted, timeline=planted.timeline.having(
        yaw=np.where((np.arange(60) >= 20) & (np.arange(60) < 30), 0.0, wander)))
    assert not frozen.scored.rows[21:30].any()
    assert look(frozen).before == pytest.approx(valued(frozen))
    assert "nod" not in {a.code for a in advise(frozen, "en")}


def test_a_smile_promises_nothing_where_smiling_does_not_count():
    """A tense face that smiles is as tense as before."""
    view = look(still(probabilities=put(slice(0, 60), [0.5, 0.04, 0.01, 0.41, *[0.01] * 4])))
    found = gains(view, RULES["smile"](view).mended)
    assert found["composure"] == pytest.approx(0, abs=1e-9)
    assert found["confidence"] > 0


def test_a_half_hidden_head_is_not_told_to_turn():
    """Half of the frames show it, straight ahead in each."""
    advice = {a.code for a in advise(still(coverage=put(slice(20, 30), 0.5)), "en")}
    assert "stay_in_view" in advice
    assert not advice & {"look_at_camera", "level_head", "steady_head"}


def forbids(view, trigger):
    """Nothing that a law forbids is in what a rule mends."""
    before, mended = view.timeline, trigger.mended
    positive = before.labels.role("positive")
    smile, was = mended.probabilities @ positive, before.probabilities @ positive
    motion, moved = mended["motion"], before["motion"]
    with np.errstate(invalid="ignore"):
        return {
            "hides": bool((before.analysed & ~mended.analysed).any()
                          or (before.seen & ~mended.seen).any()
                          or (mended["coverage"] < before["coverage"]).any()),
            "freezes": bool((motion < np.fmin(moved, LIVELY_FULL) - 1e-9).any()
                            or (motion[mended.seen & np.isnan(moved)] < LIVELY_FROM).any()),
            "grins": bool((smile > np.fmax(was, SMILE_FULL) + 1e-9).any())}


NATURAL = {"hides": False, "freezes": False, "grins": False}
STILL_GRIN = {"probabilities": put(slice(5, 60), GRIN), "motion": put(slice(5, 60), 0.04)}
FORBIDDEN = {
    **{code: columns for code, (columns, _) in PLANTED.items()},
    "first_seconds of a grin": {**STILL_GRIN, "yaw": put(slice(0, 5), 40)},
    "stay_in_view in a grin": {**STILL_GRIN, "coverage": put(slice(20, 25), 0.3)},
}


@pytest.mark.parametrize("code", FORBIDDEN)
def test_no_rule_hides_freezes_or_grins(code):
    view = look(still(**FORBIDDEN[code]))
    found = {name: trigger for name, rule in RULES.items() if (trigger := rule(view))}
    assert code.split()[0] in found
    for name, trigger in found.items():
        assert forbids(view, trigger) == NATURAL, name


@pytest.mark.parametrize("style", STYLES, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_advice_is_whole_in_every_style(style, language):
    for code, (columns, _) in PLANTED.items():
        for advice in (*advise(replace(still(**columns), coach=style), language),
                       *advise(replace(masked(still()), coach=style), language)):
            told = [line.kind for line in advice.lines]
            assert told == list(kinds(style)), code
            assert {"why", "exercise"} <= set(told)
            for line in advice.lines:
                assert line.evidence
                assert all(s.end > s.start for s in line.evidence)
                assert not TRAITS.search(line.text), line.text
                assert "{" not in line.text


def test_the_focus_decides_what_is_said_and_none_means_all():
    assert kinds(CoachStyle(focus=())) == kinds(CoachStyle())
    assert "comfort" not in kinds(CoachStyle(focus=("advice", "empathy")))
    assert "comfort" in kinds(CoachStyle(focus=("comfort",), length="short"))
    assert "check" in kinds(CoachStyle(length="long"))
    assert len(kinds(CoachStyle(length="short"))) < len(kinds(CoachStyle())) < len(
        kinds(CoachStyle(length="long")))


def test_no_sentence_of_the_coach_names_a_trait():
    told = [(key, sentence) for key, entry in entries().items()
            if key.startswith(("coach.", "report.coach", "report.gap"))
            for sentence in entry.values()]
    assert len(told) > 300
    for key, sentence in told:
        assert not TRAITS.search(sentence), key


def test_what_the_coach_says_to_look_up_is_in_todays_reports():
    """What a check quotes is the name of a part, a moment or a chart of version 2."""
    today = {sentence for key, entry in entries().items() for sentence in entry.values()
             if key.startswith(("moment.", "report.", "page."))
             or key.split(".")[1] in {*PARTS, *SPOKEN_PARTS}}
    today |= {label for chart in CHARTS.values() for label in chart.label.values()}
    quoted = {(key, name) for key, entry in entries().items()
              if key.startswith("coach.") and key.endswith(".check")
              for sentence in entry.values() for name in re.findall(r"'(.+?)'|“(.+?)”", sentence)
              for name in [name[0] or name[1]]}
    assert len(quoted) > 30
    assert {(key, name) for key, name in quoted
            if not any(name in sentence for sentence in today)} == set()


@pytest.mark.parametrize("sentence", [
    "성격이 소심하네요.", "자신감이 없어 보입니다.", "성실한 분입니다.", "이대로면 탈락합니다.",
    "You are nervous.", "You are shy.", "A confident person looks up.", "They will hire you.",
    "Your personality shows.", "게으른 편이에요.", "우울해 보여요."])
def test_the_scan_finds_traits(sentence):
    assert TRAITS.search(sentence)


@pytest.mark.parametrize("tone", ["polite", "casual"])
def test_the_tone_is_kept(tone):
    """존댓말 ends in 요, 다 or 니다; 반말 does not."""
    polite = ("요.", "니다.")
    for key, entry in entries().items():
        parts = key.split(".")
        if parts[0] == "coach" and len(parts) == 4 and parts[2] == tone:
            said = re.sub(r"\([^)]*\)", "", entry["ko"])
            assert said.endswith(polite) == (tone == "polite"), key


@pytest.mark.parametrize("name", ALL)
def test_at_most_five_in_the_order_of_what_they_move(name):
    advice = advise(ALL[name], "ko")
    totals = [sum(a.gains.values()) for a in advice]
    assert len(advice) <= MOST
    assert totals == sorted(totals, reverse=True)


@st.composite
def noisy(draw):
    """Anything a camera might give, in any label set, with gaps."""
    labels = LABEL_SETS[draw(st.sampled_from(sorted(LABEL_SETS)))]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(1, 90))
    p = rng.dirichlet(np.full(len(labels.classes), draw(st.sampled_from([0.1, 0.5, 3.0]))), rows)
    coverage = rng.choice([np.nan, 0.0, 0.2, 0.6, 1.0], rows, p=[0.05, 0.05, 0.1, 0.1, 0.7])
    scale = draw(st.sampled_from([3.0, 20.0, 60.0]))
    columns = {n: rng.normal(0, scale, rows).clip(-90, 90) for n in ("yaw", "pitch", "roll")}
    columns["motion"] = rng.exponential(draw(st.sampled_from([0.05, 0.5, 2.0])), rows)
    for column in (p, *columns.values()):
        column[~(coverage > 0)] = np.nan
    timeline = Timeline(labels, p, {"coverage": coverage, **columns}, draw(st.integers(0, 50)))
    answers = tuple(Answer("q", float(a), float(a) + 20) for a in range(0, 150, 30))
    return scored_again(FULL, timeline=timeline, answers=draw(st.sampled_from([(), answers])))


@settings(max_examples=80, deadline=None)
@given(noisy())
def test_whatever_was_measured_the_advice_rests_on_its_seconds(measured):
    timeline = measured.timeline
    advice = advise(measured, "en")
    assert len(advice) <= MOST
    assert len({a.code for a in advice}) == len(advice)
    for one in advice:
        assert one.evidence
        for stretch in one.evidence:
            assert timeline.start <= stretch.start < stretch.end <= timeline.start + len(timeline)
        assert not one.gains or sum(one.gains.values()) >= 0.5


@settings(max_examples=40, deadline=None)
@given(noisy())
def test_a_mended_timeline_is_still_one(measured):
    view = look(measured)
    for code, rule in RULES.items():
        trigger = rule(view)
        if trigger is None or trigger.mended is None:
            continue
        p = trigger.mended.probabilities
        seen = trigger.mended.seen
        np.testing.assert_allclose(p[seen].sum(1), 1, atol=1e-9, err_msg=code)
        assert (p[seen] >= -1e-12).all(), code
        assert all(-100 <= g <= 100 for g in gains(view, trigger.mended).values())
        assert forbids(view, trigger) == NATURAL, code


def test_an_hour_is_advised_at_once():
    """Many stretches: the longest few are kept."""
    for advice in advise(session(seconds=3600), "ko"):
        assert 1 <= len(advice.evidence) <= 5
