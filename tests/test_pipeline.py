"""From a planted clip to a session, the networks scripted: what goes in must come out."""

from copy import copy

import cv2
import numpy as np
import pytest
import torch

from fer_core.emotions import LABEL_SETS
from fer_core.errors import Cancelled, VideoError
from fer_core.faces.alignment import align, alignment
from fer_core.faces.tracking import Follower
from fer_core.media import apart
from fer_core.media.pictures import SIDE
from fer_core.networks.accessories import Worn
from fer_core.networks.models.accessories import SIDE as SIDE_OF_WORN
from fer_core.pipeline import Analyser, ahead, batched
from fer_core.records import ModelName
from fer_core.sessions import timeline as timelines
from tests.clips import even, person, write_clip

LABELS = LABEL_SETS["ferplus"]


class Scripted:
    """Stands in for the networks: a face darkened in the clip is happy, else neutral."""

    labels, crop, names = LABELS, 48, (ModelName("bold", "a" * 64), ModelName("shy", "b" * 64))

    def members(self, crops):
        happy = crops.mean(axis=(1, 2)) < 90
        out = np.full((2, len(crops), len(LABELS.classes)), 0.02)
        out[:, np.arange(len(crops)), np.where(happy, 1, 0)] = 0.86
        out[1] = (out[1] + 1) / (1 + len(LABELS.classes))
        return out

    def vote(self, members):
        return members[0]


@pytest.fixture(scope="module")
def analyser(settings):
    made = Analyser(settings)
    made.recogniser = Scripted()
    return made


@pytest.fixture(scope="module")
def planted(astronaut, tmp_path_factory):
    """3 s neutral, 2 s nobody, 4 s happy."""
    frames = ((t, image if t < 5 else (image * 0.45).astype(np.uint8))
              for t, image in person(astronaut, even(9, 24), lambda t: not 3 <= t < 5))
    return write_clip(tmp_path_factory.mktemp("clips") / "planted.mp4", frames)


def test_the_planted_timeline_comes_back(analyser, planted):
    session = analyser.analyse(planted)
    assert timelines.dominant(session.timeline) == ["neutral"] * 3 + [None] * 2 + ["happiness"] * 4
    np.testing.assert_array_equal(session.timeline["coverage"], [1, 1, 1, 0, 0, 1, 1, 1, 1])
    assert np.abs(session.timeline["yaw"][session.timeline.seen]).max() < 40
    alone = session.timeline.members
    assert list(alone) == ["bold", "shy"]
    np.testing.assert_array_equal(alone["bold"], session.timeline.probabilities)
    assert alone["shy"][0, 0] == pytest.approx(1.86 / 9)
    assert session.source.name == "planted.mp4"
    assert session.people == ()
    assert [s.reason for s in session.scores] == 4 * ["abstain.seconds"] + ["abstain.no_sound"]


def test_its_threads_are_its_own_whoever_has_set_others(analyser, planted, monkeypatch):
    counts = set()

    class Counting(Scripted):
        def members(self, crops):
            counts.add(torch.get_num_threads())
            return super().members(crops)

    monkeypatch.setattr(analyser, "recogniser", Counting())
    torch.set_num_threads(3)
    try:
        analyser.analyse(planted)
    finally:
        torch.set_num_threads(1)
    assert counts == {1}


class Masks:
    """Stands in for the network that knows masks: who is darkened wears one."""

    sha256 = "d" * 64

    def __init__(self):
        self.looks = 0

    def lower(self, image, landmarks):
        return align(image, alignment(landmarks, SIDE_OF_WORN), SIDE_OF_WORN)

    def told(self, crops):
        self.looks += len(crops)
        return [Worn(0.0, 0.95 if crop.mean() < 90 else 0.02) for crop in crops]


def test_a_cover_is_looked_for_once_a_second_in_clips_and_live(analyser, planted, settings):
    one = copy(analyser)
    one.accessories = Masks()
    session = one.analyse(planted)
    timeline = session.timeline
    np.testing.assert_allclose(timeline["covered"], [0.02] * 3 + [np.nan] * 2 + [0.95] * 4)
    assert (session.muscles, session.accessories) == (one.muscles.sha256, Masks.sha256)
    assert one.accessories.looks == 7
    assert np.isnan(analyser.analyse(planted).timeline["covered"][3:5]).all()
    follower = Follower(one.detector, settings.faces)
    with apart.reading(planted, settings.video, None, lambda: False) as clip:
        live = [one.read_one(frame, follower) for frame in clip.frames]
    assert [r.values["covered"] for r in live if "covered" in r.values] == [0.02] * 3 + [0.95] * 4
    one.accessories = None  # weights from before that network
    assert np.isnan(one.analyse(planted).timeline["covered"]).all()


def test_pictures_of_moments_only_where_they_were_agreed_to(analyser, planted):
    assert analyser.analyse(planted).pictures == {}
    session = analyser.analyse(planted, pictures=True)
    smile = next(m for m in session.moments if m.kind == "smile_peak")
    assert set(session.pictures) == {m.middle for m in session.moments if m.kind != "face_lost"}
    shown = cv2.imdecode(np.frombuffer(session.pictures[smile.middle], np.uint8),
                         cv2.IMREAD_GRAYSCALE)
    assert max(shown.shape) == SIDE
    # The picture is of that second: the planted smile is the darkened face.
    assert shown.mean() < 90


def test_two_analyses_of_one_clip_agree(analyser, planted):
    first, second = analyser.analyse(planted), analyser.analyse(planted)
    np.testing.assert_array_equal(first.timeline.probabilities, second.timeline.probabilities)


def test_the_frame_rate_does_not_change_the_scores(analyser, astronaut, tmp_path):
    """The same 12 seconds, recorded at 12 and at 30 frames a second."""
    values = []
    for rate in (12, 30):
        clip = write_clip(tmp_path / f"{rate}.mp4", person(astronaut, even(12, rate)))
        values.append([s.value for s in analyser.analyse(clip).scores])
    assert values[0] == pytest.approx(values[1], abs=3)


def test_a_second_person_is_reported_and_not_scored(analyser, astronaut, tmp_path):
    def scene():
        for t, image in person(astronaut, even(12, 12), width=640, scale=0.6):
            if 4 <= t < 8:
                small = astronaut[30:230, 130:320][:, ::-1] // 2
                image[20:220, 10:200] = small
            yield t, image
    session = analyser.analyse(write_clip(tmp_path / "two.mp4", scene()))
    assert session.timeline["coverage"].mean() > 0.95
    (other,) = session.people
    assert 4 <= other.first <= 5.5
    assert 2 <= other.seconds <= 5
    assert "second_person" in [w.code for w in session.warnings]


def test_a_few_seconds_of_face_abstain(analyser, astronaut, tmp_path):
    clip = write_clip(tmp_path / "few.mp4",
                      person(astronaut, even(20, 10), lambda t: 5 <= t < 8))
    session = analyser.analyse(clip)
    assert session.timeline.seen.sum() == 3
    assert [s.reason for s in session.scores] == 4 * ["abstain.seconds"] + ["abstain.no_sound"]


def test_nobody_at_all(analyser, astronaut, tmp_path):
    clip = write_clip(tmp_path / "empty.mp4", person(astronaut, even(3, 10), lambda t: False))
    session = analyser.analyse(clip)
    assert not session.timeline.seen.any()
    assert [s.reason for s in session.scores] == 4 * ["abstain.no_face"] + ["abstain.no_sound"]
    assert "no_face" in [w.code for w in session.warnings]


def test_progress_is_told_and_cancelling_stops(analyser, planted):
    told = []
    analyser.analyse(planted, progress=told.append)
    assert told[-1].stage == "scoring"
    assert told[-1].fraction == pytest.approx(1, abs=0.05)
    assert [p.frames for p in told] == sorted(p.frames for p in told)
    with pytest.raises(Cancelled):
        analyser.analyse(planted, cancelled=lambda: True)
    assert analyser.analyse(planted).timeline.seen.any()  # the next one runs


def test_a_bad_clip_leaves_the_analyser_usable(analyser, planted, tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video")
    with pytest.raises(VideoError):
        analyser.analyse(bad)
    assert analyser.analyse(planted).timeline.seen.any()


def test_settings_in_the_session_name_no_path(analyser, planted):
    settings = analyser.analyse(planted).settings
    assert settings["video"]["fps"] == 8
    assert not {"data", "weights", "cache"} & settings.keys()


def test_working_ahead_keeps_the_order_and_passes_errors_on():
    def items():
        yield from range(3)
        raise KeyError("broken")

    worker = ahead(items())
    assert [next(worker) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError):
        next(worker)
    assert list(ahead([])) == []


def test_batches():
    assert list(batched(range(5), 2)) == [(0, 1), (2, 3), (4,)]
    assert list(batched([], 3)) == []
