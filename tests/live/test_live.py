"""The live stream with the real worker process: newest frame only, never stuck, never mixed."""

import os
import random
import signal
import time
from fractions import Fraction

import av
import numpy as np
import pytest

from fer_core.config import Settings
from fer_core.errors import WeightsMissing
from fer_core.live.engine import LiveEngine
from fer_core.records import Answer, Frame

PATIENCE = 120.0  # s; two cores may be busy

pytestmark = pytest.mark.skipif(not (Settings().weights / "manifest.json").is_file(),
                                reason="no trained weights in weights/")


def mirror(image, *_):
    return image


def until(true, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def engine():
    settings = Settings()
    quick = settings.model_copy(update={"live": settings.live.model_copy(
        update={"patience": 3.0, "idle": 2.0})})
    made = LiveEngine(quick)
    yield made
    made.close()
    assert made.process is None


@pytest.fixture
def stream(engine):
    opened = engine.open("test", mirror)
    yield opened
    opened.close()


@pytest.fixture
def face(astronaut):
    return np.ascontiguousarray(astronaut[:384, 60:444])


def camera(stream, image, seconds: float = 0.0, until_read: bool = True) -> None:
    """Show a picture to the callback until it was read, and for at least so long."""
    picture = av.VideoFrame.from_ndarray(image, "rgb24")
    began, shown = time.monotonic(), time.monotonic() - stream._origin

    def read() -> bool:
        recent = stream.snapshot().recent
        return bool(recent) and recent[-1].time >= shown

    while time.monotonic() - began < seconds or (until_read and not read()):
        assert time.monotonic() - began < PATIENCE, "nothing was read"
        stream.callback(picture)
        time.sleep(0.03)


def test_a_face_is_read_and_becomes_a_session(engine, stream, face):
    camera(stream, face)
    assert stream.begin() == 0.0
    camera(stream, face, 2.5)
    end = stream.pause()
    camera(stream, np.zeros_like(face), 1.0)  # thinking: seen, not scored
    seen = stream.snapshot()
    assert seen.reading.face is None
    assert seen.members == {}
    assert seen.size == (384, 384)
    assert seen.displayed > 3
    assert 0 < seen.age < PATIENCE
    start = stream.begin()
    assert start == np.ceil(end)
    camera(stream, face, 2.0)
    assert set(stream.snapshot().members) == {m.name for m in engine._models}
    answers = (Answer("job.1", 0.0, end), Answer("job.2", start, stream.pause()))
    neutral = stream.recent(1.0)
    session = stream.session(answers, neutral)
    assert session.answers == answers
    assert session.source.name == "test"
    assert (session.neutral, session.scored.recipe.neutral) == (neutral, "take")
    assert set(session.timeline.members) == {m.name for m in engine._models}
    assert session.timeline["coverage"][0] > 0.9
    assert session.timeline["coverage"][int(start)] > 0.9
    motion = session.timeline["motion"][int(start)]
    assert np.isnan(motion) or motion < 1
    assert len(session.timeline) <= start + 60


def test_a_rewound_take_is_gone(stream, face):
    stream.begin()
    camera(stream, face, 1.2)
    end = stream.pause()
    start = stream.begin()
    camera(stream, face, 1.2)
    stream.pause()
    stream.rewind(start)
    assert stream.clock == start
    assert len(stream.session((Answer("x", 0, end),)).timeline) <= np.ceil(end)
    stream.rewind(0)
    assert stream.session(()) is None


def test_pictures_are_kept_only_where_they_were_agreed_to(stream, face):
    stream.begin()
    camera(stream, face, 1.2)
    stream.pause()
    camera(stream, face)  # what was under way has been delivered
    assert stream.sitting.builder._pictures == {}
    stream.sitting.pictures = True
    start = stream.begin()
    camera(stream, face, 1.2)
    stream.pause()
    assert start in stream.sitting.builder._pictures
    assert start - 1 not in stream.sitting.builder._pictures
    stream.rewind(start)
    assert stream.sitting.builder._pictures == {}


def test_only_the_newest_frame_waits(stream, face):
    camera(stream, face)
    began = stream.moment
    for i in range(50):
        stream.push(Frame(began + i / 1000, face))
    until(lambda: not stream.waiting, "the newest frame is taken")
    until(lambda: stream.snapshot().recent[-1].time == began + 0.049, "the newest frame is read")
    assert sum(r.time >= began for r in stream.snapshot().recent) <= 3


def test_the_callback_never_raises(stream, face):
    def broken(image, reading):
        raise ValueError("no")

    stream.draw = broken
    picture = av.VideoFrame.from_ndarray(face, "rgb24")
    assert stream.callback(picture) is picture


def test_pictures_keep_their_time_and_large_ones_are_scaled_down(stream, face):
    large = av.VideoFrame.from_ndarray(np.tile(face, (3, 5, 1)), "rgb24")
    large.pts, large.time_base = 90, Fraction(1, 30)
    shown = stream.callback(large)
    assert max(shown.width, shown.height) == Settings().video.max_side
    assert (shown.pts, shown.time_base) == (90, Fraction(1, 30))


@pytest.mark.parametrize("end", ["SIGKILL", "SIGSTOP"])
def test_a_dead_or_hung_worker_is_started_anew_and_nothing_is_lost(engine, stream, face, end):
    camera(stream, face)
    stream.begin()
    camera(stream, face, 1.5)
    before, killed = engine.process, int(stream.clock)
    os.kill(before, getattr(signal, end))
    picture = av.VideoFrame.from_ndarray(face, "rgb24")
    said = set()

    def restarted() -> bool:
        assert stream.callback(picture) is not None  # the picture goes on
        said.add(stream.snapshot().status)
        return engine.process not in (before, None) and engine.status == "running"

    until(restarted, "a new worker")
    assert "restarting" in said
    camera(stream, face, 1.0)
    session = stream.session((Answer("x", 0.0, stream.pause()),))
    coverage = session.timeline["coverage"]
    assert np.nanmax(coverage[:killed + 1]) > 0.9
    assert np.nanmax(coverage[killed + 1:]) > 0.9
    assert "face_lost" not in [m.kind for m in session.moments], "the worker's fault"


def test_four_streams_do_not_mix(engine, face):
    pictures = [face, np.zeros_like(face), face[:, ::-1].copy(), np.full_like(face, 255)]
    opened = [engine.open(str(i), mirror) for i in range(4)]
    frames = [av.VideoFrame.from_ndarray(p, "rgb24") for p in pictures]

    def everybody_was_read() -> bool:
        for stream, frame in zip(opened, frames, strict=True):
            stream.callback(frame)
        time.sleep(0.03)
        return all(len(stream.snapshot().recent) > 5 for stream in opened)

    try:
        until(everybody_was_read, "all four are read")
        for stream, image in zip(opened, pictures, strict=True):
            faces = [r.face is not None for r in stream.snapshot().recent]
            assert all(faces) if image.std() > 10 else not any(faces)
        # Each has a seat of its own: a face on the left stays on the left.
        xs = [opened[i].snapshot().reading.face.centre[0] for i in (0, 2)]
        assert xs[0] + xs[1] == pytest.approx(384, abs=8)
    finally:
        for stream in opened:
            stream.close()
    assert not any(stream.number in engine._streams for stream in opened)


def test_a_silent_stream_is_given_up_and_may_come_back(engine, stream, face):
    told = []

    def hang_up() -> None:
        told.append(stream.quiet)
        raise RuntimeError("whatever happens here, the others go on")

    stream.on_silence = hang_up
    camera(stream, face)
    assert stream.number in engine._streams
    until(lambda: stream.number not in engine._streams, "it is given up")
    until(lambda: told, "whoever holds the connection is told")
    assert told[0] >= 2.0
    camera(stream, face)
    assert stream.number in engine._streams
    stream.close()
    stream.callback(av.VideoFrame.from_ndarray(face, "rgb24"))
    assert stream.number not in engine._streams


def test_missing_weights_are_said_and_the_picture_goes_on(tmp_path, face):
    engine = LiveEngine(Settings(weights=tmp_path))
    stream = engine.open("x", mirror)
    picture = av.VideoFrame.from_ndarray(face, "rgb24")

    def failed() -> bool:
        stream.callback(picture)
        return engine.error is not None

    until(failed, "the error is known")
    assert isinstance(engine.error, WeightsMissing)
    assert stream.snapshot().status == "failed"
    assert stream.snapshot().displayed > 0
    engine.close()


@pytest.mark.slow
def test_a_kill_at_a_random_moment_with_the_real_networks(engine, face):
    chance, picture = random.Random(0), av.VideoFrame.from_ndarray(face, "rgb24")
    for i in range(3):
        stream = engine.open(str(i), mirror)
        camera(stream, face)
        stream.begin()
        camera(stream, face, chance.uniform(1, 2))
        before, killed, said = engine.process, int(stream.clock), set()
        os.kill(before, signal.SIGKILL)

        def again(stream=stream, said=said, before=before) -> bool:
            stream.callback(picture)
            said.add(stream.snapshot().status)
            return engine.process not in (before, None)

        until(again, "a new worker")
        camera(stream, face, 1.0)
        assert "restarting" in said, "the page says so while the networks load"
        coverage = stream.session((Answer("x", 0.0, stream.pause()),)).timeline["coverage"]
        assert np.nanmax(coverage[:killed + 1]) > 0.9
        assert np.nanmax(coverage[killed + 1:]) > 0.9
        stream.close()
