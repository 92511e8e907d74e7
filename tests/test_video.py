import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.config import VideoSettings
from fer_core.errors import VideoError
from fer_core.video import probe, read_frames, safe_name
from tests.clips import clock, even, read_clock, write_clip, write_sound

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


def test_no_duration_in_the_container(tmp_path):
    path = write_clip(tmp_path / "c.mkv", clock(even(2, 10)), options={"live": "1"})
    with av.open(str(path)) as container:
        assert container.duration is None
    assert probe(path).duration == 0
    assert times(path)[-1] == pytest.approx(1.9)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_phone_clips_come_out_upright(tmp_path, degrees):
    """The picture is stored turned, with a display matrix that turns it back."""
    stored = [(t, np.ascontiguousarray(np.rot90(image, degrees // 90)))
              for t, image in clock(even(1, 10))]
    plain = write_clip(tmp_path / "plain.mp4", stored)
    path = turn(plain, tmp_path / "turned.mp4", degrees)
    source = probe(path)
    assert (source.width, source.height, source.rotation) == (128, 96, degrees)
    for f in read_frames(path, EIGHT):
        assert f.image.shape == (96, 128, 3)
        assert f.time == pytest.approx(read_clock(f.image), abs=0.06)


def turn(plain, path, degrees):
    """Patch the track's display matrix, as a phone writes it (ISO 14496-12, tkhd)."""
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    one = 1 << 16
    data = bytearray(plain.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    for i, value in enumerate([cos * one, sin * one, 0, -sin * one, cos * one, 0, 0, 0, 1 << 30]):
        data[at + 4 * i:at + 4 * i + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    return path


def test_large_pictures_are_scaled_down_but_never_up(tmp_path):
    path = write_clip(tmp_path / "c.mp4", clock([0.0, 0.1], height=1440, width=2560))
    assert next(iter(read_frames(path, EIGHT))).image.shape == (540, 960, 3)
    assert (probe(path).width, probe(path).height) == (2560, 1440)
    small = write_clip(tmp_path / "s.mp4", clock([0.0, 0.1]))
    assert next(iter(read_frames(small, EIGHT))).image.shape == (96, 128, 3)


def test_one_frame(tmp_path):
    assert times(write_clip(tmp_path / "c.mp4", clock([0.0]))) == [0.0]


@pytest.mark.parametrize(("make", "key"), [
    (lambda p: None, "error.video.missing"),
    (lambda p: p.write_bytes(b""), "error.video.empty"),
    (lambda p: p.write_text("Dear hiring manager, " * 100), "error.video.unreadable"),
    (lambda p: p.write_bytes(bytes(range(256)) * 500), "error.video.unreadable"),
    (lambda p: p.write_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), "error.video.unreadable"),
    (write_sound, "error.video.no_picture"),
])
def test_bad_files_are_said(tmp_path, make, key):
    path = tmp_path / "clip.mp4"
    make(path)
    for read in (probe, times):
        with pytest.raises(VideoError) as caught:
            read(path)
        assert caught.value.key == key


def test_an_mp4_cut_off_before_its_index(tmp_path):
    path = write_clip(tmp_path / "c.mp4", clock(even(3, 20)))
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(VideoError):
        times(path)


def test_a_stream_cut_off_in_the_middle_gives_what_is_there(tmp_path):
    path = write_clip(tmp_path / "c.mkv", clock(even(8, 20)))
    data = path.read_bytes()
    path.write_bytes(data[:len(data) // 2])
    assert 1 < times(path)[-1] < 7.9


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
    frames.close()
    path.unlink()


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
    ("x\x00\ny.mp4", "xy.mp4")])
def test_names_that_people_have(name, safe):
    assert safe_name(name) == safe


@pytest.mark.parametrize(("name", "seconds", "size"), [
    ("woman2.mp4", 15.4, (596, 336)), ("face_noface.mov", 6.3, (960, 540)),
    ("learn.mkv", 2.0, (640, 480)), ("several_faces.mp4", 4.1, (1920, 1080))])
def test_real_clips(shared_data, name, seconds, size):
    path = shared_data / "clips" / name
    source = probe(path)
    assert (source.width, source.height) == size
    found = times(path)
    assert found[-1] == pytest.approx(seconds, abs=0.15)
    assert len(found) == pytest.approx(8 * seconds, abs=3)
