"""Whatever goes wrong, the analysis comes back or says that it has failed. The workers here read
as the real one does, but load at once."""

import os
import random
import signal
import threading
import time
from contextlib import contextmanager

import av
import numpy as np
import pytest

from fer_core.config import Settings
from fer_core.errors import WeightsMissing
from fer_core.live import engine as engine_module
from fer_core.live import stream as stream_module
from fer_core.live.child import Child
from fer_core.live.engine import LiveEngine
from fer_core.live.stream import FAULTY, LiveAnalysis
from fer_core.records import Answer
from fer_core.sessions.builder import SessionBuilder
from tests.live.answers import worker

PATIENCE = 60.0  # s; two cores may be busy
IMAGE = np.full((48, 64, 3), 90, np.uint8)


def mirror(image, *_):
    return image


@contextmanager
def serving(command, **live):
    settings = Settings()
    made = LiveEngine(settings.model_copy(update={
        "live": settings.live.model_copy(update={"patience": 2.0, **live})}), command)
    try:
        yield made
    finally:
        made.close()
        assert made.process is None
        assert made._thread is None


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    return worker(tmp_path_factory.mktemp("worker"))


@pytest.fixture(scope="module")
def engine(command):
    with serving(command) as made:
        yield made


@pytest.fixture
def streams(engine):
    """Two that are read; given back in the end."""
    opened = engine.open("x", mirror), engine.open("y", mirror)
    comes_back(*opened)
    yield opened
    for stream in opened:
        stream.close()


def film(streams, true, what: str, code: int = 90) -> None:
    """Show pictures until it is true; ``code`` says what goes wrong with them."""
    image = IMAGE.copy()
    image[0, 0, 0] = code
    picture = av.VideoFrame.from_ndarray(image, "rgb24")
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        for stream in streams:
            assert stream.callback(picture) is not None
        time.sleep(0.01)


def read_again(stream):
    """Whether a frame shown from now on was read."""
    since = stream.moment

    def true() -> bool:
        seen = stream.snapshot()
        return seen.status == "running" and seen.reading is not None and seen.reading.time > since
    return true


def comes_back(*streams) -> None:
    for stream in streams:
        film(streams, read_again(stream), "it is read again")


def killed_once(engine, stream, after: float) -> None:
    """A session that loses its worker at a moment, loses nothing recorded, and goes on."""
    stream.begin()
    until = stream.moment + after
    film([stream], lambda: stream.moment > until and engine.process is not None, "a worker")
    recorded, before = stream.sitting.builder is not None, engine.process
    killed = stream.clock
    os.kill(before, signal.SIGKILL)
    film([stream], lambda: engine.process not in (before, None), "a new worker")
    comes_back(stream)
    whole = max(1.0, int(stream.clock) + 0.6)  # under half a second more would be let go
    film([stream], lambda: stream.clock > whole, "an answer of a second")
    coverage = stream.session((Answer("x", 0.0, stream.pause()),)).timeline["coverage"]
    assert coverage[~np.isnan(coverage)].min() == 1, "trouble is no second without a face"
    if recorded:
        assert np.nanmax(coverage[:int(killed) + 1]) == 1


@pytest.mark.slow
def test_one_kill_at_a_random_moment_in_each_of_twenty_sessions(engine):
    chance = random.Random(0)
    for i in range(20):
        stream = engine.open(str(i), mirror)
        killed_once(engine, stream, chance.uniform(0, 0.6))
        assert stream.snapshot().status == "running"
        stream.close()


@pytest.mark.parametrize("code", range(1, 10))
def test_a_worker_that_answers_nonsense_dies_or_hangs_is_another_one_soon(engine, streams, code):
    stream, before = streams[0], engine.process
    stream.begin()
    comes_back(stream)
    stream.callback(av.VideoFrame.from_ndarray(np.full((48, 64, 3), code, np.uint8), "rgb24"))
    film(streams[1:], lambda: not stream.waiting, "the odd frame is taken")
    comes_back(stream)
    assert (engine.process == before) == (code == 6), "only an unread frame is nobody's death"
    coverage = stream.session(()).timeline["coverage"]
    assert coverage[~np.isnan(coverage)].min() == 1, "trouble is no second without a face"


def test_pictures_of_odd_sizes_hold_nobody_up(streams):
    for shape in ((2, 2), (4320, 7680), (1, 3000)):
        picture = av.VideoFrame.from_ndarray(np.full((*shape, 3), 90, np.uint8), "rgb24")
        streams[0].callback(picture)
        comes_back(*streams)


STAGES = {
    "push": (LiveAnalysis, "push"), "take": (LiveAnalysis, "take"),
    "fault": (LiveAnalysis, "fault"), "deliver": (LiveAnalysis, "deliver"),
    "cut": (LiveAnalysis, "cut"), "thumbnail": (stream_module, "thumbnail"),
    "add": (SessionBuilder, "add"), "ask": (Child, "_ask"), "load": (Child, "load"),
    "read": (Child, "read"), "tell": (Child, "_tell"), "end": (Child, "end"),
    "start": (Child, "__init__"), "next": (LiveEngine, "_next"), "feed": (LiveEngine, "_feed"),
    "live": (LiveEngine, "_live"), "recover": (LiveEngine, "_recover"),
    "wake": (LiveEngine, "wake"), "fit": (stream_module, "fit"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_an_exception_in_any_stage_ends_nothing_for_good(engine, streams, monkeypatch, stage):
    """Once in every stage; afterwards the worker is killed too, so that all of them are met."""
    stream, other = streams
    stream.sitting.pictures = True
    stream.begin()
    comes_back(stream, other)
    recorded = int(stream.clock)
    place, name = STAGES[stage]
    real, met = getattr(place, name), threading.Event()

    def broken(*args, **more):
        if stage != "end" and not met.is_set():
            met.set()
            raise RuntimeError(f"in {stage}")
        result = real(*args, **more)
        if not met.is_set():  # it has given back what it held, at least
            met.set()
            raise RuntimeError(f"in {stage}")
        return result

    monkeypatch.setattr(place, name, broken)
    until = time.monotonic() + 0.3
    film([stream, other], lambda: met.is_set() or time.monotonic() > until, "a while")
    if not met.is_set():
        os.kill(engine.process, signal.SIGKILL)
        film([stream, other], lambda: met.is_set() or engine.status == "restarting", "its end")
    if stage == "fault" and not met.is_set():
        film([stream], met.is_set, "a faulty frame", code=6)

    def back_or_said() -> bool:
        if stream.snapshot().status == "failed":
            stream.retry()
        return read_now()

    read_now = read_again(stream)
    film([stream, other], back_or_said, "it is read again")
    comes_back(stream, other)
    assert met.is_set()
    assert np.nanmax(stream.session(()).timeline["coverage"][:recorded + 1]) == 1


def test_sound_is_heard_beside_the_pictures_and_trouble_with_it_is_a_new_worker(engine, streams):
    stream = streams[0]
    loud = np.full((1, 1920), 9000, np.int16)

    def talk(until, what: str, samples: np.ndarray = loud) -> None:
        def true() -> bool:
            frame = av.AudioFrame.from_ndarray(samples, "s16", "stereo")
            frame.sample_rate = 48_000
            stream.hearing.callback(frame)
            return until()
        film([stream], true, what)

    talk(lambda: stream.hearing.heard_until > 0, "it is heard")
    before, since = engine.process, stream.hearing.heard_until
    os.kill(before, signal.SIGKILL)
    talk(lambda: stream.hearing.heard_until > since + 1 and engine.process != before,
         "it is heard by another worker")
    comes_back(stream)


def test_one_streams_trouble_is_not_the_others(engine, streams, monkeypatch):
    stream, other = streams
    before = engine.process

    def broken(*args):
        raise RuntimeError("its session is broken")

    monkeypatch.setattr(stream, "deliver", broken)
    film([stream, other], lambda: stream.snapshot().status == "failed", "it says so")
    film([stream, other], read_again(other), "the other goes on")
    assert other.snapshot().status == "running"
    assert engine.process == before
    monkeypatch.undo()
    comes_back(stream)


def test_a_stream_whose_frames_kill_every_worker_is_set_aside(streams):
    stream, other = streams
    deadly = np.full((48, 64, 3), 4, np.uint8)
    film([other], lambda: stream.callback(av.VideoFrame.from_ndarray(deadly, "rgb24"))
         and stream.set_aside, "it is set aside")
    comes_back(other)
    assert stream.snapshot().status == "failed"
    assert other.snapshot().status == "running"
    stream.retry()
    comes_back(stream, other)


def test_unreadable_frames_are_said_and_the_worker_lives_on(engine, streams):
    stream, before = streams[0], engine.process
    film([stream], lambda: stream.snapshot().status == "failed", "it says so", code=6)
    assert stream._faults >= FAULTY
    comes_back(stream)
    assert engine.process == before


def test_a_worker_that_never_starts_is_given_up_and_may_be_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "WAITS", (0.0, 0.1))
    flag = tmp_path / "broken"
    flag.touch()
    command = worker(tmp_path, before=f"if os.path.exists({str(flag)!r}): os._exit(1)")
    with serving(command) as engine:
        stream = engine.open("x", mirror)
        said = set()
        film([stream], lambda: said.add(stream.snapshot().status) or "failed" in said, "given up")
        assert said == {"starting", "restarting", "failed"}
        assert engine._failures == 3
        flag.unlink()
        until = time.monotonic() + 0.3
        film([stream], lambda: time.monotonic() > until, "a while")
        assert stream.snapshot().status == "failed", "it waits to be asked"
        stream.retry()
        comes_back(stream)


def test_another_page_tries_again_too(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "WAITS", (0.0,))
    flag = tmp_path / "broken"
    flag.touch()
    command = worker(tmp_path, before=f"if os.path.exists({str(flag)!r}): os._exit(1)")
    with serving(command) as engine:
        stream = engine.open("x", mirror)
        film([stream], lambda: stream.snapshot().status == "failed", "given up")
        flag.unlink()
        other = engine.open("y", mirror)
        comes_back(stream, other)


def test_networks_that_are_not_there_are_said_at_once(tmp_path):
    before = ('from fer_core.errors import WeightsMissing; '
              'say(Hello("", (), WeightsMissing("error.model.missing", path="x"))); sys.exit()')
    with serving(worker(tmp_path, before=before)) as engine:
        stream = engine.open("x", mirror)
        film([stream], lambda: stream.snapshot().status == "failed", "given up")
        assert isinstance(stream.snapshot().error, WeightsMissing)
        assert engine._failures == 1


def test_networks_unloaded_for_want_of_frames_load_again_as_a_state_of_its_own(tmp_path):
    """Once the state said running all the while, and every second counted as one without a
    face."""
    gate = tmp_path / "gate"
    gate.touch()
    command = worker(tmp_path, before=f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)")
    with serving(command, idle=0.2, linger=0.2) as engine:
        stream = engine.open("x", mirror)
        comes_back(stream)
        deadline = time.monotonic() + PATIENCE
        while engine._thread is not None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert engine.status == "starting"
        gate.unlink()
        stream.begin()
        film([stream], lambda: stream.clock > 2.2, "seconds while they load")
        assert stream.snapshot().status == "starting"
        gate.touch()
        loaded = stream.clock
        comes_back(stream)
        coverage = stream.session(()).timeline["coverage"]
        assert np.isnan(coverage[:int(loaded)]).all()
        assert coverage[~np.isnan(coverage)].min() == 1


def test_a_server_that_ends_while_networks_load_does_not_wait_for_them(tmp_path):
    with serving(worker(tmp_path, before="time.sleep(1000)")) as engine:
        stream = engine.open("x", mirror)
        film([stream], lambda: engine._child is not None, "a child")
        engine.close()
        assert engine._child is None


def test_a_silent_stream_costs_nobody_anything(command):
    with serving(command, idle=0.3) as engine:
        stream, other = engine.open("x", mirror), engine.open("y", mirror)
        told = []

        def hang_up() -> None:
            told.append(stream.quiet)
            raise RuntimeError("whatever happens here, the others go on")

        stream.on_silence = hang_up
        comes_back(stream, other)
        film([other], lambda: told, "it is told")
        assert stream.number not in engine._streams
        comes_back(stream, other)


def test_the_first_start_anew_waits_for_nothing_and_all_together_under_five_seconds():
    assert engine_module.WAITS[0] == 0
    assert sum(engine_module.WAITS) < 5
