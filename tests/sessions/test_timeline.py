"""Readings in, rows per second out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.emotions import LABEL_SETS
from fer_core.records import Face, HeadPose, Reading
from fer_core.sessions.timeline import TimelineBuilder, build, crop, dominant, smooth

LABELS = LABEL_SETS["ferplus"]
FEW = settings(max_examples=40, deadline=None)


def one_hot(emotion):
    return np.eye(len(LABELS.classes))[LABELS.keys.index(emotion)]


def face(x=300.0, y=200.0, eyes=40.0):
    landmarks = np.array([[-20, 0], [20, 0], [0, 25], [-15, 45], [15, 45]]) * eyes / 40 + [x, y]
    return Face(np.array([x - 60, y - 60, x + 60, y + 60]), landmarks, 0.99)


def seen(time, probabilities, pose=None, where=None):
    return Reading(time, where or face(), probabilities, pose or HeadPose(0, 0, 0))


def stream(script, fps):
    """A reading per frame: ``script`` names each second's emotion, None where nobody is."""
    return [Reading(i / fps) if script[int(i // fps)] is None
            else seen(i / fps, one_hot(script[int(i // fps)]))
            for i in range(int(len(script) * fps))]


SCRIPT = ["neutral"] * 3 + [None] * 2 + ["happiness"] * 4


@pytest.mark.parametrize("fps", [2, 8, 16, 30])
def test_planted_stream_comes_back(fps):
    timeline = build(iter(stream(SCRIPT, fps)), LABELS, 9.0)
    assert dominant(timeline) == SCRIPT
    assert timeline["coverage"].tolist() == [1] * 3 + [0] * 2 + [1] * 4
    assert np.isnan(timeline.probabilities[3:5]).all()
    assert np.isnan(timeline["yaw"][3:5]).all()
    assert np.isnan(timeline["motion"][3:5]).all()
    assert np.array_equal(timeline["motion"][:3], [0, 0, 0])


def test_rows_are_means_over_frames():
    happy, sad = one_hot("happiness"), one_hot("sadness")
    timeline = build([
        seen(0.0, happy, HeadPose(10, 4, -2)), seen(0.25, sad, HeadPose(20, 8, 2)),
        seen(0.5, happy, HeadPose(30, 0, 0)), Reading(0.75)], LABELS)
    assert timeline.probabilities[0] == pytest.approx((2 * happy + sad) / 3)
    assert timeline["coverage"].tolist() == [0.75]
    assert [timeline[name][0] for name in ("yaw", "pitch", "roll")] == pytest.approx([20, 4, 0])


def test_face_without_pose_still_counts():
    timeline = build([Reading(0.0, face(), one_hot("fear")),
                      seen(0.5, one_hot("fear"), HeadPose(6, 0, 0))], LABELS)
    assert timeline["coverage"].tolist() == [1]
    assert timeline["yaw"].tolist() == [6]


@pytest.mark.parametrize(("times", "duration", "rows"), [
    ([], None, 0), ([], 0.4, 0), ([], 2.5, 3),
    ([0.0], None, 1), ([0.0], 0.0, 1),  # a one-picture clip
    ([0.0, 3.9], None, 4), ([0.0, 3.9], 4.0, 4), ([0.0, 3.9], 4.4, 4), ([0.0, 3.9], 4.5, 5),
    ([0.0, 3.9], 1.0, 4),  # the container is wrong; frames are evidence
    ([0.0, 3.5, 4.0], 4.0, 4), ([0.0, 3.5, 4.0], 4.0004, 4), ([0.0, 3.5, 4.0], 2.0, 4),
    ([0.0, 3.5, 4.0], 4.04, 5), ([0.0, 3.5, 4.0], None, 5), ([0.0, 3.5, 4.1], 4.0, 5),
])
def test_row_count(times, duration, rows):
    timeline = build([seen(t, one_hot("neutral")) for t in times], LABELS, duration)
    assert len(timeline) == rows


def test_frame_on_the_end_counts_in_the_second_it_closes():
    frames = [seen(0.0, one_hot("neutral")), seen(1.0, one_hot("happiness"))]
    timeline = build(frames, LABELS, 1.0)
    assert timeline.probabilities[0] == pytest.approx(
        (one_hot("neutral") + one_hot("happiness")) / 2)


@pytest.mark.parametrize("time", [-0.1, np.nan, np.inf])
def test_impossible_times(time):
    with pytest.raises(ValueError, match="reading"):
        build([Reading(time)], LABELS)
    with pytest.raises(ValueError, match="duration"):
        build([], LABELS, time)


@pytest.mark.parametrize("classes", [1, 7])
def test_other_label_set(classes):
    with pytest.raises(ValueError, match="probabilities"):
        build([seen(0, np.full(classes, 1 / classes))], LABELS)


def test_builder_can_be_asked_at_any_time():
    readings = stream(SCRIPT * 12, 4)  # grows past its first 64 rows
    builder = TimelineBuilder(LABELS)
    for i, reading in enumerate(readings, 1):
        builder.add(reading)
        if i % 97 == 0 or i == len(readings):
            whole = build(readings[:i], LABELS)
            now = builder.timeline()
            assert np.array_equal(now.probabilities, whole.probabilities, equal_nan=True)
            assert np.array_equal(now["motion"], whole["motion"], equal_nan=True)
    assert dominant(builder.timeline()) == SCRIPT * 12


def moving(path, fps, seconds, jitter=0.0, eyes=40.0, scale=1.0):
    noise = np.random.default_rng(0)
    return [seen(t, one_hot("neutral"),
                 where=face(*(scale * (np.array(path(t)) + noise.normal(0, jitter, 2))),
                            eyes * scale))
            for t in np.arange(int(seconds * fps)) / fps]


@pytest.mark.parametrize("fps", [4, 8, 16, 60])
def test_motion_of_a_steady_drift_is_exact(fps):
    """20 px a second at an eye distance of 40 px: 0.5, in the first second as well."""
    timeline = build(moving(lambda t: (300 + 16 * t, 200 + 12 * t), fps, 5), LABELS)
    assert timeline["motion"] == pytest.approx([0.5] * 5)


@pytest.mark.parametrize("scale", [0.5, 3])
def test_motion_does_not_depend_on_the_picture_size(scale):
    def path(t):
        return 300 + 20 * np.sin(t), 200.0

    small = build(moving(path, 8, 6), LABELS)["motion"]
    large = build(moving(path, 8, 6, scale=scale), LABELS)["motion"]
    assert large == pytest.approx(small)


def test_trembling_landmarks_are_not_motion():
    """1 px of tremble is a still head, and no more restless at four times the frames."""
    slow, fast = (build(moving(lambda t: (300, 200), fps, 20, jitter=1.0), LABELS)["motion"].mean()
                  for fps in (8, 32))
    assert slow < 0.08
    assert fast < slow


@FEW
@given(amplitude=st.floats(0, 40), hertz=st.floats(0.05, 0.5))
def test_motion_does_not_depend_on_the_frame_rate(amplitude, hertz):
    def path(t):
        return 300 + amplitude * np.sin(2 * np.pi * hertz * t), 200.0

    once, twice = (build(moving(path, fps, 12), LABELS)["motion"] for fps in (8, 16))
    fastest = 2 * np.pi * hertz * amplitude / 40
    # A turning head is caught 1/32 s earlier or later; that evens out over seconds.
    assert twice == pytest.approx(once, abs=0.1 * fastest + 1e-9)
    assert twice.mean() == pytest.approx(once.mean(), abs=0.06 * fastest + 1e-9)


def test_seconds_without_a_frame_are_not_seconds_without_a_face():
    frames = [seen(0.0, one_hot("neutral")), Reading(1.5), seen(4.2, one_hot("neutral"))]
    timeline = build(frames, LABELS, 7.0)
    assert timeline.analysed.tolist() == [True, True, False, False, True, False, False]
    assert timeline["coverage"] == pytest.approx(
        [1, 0, *[np.nan] * 2, 1, *[np.nan] * 2], nan_ok=True)
    assert timeline.mean_coverage == pytest.approx(2 / 3)


@FEW
@given(st.lists(st.tuples(st.floats(0, 30), st.integers(-1, 7)), min_size=1, max_size=60),
       st.randoms())
def test_rows_sum_to_one_and_order_does_not_matter(frames, random):
    readings = [Reading(t) if c < 0 else seen(t, np.eye(8)[c]) for t, c in frames]
    timeline = build(readings, LABELS)
    assert timeline.probabilities[timeline.seen].sum(1) == pytest.approx(1)
    analysed = np.isin(timeline.seconds, [int(t) for t, _ in frames])
    assert np.array_equal(timeline.analysed, analysed)
    assert ((timeline["coverage"] >= 0) & (timeline["coverage"] <= 1))[analysed].all()
    assert np.array_equal(timeline.seen, timeline["coverage"] > 0)
    random.shuffle(readings)
    again = build(readings, LABELS)
    assert again.probabilities == pytest.approx(timeline.probabilities, nan_ok=True)


def test_motion_across_a_gap_is_unknown():
    readings = moving(lambda t: (300 + 20 * t, 200), 8, 6)
    timeline = build([r for r in readings if not 2 <= r.time < 4], LABELS)
    assert timeline["motion"] == pytest.approx([0.5, 0.5, np.nan, np.nan, 0.5, 0.5], nan_ok=True)


def planted():
    return build(stream(SCRIPT, 4), LABELS)


def test_crop_takes_rows_by_their_middle():
    timeline = planted()
    assert crop(timeline, 2, 6).seconds.tolist() == [2, 3, 4, 5]
    assert crop(timeline, 2.4, 5.6).seconds.tolist() == [2, 3, 4, 5]
    assert crop(timeline, -5, 99).seconds.tolist() == list(range(9))
    assert crop(crop(timeline, 2, 8), 4, 6).seconds.tolist() == [4, 5]
    assert dominant(crop(timeline, 2, 6)) == ["neutral", None, None, "happiness"]
    assert dominant(crop(timeline, 4, 9)) == [None] + ["happiness"] * 4
    for start, end in ((5, 5), (6, 2), (50, 60), (-9, -1)):
        assert len(crop(timeline, start, end)) == 0


@FEW
@given(st.floats(-2, 12), st.floats(-2, 12), st.floats(-2, 12))
def test_neighbouring_crops_share_nothing(a, b, c):
    a, b, c = sorted((a, b, c))
    timeline = planted()
    halves = [*crop(timeline, a, b).seconds, *crop(timeline, b, c).seconds]
    assert halves == list(crop(timeline, a, c).seconds)


def test_smooth_averages_what_was_seen_and_fills_nothing():
    timeline = planted()
    smoothed = smooth(timeline, 3)
    assert np.array_equal(smoothed.seen, timeline.seen)
    assert np.array_equal(smoothed["coverage"], timeline["coverage"])
    assert smoothed.probabilities[smoothed.seen].sum(1) == pytest.approx(1)
    assert smooth(timeline, 11).probabilities[0] == pytest.approx(
        (3 * one_hot("neutral") + one_hot("happiness")) / 4)
    assert np.array_equal(smooth(timeline, 1).probabilities, timeline.probabilities,
                          equal_nan=True)
    assert len(smooth(crop(timeline, 0, 0), 5)) == 0
    with pytest.raises(ValueError, match="window"):
        smooth(timeline, 0.5)


def test_empty_timeline():
    empty = build([], LABELS)
    assert len(empty) == 0
    assert dominant(empty) == []


def _seen(time: float, x: float) -> Reading:
    marks = np.array([[0, 0], [40, 0], [20, 20], [5, 40], [35, 40]], float) + np.array([x, 0])
    return Reading(time, Face(np.array([x, 0, x + 40, 50.0]), marks, 0.9, 0), np.eye(8)[0])


def test_a_cut_hides_the_jump_between_two_takes():
    def motion(cut: bool) -> np.ndarray:
        builder = TimelineBuilder(LABEL_SETS["ferplus"])
        for i in range(48):
            if i == 24 and cut:
                builder.cut()
            builder.add(_seen(i / 8, 0 if i < 24 else 400))
        return builder.timeline()["motion"]

    assert motion(False)[3] > 5
    assert motion(True)[3] == 0
    assert (motion(True)[[1, 2, 4, 5]] == 0).all()


def test_rewound_seconds_are_as_if_they_had_not_been():
    builder, plain = (TimelineBuilder(LABEL_SETS["ferplus"]) for _ in range(2))
    for i in range(40):
        builder.add(_seen(i / 8, i))
        if i < 24:
            plain.add(_seen(i / 8, i))
    builder.rewind(3)
    again, wanted = builder.timeline(), plain.timeline()
    np.testing.assert_array_equal(again.probabilities, wanted.probabilities)
    for name in ("coverage", "motion"):
        np.testing.assert_array_equal(again[name], wanted[name])
    builder.rewind(0)
    assert len(builder.timeline()) == 0
