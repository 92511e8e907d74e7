"""Scores as laws, and planted timelines with values worked out by hand."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS, Emotion, LabelSet
from fer_core.records import Face, HeadPose, Reading, Timeline
from fer_core.sessions.scoring import PARTS, SCORES, per_second, score_session
from fer_core.sessions.signals import gather, js_distance
from fer_core.sessions.timeline import build

QUICK = ScoringSettings(resamples=100)
FERPLUS = LABEL_SETS["ferplus"]
FEW = settings(max_examples=40, deadline=None)
SETS = pytest.mark.parametrize("labels", LABEL_SETS.values(), ids=LABEL_SETS)


def plant(labels, probabilities, coverage=1.0, yaw=0.0, pitch=0.0, roll=0.0, motion=0.0):
    """A timeline; a number stands for the same in every second."""
    probabilities = np.asarray(probabilities, dtype=float)
    columns = (np.broadcast_to(np.asarray(c, dtype=float), len(probabilities))
               for c in (coverage, yaw, pitch, roll, motion))
    return Timeline(labels, probabilities, dict(zip(COLUMNS, columns, strict=True)))


COLUMNS = ("coverage", "yaw", "pitch", "roll", "motion")


def mix(labels=FERPLUS, **shares):
    """(C,) the named shares; what is left goes to the first class without a share."""
    row = np.zeros(len(labels.classes))
    for key, share in shares.items():
        row[labels.keys.index(key)] = share
    row[[k not in shares for k in labels.keys].index(True)] += 1 - sum(shares.values())
    return row


def scores(timeline, baseline=None, settings=QUICK):
    return {s.name: s for s in score_session(timeline, settings, baseline)}


def parts(score):
    return {p.name: p.value for p in score.parts}


@st.composite
def timelines(draw, shortest=10, full=False):
    """Random expression, pose and motion; some seconds unseen unless ``full``."""
    labels = draw(st.sampled_from(list(LABEL_SETS.values())))
    count = draw(st.integers(shortest, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    probabilities = rng.dirichlet(
        np.full(len(labels.classes), draw(st.sampled_from([0.1, 1.0]))), count)
    columns = [rng.uniform(0, 1, count), *rng.normal(0, 20, (3, count)), rng.gamma(1, 0.4, count)]
    columns[4][rng.random(count) < 0.1] = np.nan
    if full:
        columns[0][:] = 1
    else:
        gone = rng.random(count) < draw(st.sampled_from([0, 0.2, 0.9]))
        probabilities[gone] = np.nan
        columns[0][gone] = 0
        for column in columns[1:]:
            column[gone] = np.nan
    return plant(labels, probabilities, *columns)


# Laws


@FEW
@given(timelines())
def test_in_range_or_abstaining_with_a_reason(timeline):
    results = score_session(timeline, QUICK)
    assert [s.name for s in results] == list(SCORES)
    for score in results:
        if score.reason is not None:
            assert (score.value, score.low, score.high, score.parts) == (None, None, None, ())
            continue
        assert 0 <= score.low <= score.value <= score.high <= 100
        measured = [p for p in score.parts if p.value is not None]
        assert all(0 <= p.value <= 100 and p.weight > 0 for p in measured)
        assert all(p.weight == 0 for p in score.parts if p.value is None)
        assert sum(p.weight for p in measured) == pytest.approx(1)
        assert sum(p.weight * p.value for p in measured) == pytest.approx(score.value)
    for series in per_second(timeline, QUICK).values():
        assert len(series) == len(timeline)
        known = series[~np.isnan(series)]
        assert ((known >= 0) & (known <= 100)).all()
        assert np.isnan(series[~timeline.seen]).all()


@FEW
@given(timelines(full=True), st.integers(0, 2**32 - 1))
def test_more_fear_never_raises_confidence(timeline, seed):
    """From any class to any class of fear, in any set of seconds."""
    rng = np.random.default_rng(seed)
    afraid = np.flatnonzero(timeline.labels.role("fear"))
    rows = rng.random(len(timeline)) < rng.random()
    moved = timeline.probabilities * rng.random(timeline.probabilities.shape) * rows[:, None]
    moved[:, afraid] = 0
    probabilities = timeline.probabilities - moved
    probabilities[:, rng.choice(afraid)] += moved.sum(axis=1)
    more = replace(timeline, probabilities=probabilities)
    assert scores(more)["confidence"].value <= scores(timeline)["confidence"].value + 1e-9


@FEW
@given(st.data())
def test_more_volatility_never_raises_composure(data):
    """A constant stretch after the baseline, replaced by swings about its mean."""
    timeline = data.draw(timelines(shortest=20, full=True))
    classes = len(timeline.labels.classes)
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    length = 2 * data.draw(st.integers(2, 7))
    first = data.draw(st.integers(5, len(timeline) - length))
    level = rng.dirichlet(np.full(classes, 0.7))
    towards = rng.dirichlet(np.full(classes, 0.3)) - level
    # As far as both ends of a swing stay distributions.
    limits = np.divide(level, np.abs(towards), out=np.full(classes, np.inf),
                       where=np.abs(towards) > 1e-12)
    assume(limits.min() > 1e-3)
    signs = np.resize(data.draw(st.sampled_from([[1, -1], [-1, 1], [1, 1, -1, -1]])), length)
    signs = signs - signs.mean()
    reach = min(limits.min(), 1.0) / np.abs(signs).max()
    values = []
    for amplitude in (0, 0.1, 0.3, 0.6, 1):
        probabilities = timeline.probabilities.copy()
        probabilities[first:first + length] = np.clip(
            level + amplitude * reach * signs[:, None] * towards, 0, 1)
        swinging = replace(timeline, probabilities=probabilities)
        values.append(scores(swinging)["composure"].value)
    assert np.diff(values).max() <= 1e-9


@FEW
@given(timelines(full=True), st.integers(0, 2**32 - 1))
def test_label_order_does_not_matter(timeline, seed):
    order = np.random.default_rng(seed).permutation(len(timeline.labels.classes))
    shuffled = LabelSet("shuffled", tuple(timeline.labels.classes[i] for i in order))
    again = replace(timeline, labels=shuffled, probabilities=timeline.probabilities[:, order])
    for one, other in zip(score_session(timeline, QUICK), score_session(again, QUICK),
                          strict=True):
        assert [other.value, other.low, other.high] == pytest.approx(
            [one.value, one.low, one.high], abs=1e-4)


def interview(fps, tremble):
    """30 s of somebody whose expression, pose and place drift; 3 s of them unseen."""
    rng = np.random.default_rng(0)
    shape = np.array([[-20, 0], [20, 0], [0, 25], [-15, 45], [15, 45]])
    for t in np.arange(30 * fps) / fps:
        if 12 <= t < 15:
            yield Reading(t)
            continue
        wave = np.sin(2 * np.pi * 0.08 * t)
        landmarks = shape + np.array([300 + 30 * wave, 200]) + rng.normal(0, tremble, (5, 2))
        yield Reading(t, Face(np.array([240.0, 140, 360, 260]), landmarks, 0.99),
                      mix(happiness=0.3 + 0.2 * wave, fear=0.1), HeadPose(20 * wave, 5, 3))


@pytest.mark.parametrize("tremble", [0, 0.7])
def test_frame_rate_does_not_matter(tremble):
    once, twice = (scores(build(interview(fps, tremble), FERPLUS, 30.0)) for fps in (8, 16))
    for name in SCORES:
        assert twice[name].value == pytest.approx(once[name].value, abs=1)
        assert twice[name].seconds == once[name].seconds == 27


@FEW
@given(timelines(full=True), st.lists(st.integers(0, 40), max_size=30))
def test_unseen_seconds_fabricate_nothing(timeline, places):
    """Wherever they lie: same values while enough is covered, then no values."""
    places = [min(p, len(timeline)) for p in places]

    def gaps(column, fill):
        return np.insert(column, places, fill, axis=0)

    holed = Timeline(timeline.labels, gaps(timeline.probabilities, np.nan), {
        name: gaps(values, 0 if name == "coverage" else np.nan)
        for name, values in timeline.columns.items()})
    enough = len(timeline) / len(holed) >= QUICK.min_coverage
    for before, after in zip(score_session(timeline, QUICK), score_session(holed, QUICK),
                             strict=True):
        assert after == (before if enough else replace(
            before, value=None, low=None, high=None, parts=(), reason="abstain.coverage"))


# Values worked out by hand


@SETS
def test_a_still_neutral_frontal_face(labels):
    """20 s. Nothing happens, so range, liveliness and smiles are 0."""
    row = labels.role("calm") if labels.role("calm").any() else labels.role("positive")
    results = scores(plant(labels, np.tile(row, (20, 1))))
    assert results["confidence"].value == pytest.approx(100)
    assert results["composure"].value == pytest.approx(100)
    assert results["attentiveness"].value == pytest.approx(100)
    smiles = 0 if labels.role("calm").any() else 25
    assert results["engagement"].value == pytest.approx(25 + smiles)
    for score in results.values():
        assert score.low == pytest.approx(score.value)
        assert score.high == pytest.approx(score.value)
        assert score.seconds == 20
        assert list(parts(score)) == list(SCORES[score.name])


def test_a_turn_of_the_head():
    """A quarter of the time at 23.5 degrees, half way from 12 to 35."""
    yaw = np.array([0.0] * 15 + [-23.5] * 5)
    results = scores(plant(FERPLUS, np.tile(mix(), (20, 1)), yaw=yaw, roll=19, coverage=0.75))
    assert parts(results["attentiveness"]) == pytest.approx(
        {"facing": 87.5, "in_view": 75, "head_level": 50})
    assert results["attentiveness"].value == pytest.approx(0.6 * 87.5 + 0.2 * 75 + 0.2 * 50)
    assert results["confidence"].value == pytest.approx(100 - 0.35 * 12.5)


def test_a_low_camera_is_not_looking_away():
    """Pitch counts from the person's own median."""
    pitch = np.array([30.0] * 15 + [53.5] * 5)
    results = scores(plant(FERPLUS, np.tile(mix(), (20, 1)), pitch=pitch))
    assert parts(results["confidence"])["facing"] == pytest.approx(87.5)


def test_head_motion():
    """0.1 is two thirds lively and steady; 0.9 is half steady, two thirds lively; 9 neither."""
    motion = np.array([0.1] * 5 + [0.9] * 5 + [9.0] * 5 + [np.nan] * 5)
    results = scores(plant(FERPLUS, np.tile(mix(), (20, 1)), motion=motion))
    assert parts(results["confidence"])["head_steadiness"] == pytest.approx(50)
    assert parts(results["engagement"])["head_liveliness"] == pytest.approx(100 * 4 / 9)


def test_expression():
    """Half smiling at 0.25, half afraid at 0.4 and sad at 0.1."""
    rows = [mix(happiness=0.25)] * 10 + [mix(fear=0.4, sadness=0.1)] * 10
    results = scores(plant(FERPLUS, rows))
    assert parts(results["confidence"]) == pytest.approx(
        {"facing": 100, "calm_positive": 75, "low_fear_sadness": 75, "head_steadiness": 100})
    assert parts(results["engagement"])["smiling"] == pytest.approx(25)
    jump = float(js_distance(np.array(rows[0]), np.array(rows[-1])))
    assert parts(results["composure"])["evenness"] == pytest.approx(100 * (1 - jump / 19))


def test_spikes_count_by_length_and_number():
    """Tension 1 for four seconds: at once it spoils 4 + 3 s of recovery, apart 4 x 4 s."""
    rows = np.tile(mix(), (40, 1))
    together, apart = rows.copy(), rows.copy()
    together[10:14] = apart[[10, 16, 22, 28]] = mix(anger=1)
    long, often = (parts(scores(plant(FERPLUS, r))["composure"]) for r in (together, apart))
    assert (long["relaxed"], often["relaxed"]) == pytest.approx((90, 90))
    assert long["recovery"] == pytest.approx(100 * 33 / 40)
    assert often["recovery"] == pytest.approx(100 * 24 / 40)
    # Two jumps against eight, each the whole distance, among 39 pairs of seconds.
    assert long["evenness"] == pytest.approx(100 * 37 / 39)
    assert often["evenness"] == pytest.approx(100 * 31 / 39)


def test_a_resting_face_is_not_punished():
    """Tension 0.4 throughout is this person's rest; 0.7 is half of what is left."""
    rest = plant(FERPLUS, np.tile(mix(anger=0.4), (20, 1)))
    tense = replace(rest, probabilities=np.tile(mix(anger=0.7), (20, 1)))
    assert parts(scores(rest)["composure"])["relaxed"] == pytest.approx(100)
    for baseline in (rest, 0.4):
        assert parts(scores(tense, baseline)["composure"])["relaxed"] == pytest.approx(50)
    assert gather(tense, QUICK).baseline == 0.5, "an open distress excuses nothing"
    nobody = replace(rest.having(coverage=np.zeros(20)),
                     probabilities=np.full((20, 8), np.nan))
    assert scores(rest, nobody) == scores(rest)


def test_js_distance():
    assert js_distance(np.array([1.0, 0]), np.array([0, 1.0])) == pytest.approx(1)
    assert js_distance(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0
    # Half way between certain and even: H(.75) - H(.5) / 2 = 0.3113 bits.
    assert js_distance(np.array([1.0, 0]), np.array([0.5, 0.5])) == pytest.approx(0.3113**0.5,
                                                                                 abs=1e-4)
    assert np.isnan(js_distance(np.array([np.nan, 0]), np.array([1.0, 0])))


# Abstaining, missing parts, intervals


@pytest.mark.parametrize(("seen", "unseen", "stalled", "reason"), [
    (0, 0, 0, "abstain.no_face"), (0, 60, 0, "abstain.no_face"), (0, 0, 9, "abstain.not_analysed"),
    (3, 57, 0, "abstain.seconds"), (9, 0, 0, "abstain.seconds"), (10, 0, 0, None),
    (12, 8, 0, None), (12, 9, 0, "abstain.coverage"), (12, 9, 9, "abstain.coverage"),
    (12, 0, 8, None), (12, 4, 4, None), (12, 0, 9, "abstain.not_analysed"),
    (12, 4, 5, "abstain.not_analysed"), (5, 0, 55, "abstain.not_analysed"),
    (9, 0, 1, "abstain.seconds"), (0, 9, 1, "abstain.no_face"),
])
def test_abstention(seen, unseen, stalled, reason):
    rows = np.concatenate([np.tile(mix(), (seen, 1)), np.full((unseen + stalled, 8), np.nan)])
    coverage = [1] * seen + [0] * unseen + [np.nan] * stalled
    for score in score_session(plant(FERPLUS, rows, coverage=coverage), QUICK):
        assert score.reason == reason
        assert (score.value is None) == (reason is not None)
        assert score.seconds == seen


def test_seconds_hardly_seen_do_not_count():
    coverage = [1.0] * 12 + [0.2] * 4
    rows = [mix()] * 12 + [mix(fear=1)] * 4
    score = scores(plant(FERPLUS, rows, coverage=coverage))["confidence"]
    assert (score.value, score.seconds) == (pytest.approx(100), 12)


def test_unmeasured_parts_hand_their_weight_on():
    """seed 001's four classes know no calm; and here no motion was measured."""
    labels = LABEL_SETS["facelog"]
    score = scores(plant(labels, np.tile(mix(labels, happiness=1), (20, 1)), yaw=23.5,
                         motion=np.nan))["confidence"]
    assert {p.name: (p.value, p.weight) for p in score.parts} == {
        "facing": (pytest.approx(50), pytest.approx(0.35 / 0.55)),
        "calm_positive": (None, 0),
        "low_fear_sadness": (pytest.approx(100), pytest.approx(0.20 / 0.55)),
        "head_steadiness": (None, 0)}
    assert score.value == pytest.approx((0.35 * 50 + 0.20 * 100) / 0.55)


def test_nothing_measured():
    """A set without any role, and no pose: confidence has nothing to go by."""
    labels = LabelSet("mute", tuple(
        Emotion(k, 0, frozenset(), "#000", "") for k in ("one", "other")))
    none = np.nan
    results = scores(plant(labels, np.tile([0.5, 0.5], (20, 1)), yaw=none, pitch=none,
                           roll=none, motion=none))
    assert results["confidence"].reason == "abstain.unmeasured"
    assert results["attentiveness"].value == pytest.approx(100)  # in view is all it knows
    assert per_second(plant(labels, np.tile([0.5, 0.5], (3, 1))), QUICK)["composure"].shape == (3,)


def test_intervals_narrow_with_seconds_and_can_be_repeated():
    rng = np.random.default_rng(0)
    widths = []
    for seconds in (10, 60, 600):
        timeline = plant(FERPLUS, rng.dirichlet(np.ones(8), seconds))
        results = scores(timeline)
        assert results == scores(timeline)
        widths.append(results["confidence"].high - results["confidence"].low)
    assert widths[0] > 1.5 * widths[1] > 3 * widths[2] > 0


def test_interval_holds_the_true_mean():
    """Independent seconds: 95 % intended; 60 sessions of 40 s, so 51 leaves room."""
    rng = np.random.default_rng(1)
    truth = 100 * (1 - 0.20 * 1 / 8 - 0.20 * 1 / 8 - 0.25 * 6 / 8)
    hits = 0
    for _ in range(60):
        score = scores(plant(FERPLUS, rng.dirichlet(np.full(8, 0.5), 40)))["confidence"]
        hits += score.low <= truth <= score.high
    assert hits >= 51


def test_a_single_second_is_anybodys_guess():
    lenient = ScoringSettings(resamples=100, min_seconds=1)
    score = scores(plant(FERPLUS, [mix()]), settings=lenient)["composure"]
    assert (score.low, score.high) == (0, 100)
    assert parts(score)["evenness"] is None


def test_one_hour_is_scored_in_little_memory():
    rows = np.random.default_rng(0).dirichlet(np.ones(8), 3600)
    tracemalloc.start()
    score_session(plant(FERPLUS, rows), ScoringSettings())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


# The registries


def test_recipes_are_made_of_parts_and_sum_to_one():
    for recipe in SCORES.values():
        assert set(recipe) <= set(PARTS)
        assert sum(recipe.values()) == pytest.approx(1)
        assert recipe.get("smiling", 0) <= 0.25
    assert set(PARTS) == {name for recipe in SCORES.values() for name in recipe}


def test_per_second_is_the_score_where_all_is_measured():
    timeline = plant(FERPLUS, np.random.default_rng(0).dirichlet(np.ones(8), 30),
                     yaw=np.linspace(-40, 40, 30), motion=0.4)
    charts, results = per_second(timeline, QUICK), scores(timeline)
    for name in ("confidence", "engagement", "attentiveness"):
        assert charts[name].mean() == pytest.approx(results[name].value)
