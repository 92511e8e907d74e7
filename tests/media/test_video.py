import gc
from fractions import Fraction
from math import floor
from mmap import PAGESIZE
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.config import VideoSettings
from fer_core.errors import Cancelled, NoFrames, VideoError, VideoUnreadable
from fer_core.media import video
from fer_core.media.names import safe_name
from fer_core.media.video import probe, read_frames
from tests.clips import (
    clock,
    cut,
    even,
    read_clock,
    stored,
    write_clip,
    write_sound,
    write_stamped,
)

EIGHT = VideoSettings()


def times(path, settings=EIGHT):
    return [f.time for f in read_frames(path, settings)]


@pytest.mark.parametrize(("suffix", "codec"), [
    (".mp4", "libx264"), (".mov", "libx264"), (".mkv", "libx264"), (".webm", "libvpx"),
    (".webm", "libvpx-vp9"), (".avi", "mpeg4"), (".mp4", "libx265")])
def test_containers_and_codecs(tmp_path, suffix, codec):
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no encoder {codec}")
    path = write_clip(tmp_path / f"c{suffix}", clock(even(2, 20)), codec)
    frames = list(read_frames(path, EIGHT))
    assert 14 <= len(frames) <= 17
    for f in frames:
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


@pytest.mark.parametrize(("rate", "count"), [(5, 20), (8, 32), (24, 32), (30, 32), (120, 32)])
def test_any_rate_gives_about_eight_true_frames_a_second(tmp_path, rate, count):
    path = write_clip(tmp_path / "c.mp4", clock(even(4, rate)))
    frames = list(read_frames(path, EIGHT))
    assert len(frames) == pytest.approx(count, abs=1)
    for f in frames:
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


def test_a_variable_rate_with_a_gap_keeps_true_times(tmp_path):
    planted = [*even(2, 30), *(2 + even(3, 4)), *(8 + even(2, 15))]
    path = write_clip(tmp_path / "c.mkv", clock(planted))
    frames = list(read_frames(path, EIGHT))
    assert all(np.diff([f.time for f in frames]) > 0)
    assert not [f for f in frames if 5 < f.time < 8]
    assert frames[-1].time > 9.8
    for f in frames:
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


def test_times_start_at_zero(tmp_path):
    path = write_clip(tmp_path / "c.mkv", ((t + 7, image) for t, image in clock(even(1, 10))))
    assert times(path)[0] == 0
    assert times(path)[-1] == pytest.approx(0.9, abs=0.11)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 700), max_size=30), st.sampled_from([1.0, 4.0, 8.0, 30.0]))
def test_frames_are_the_first_at_or_after_each_due_time(tmp_path_factory, pauses, fps):
    """Any variable rate, against a plain statement of the rule in milliseconds."""
    planted = np.cumsum([0, *pauses]) / 1000
    path = write_clip(tmp_path_factory.mktemp("vfr") / "c.mkv", clock(planted))
    frames = list(read_frames(path, VideoSettings(fps=fps)))
    expected, taken = [], -1
    for t in planted:
        if floor(t * fps + 0.1 + 1e-9) > taken:
            taken = floor(t * fps + 0.1 + 1e-9)
            expected.append(t)
    assert [f.time for f in frames] == pytest.approx(expected, abs=1e-6)
    for f in frames:
        assert f.time == pytest.approx(read_clock(f.image), abs=0.0501)


def test_times_that_repeat_or_go_back_are_left_out(tmp_path):
    path = write_stamped(tmp_path / "c.mkv",
                         clock([0.0, 0.5, 0.5, 0.2, 1.0, 0.9, 2.0, 1e6, 2.5]))
    frames = list(read_frames(path, EIGHT))
    assert [f.time for f in frames] == [0.0, 0.5, 1.0, 2.0, 2.5]
    assert [read_clock(f.image) for f in frames] == [0.0, 0.5, 1.0, 2.0, 2.5]


def test_avi_whose_pictures_lie_out_of_order(tmp_path):
    """AVI has no presentation times; its stamps follow the order of decoding."""
    path = write_clip(tmp_path / "c.avi", clock(even(3, 10)), ticks=10,
                      coding={"preset": "medium", "bf": "3"})
    frames = list(read_frames(path, EIGHT))
    assert len(frames) == pytest.approx(24, abs=1)
    for f in frames:
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


@pytest.mark.parametrize(("rate", "skips"), [(30, False), (60, True)])
def test_pictures_that_no_other_needs_are_skipped_only_at_high_rates(tmp_path, rate, skips,
                                                                     monkeypatch):
    seen = []
    decode = video.decoded
    monkeypatch.setattr(video, "decoded", lambda *a: (seen.append(p) or p for p in decode(*a)))
    path = write_clip(tmp_path / "c.mp4", clock(even(3, rate)), ticks=rate,
                      coding={"preset": "medium", "bf": "3", "b-adapt": "0", "b-pyramid": "none"})
    frames = list(read_frames(path, EIGHT))
    assert (len(seen) < 3 * rate / 2) == skips
    assert len(frames) == pytest.approx(24, abs=1)
    assert max(np.diff([f.time for f in frames])) < 0.2
    for f in frames:
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


def test_no_duration_in_the_container(tmp_path):
    path = write_clip(tmp_path / "c.mkv", clock(even(2, 10)), options={"live": "1"})
    with av.open(str(path)) as container:
        assert container.duration is None
    assert probe(path).duration == 0
    assert times(path)[-1] == pytest.approx(1.9)


MATRICES = [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0),
            (-1, 0, 0, 1), (0, 1, 1, 0), (1, 0, 0, -1), (0, -1, -1, 0)]
"""Shown as stored, turned clockwise by 90, 180, 270; then mirrored."""


@pytest.mark.parametrize("matrix", MATRICES, ids=str)
def test_phone_clips_come_out_upright(tmp_path, matrix):
    frames = [(t, stored(image, matrix)) for t, image in clock(even(1, 10))]
    path = write_clip(tmp_path / "c.mp4", frames, matrix=matrix)
    source = probe(path)
    assert (source.width, source.height) == (128, 96)
    if MATRICES.index(matrix) < 4:
        assert source.rotation == 90 * MATRICES.index(matrix)
    for f in read_frames(path, EIGHT):
        assert f.image.shape == (96, 128, 3)
        assert f.image[:8].mean() > f.image[-8:].mean() + 15
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


def test_a_matrix_of_zeros_turns_nothing(tmp_path):
    path = write_clip(tmp_path / "c.mp4", clock(even(1, 10)), matrix=(1, 0, 0, 1))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    data[at:at + 36] = bytes(36)
    path.write_bytes(data)
    assert probe(path).rotation == 0
    assert all(f.time == pytest.approx(read_clock(f.image), abs=0.06)
               for f in read_frames(path, EIGHT))


def test_pixels_that_are_not_square_become_so(tmp_path):
    path = tmp_path / "c.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 96, 96, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        out.mux(stream.encode(av.VideoFrame(96, 96, "yuv420p")))
        out.mux(stream.encode(None))
    source = probe(path)
    assert (source.width, source.height) == (128, 96)
    assert next(read_frames(path, EIGHT)).image.shape == (96, 128, 3)


def test_large_pictures_are_scaled_down_but_never_up(tmp_path):
    path = write_clip(tmp_path / "c.mp4", clock([0.0, 0.1], height=1440, width=2560))
    assert next(iter(read_frames(path, EIGHT))).image.shape == (540, 960, 3)
    assert (probe(path).width, probe(path).height) == (2560, 1440)
    small = write_clip(tmp_path / "s.mp4", clock([0.0, 0.1]))
    assert next(iter(read_frames(small, EIGHT))).image.shape == (96, 128, 3)


@pytest.mark.parametrize(("size", "max_side", "expected"), [
    ((363, 643), 960, (362, 642)), ((363, 643), 333, (186, 332)), ((643, 363), 960, (642, 362))])
def test_sides_are_even_and_never_larger(tmp_path, size, max_side, expected):
    path = tmp_path / "c.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=10)
        stream.height, stream.width = size
        stream.pix_fmt = "bgr0"
        out.mux(stream.encode(av.VideoFrame(size[1], size[0], "bgr0")))
        out.mux(stream.encode(None))
    assert (probe(path).height, probe(path).width) == size
    frame = next(read_frames(path, VideoSettings(max_side=max_side)))
    assert frame.image.shape == (*expected, 3)


def test_one_frame(tmp_path):
    assert times(write_clip(tmp_path / "c.mp4", clock([0.0]))) == [0.0]


@pytest.mark.parametrize(("make", "key"), [
    (lambda p: None, "error.video.missing"),
    (lambda p: p.write_bytes(b""), "error.video.empty"),
    (lambda p: p.write_text("Dear hiring manager, " * 100), "error.video.unreadable"),
    (lambda p: p.write_bytes(bytes(range(256)) * 500), "error.video.unreadable"),
    (lambda p: p.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n"
                            "#EXT-X-ENDLIST\n"), "error.video.unreadable"),
    (lambda p: p.write_text("ffconcat version 1.0\nfile /etc/passwd\n"),
     "error.video.unreadable"),
    (lambda p: p.write_bytes(cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))[1].tobytes()),
     "error.video.unreadable"),
    (write_sound, "error.video.no_picture"),
])
def test_bad_files_are_said(tmp_path, make, key):
    path = tmp_path / "clip.mp4"
    make(path)
    for read in (probe, times):
        with pytest.raises(VideoError) as caught:
            read(path)
        assert isinstance(caught.value, VideoUnreadable)
        assert caught.value.key == key
        assert caught.value.values == {"name": "clip.mp4"}


def test_a_playlist_of_a_readable_clip_is_refused(tmp_path):
    inner = write_clip(tmp_path / "inner.mp4", clock(even(1, 10)))
    path = tmp_path / "c.mp4"
    path.write_text(f"ffconcat version 1.0\nfile {inner.name}\n")
    with pytest.raises(VideoUnreadable):
        times(path)


def test_a_file_that_may_not_be_opened(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "c.mp4", clock([0.0]))

    def deny(*_):
        raise PermissionError

    monkeypatch.setattr(type(path), "open", deny)
    with pytest.raises(VideoUnreadable) as caught:
        times(path)
    assert caught.value.key == "error.video.unreadable"


@pytest.mark.parametrize("read", [probe, times])
def test_no_picture_can_be_decoded(tmp_path, monkeypatch, read):
    monkeypatch.setattr(video, "_PIXELS", 1000)
    path = write_clip(tmp_path / "c.mp4", clock(even(1, 10)))
    with pytest.raises(NoFrames) as caught:
        read(path)
    assert caught.value.key == "error.video.no_frames"
    assert caught.value.values == {"name": "c.mp4"}


def test_an_mp4_cut_off_before_its_index(tmp_path):
    path = cut(write_clip(tmp_path / "c.mp4", clock(even(3, 20))), 0.8)
    with pytest.raises(VideoUnreadable):
        times(path)


@pytest.mark.parametrize(("suffix", "codec", "options"), [
    (".mkv", "libx264", {}), (".webm", "libvpx", {}), (".avi", "mpeg4", {}),
    (".mp4", "libx264", {"movflags": "faststart"}),
    (".mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"})])
def test_a_stream_cut_off_in_the_middle_gives_what_is_there(tmp_path, suffix, codec, options):
    path = write_clip(tmp_path / f"c{suffix}", clock(even(8, 20)), codec,
                      ticks=20, coding={"g": "20"}, options=options)
    frames = list(read_frames(cut(path, 0.6), EIGHT))
    assert 1 < frames[-1].time < 7.9
    for f in frames:
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


def test_a_container_that_breaks_while_reading_gives_what_came_before(tmp_path):
    path = write_clip(tmp_path / "c.mp4", clock(even(1, 10)), coding={"preset": "medium"})
    with av.open(str(path)) as container:
        class Breaking:
            def demux(self, stream):
                yield from list(container.demux(stream))[:-1]
                raise av.error.InvalidDataError(1, "broken")

        assert len(list(video.decoded(Breaking(), container.streams.video[0]))) == 10


def test_damaged_packets_are_passed_over(tmp_path):
    path = write_clip(tmp_path / "c.mkv", clock(even(8, 20)))
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for at in rng.integers(len(data) // 3, len(data) * 2 // 3, 40):
        data[at] ^= 255
    path.write_bytes(data)
    assert all(np.diff(times(path)) > 0)


def test_a_reader_that_stops_early_closes_the_file(tmp_path):
    path = write_clip(tmp_path / "c.mp4", clock(even(3, 20)))
    frames = read_frames(path, EIGHT)
    next(frames)
    before = open_files(path)
    frames.close()
    assert before == 1
    assert open_files(path) == 0


def open_files(path):
    links = Path("/proc/self/fd")
    if not links.is_dir():
        pytest.skip("this system does not list open files in /proc")
    return sum(link.exists() and link.samefile(path) for link in links.iterdir())


def test_stopping_raises_cancelled_even_between_analysed_frames(tmp_path):
    path = write_clip(tmp_path / "c.mp4", clock(even(4, 30)))
    asked = []
    frames = read_frames(path, VideoSettings(fps=0.1), lambda: asked.append(1) or len(asked) > 9)
    assert next(frames).time == 0
    with pytest.raises(Cancelled):
        next(frames)
    assert len(asked) == 10


@pytest.mark.slow
def test_neither_memory_nor_threads_wait_for_the_garbage_collector(tmp_path):
    """Pictures live outside Python's heap: only the whole process shows that they are gone."""
    if not Path("/proc/self/statm").is_file():
        pytest.skip("this system does not tell a process's memory in /proc")
    path = write_clip(tmp_path / "c.mp4", clock(even(4, 30), height=480, width=640),
                      matrix=(0, 1, -1, 0))

    def use():
        threads = len(list(Path("/proc/self/task").iterdir()))
        return threads, int(Path("/proc/self/statm").read_text().split()[1]) * PAGESIZE / 1e6

    gc.collect()
    gc.disable()
    try:
        for _ in read_frames(path, VideoSettings(fps=60)):
            pass
        threads, megabytes = use()
        for _ in range(2):
            probe(path)
            for _ in read_frames(path, VideoSettings(fps=60)):
                pass
        # 240 pictures of 0.46 MB (YUV) were read in between.
        assert use()[1] < megabytes + 30
        assert use()[0] <= threads
    finally:
        gc.enable()


@given(st.text(max_size=400))
def test_a_name_is_never_a_path(name):
    safe = safe_name(name)
    assert safe
    assert len(safe) <= 100
    assert "/" not in safe
    assert "\\" not in safe
    assert safe not in (".", "..")
    assert not safe.startswith(".")
    assert safe_name(safe) == safe


@pytest.mark.parametrize(("name", "safe"), [
    ("../../etc/passwd", "passwd"), ("C:\\clips\\me.mp4", "me.mp4"),
    ("면접 영상.mp4", "면접 영상.mp4"),
    ("😀.mov", "😀.mov"), ("..", "clip"), ("", "clip"), ("a" * 300 + ".webm", "a" * 95 + ".webm"),
    ("x\x00\ny.mp4", "xy.mp4"), ("\U0001fae8.mp4", "\U0001fae8.mp4"),
    ("👩🏽‍💻.mp4", "👩🏽‍💻.mp4"), ("\u1106\u1167\u11ab.mp4", "면.mp4"),
    ("a\u202egpj.mp4", "agpj.mp4"), (". .a", "a"), ("e\x00\u0301", "\u00e9")])
def test_names_that_people_have(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(("name", "seconds", "size"), [
    ("woman2.mp4", 15.4, (596, 336)), ("face_noface.mov", 6.3, (960, 540)),
    ("learn.mkv", 2.0, (640, 480)), ("several_faces.mp4", 4.1, (1920, 1080))])
def test_real_clips(shared_data, name, seconds, size):
    path = shared_data / "clips" / name
    if not path.is_file():
        pytest.skip(f"no {path}")
    source = probe(path, "mine.mp4")
    assert source.name == "mine.mp4"
    assert (source.width, source.height) == size
    assert source.duration == pytest.approx(seconds, abs=0.2)
    found, shapes = [], set()
    for f in read_frames(path, EIGHT):
        found.append(f.time)
        shapes.add(f.image.shape)
    scale = min(1, 960 / max(size))
    assert shapes == {(round(size[1] * scale), round(size[0] * scale), 3)}
    assert found[0] == 0
    assert all(np.diff(found) > 0)
    assert found[-1] == pytest.approx(seconds, abs=0.15)
    assert len(found) == pytest.approx(8 * seconds, abs=3)
