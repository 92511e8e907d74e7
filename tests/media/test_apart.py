"""A decoder of its own process says what one in this process says, and its end costs a clip."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fer_core.config import VideoSettings
from fer_core.errors import Cancelled, VideoUnreadable
from fer_core.media import apart, sound, video
from fer_core.texts import LANGUAGES, explain
from tests.clips import clock, cut, even, write_clip, write_sound
from tests.processes import LISTED, children, running
from tests.speech import voice_like, write_track

ROOT = Path(__file__).parents[2]
EIGHT = VideoSettings()
HEADER = ('mouth.say(source={"name": "c", "sha256": "", "duration": 9, "width": 2, "height": 2},'
          ' sound=False)')
SCRIPT = """
import os, signal, sys, time
import numpy as np
from fer_core.media import apart
def work(job, mouth):
    {said}
apart._work = work
apart._main()
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("apart") / "c.mp4", clock(even(1, 8)))


@pytest.fixture
def scripted(monkeypatch):
    """A decoder that does as it is told."""
    def script(said, **settings):
        monkeypatch.setattr(apart, "COMMAND", (
            sys.executable, "-c", SCRIPT.format(said="; ".join([HEADER, said]))))
        for name, value in settings.items():
            monkeypatch.setattr(apart, name, value)
    return script


def read(path):
    with apart.reading(path, EIGHT) as read:
        return read.source, [(f.time, f.image.tobytes(), f.image.shape) for f in read.frames]


def test_pictures_and_sound_are_the_same_bit_by_bit(tmp_path):
    path = write_track(tmp_path / "c.mkv", voice_like(200, 1.0), picture=1.0)
    source, frames = read(path)
    assert source == apart.probe(path) == video.probe(path)
    assert frames == [(f.time, f.image.tobytes(), f.image.shape)
                      for f in video.read_frames(path, EIGHT)]
    with apart.reading(path, EIGHT) as whole:
        assert whole.sound
    ours, theirs = list(apart.read_sound(path)), list(sound.read_sound(path))
    assert [s.time for s in ours] == [s.time for s in theirs]
    np.testing.assert_array_equal(*(np.concatenate([s.samples for s in heard])
                                    for heard in (ours, theirs)))


def test_errors_are_the_same_and_name_what_is_shown(tmp_path, clip):
    (tmp_path / "empty").touch()
    short = cut(write_clip(tmp_path / "s.mp4", clock(even(1, 8))), 0.6)
    for path in (tmp_path / "none", tmp_path / "empty", short, write_sound(tmp_path / "s.m4a")):
        with pytest.raises(VideoUnreadable) as here:
            video.probe(path, name="나.mp4")
        with pytest.raises(VideoUnreadable) as there:
            apart.probe(path, name="나.mp4")
        assert (there.value.key, there.value.values) == (here.value.key, here.value.values)
    with pytest.raises(VideoUnreadable, match="unreadable"):
        list(apart.read_sound(Path(__file__)))


@pytest.mark.parametrize(("said", "key"), [
    ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
    ("os.kill(os.getpid(), signal.SIGKILL)", "crashed"),
    ("mouth._out.write(b'{}'); os._exit(0)", "crashed"),
    ("mouth._out.write(b'no JSON\\n')", "crashed"),
    ("mouth._out.write(b'[1]\\n')", "crashed"),
    ("mouth.say(bytes=1 << 40)", "crashed"),
    ("mouth.say(np.zeros(4, np.float32), time=0.0)", "crashed"),
    ("mouth.say(bytes=9); os._exit(0)", "crashed"),
    ("mouth.say(np.zeros((2, 2)), time=0.0)", "crashed"),
    ("np.zeros(1 << 30)", "heavy"),
    ("time.sleep(600)", "endless")])
def test_whatever_becomes_of_it_is_one_sentence(scripted, clip, said, key):
    scripted(said, PATIENCE=1.5)
    with pytest.raises(VideoUnreadable) as caught:
        read(clip)
    assert caught.value.key == f"error.video.{key}"
    assert len({explain(caught.value, language) for language in LANGUAGES}) == 2


def test_saying_nothing_of_a_clip_is_one_sentence_too(clip, monkeypatch):
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", SCRIPT.format(said="pass")))
    with pytest.raises(VideoUnreadable, match="crashed"):
        apart.probe(clip)


def test_slow_is_not_endless_while_it_lives(scripted, clip):
    scripted("apart._ALIVE = 0; [(time.sleep(0.5), mouth.alive()) for _ in range(6)]",
             PATIENCE=2.0)
    assert read(clip)[1] == []


def test_one_that_hangs_can_be_stopped(scripted, clip):
    scripted("time.sleep(600)")
    end = time.monotonic() + 0.5
    with pytest.raises(Cancelled), apart.reading(
            clip, EIGHT, cancelled=lambda: time.monotonic() > end) as slow:
        list(slow.frames)


@LISTED
def test_nothing_is_left_of_it(clip):
    with apart.reading(clip, EIGHT) as one:
        assert not one.sound
        next(one.frames)
        (child,) = children(os.getpid())
    assert not Path(f"/proc/{child}").exists()
    sounds = apart.read_sound(clip)
    list(sounds)
    assert children(os.getpid()) == []


@LISTED
def test_it_ends_with_whoever_asked(clip, tmp_path):
    code = ("import sys, time\nfrom pathlib import Path\nfrom fer_core.media import apart\n"
            "from fer_core.config import VideoSettings\n"
            "with apart.reading(Path(sys.argv[1]), VideoSettings()):\n"
            "    print('ready', flush=True)\n    time.sleep(600)")
    parent = subprocess.Popen([sys.executable, "-c", code, str(clip)], cwd=ROOT,
                              stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout.readline() == "ready\n"
        found = children(parent.pid)
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 60
    while any(map(running, found)):
        assert time.monotonic() < end
        time.sleep(0.05)
