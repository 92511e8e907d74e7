"""Clips damaged, and clips made to be wrong: number n of a seed is always the same."""

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tests.clips import clock, even, write_clip, write_sound, write_stamped
from tests.torture.odd import encode

Rng = np.random.Generator
ATOMS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mdat", b"ftyp", b"moof", b"free", b"edts")
INSIDE = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
HUGE = (0, 1, 2, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def bits(data: bytearray, rng: Rng) -> bytearray:
    """Some bits anywhere."""
    for at in rng.integers(0, len(data), int(10 ** rng.uniform(0, 3))):
        data[at] ^= 1 << int(rng.integers(8))
    return data


def header(data: bytearray, rng: Rng) -> bytearray:
    """Bytes of the first or last 4 kB, where indexes lie."""
    first = 0 if rng.random() < 0.5 else max(0, len(data) - 4096)
    for _ in range(int(rng.integers(1, 30))):
        at = first + int(rng.integers(min(4096, len(data) - first)))
        data[at] = int(rng.integers(256))
    return data


def cut(data: bytearray, rng: Rng) -> bytearray:
    """The rest is missing."""
    return data[:int(len(data) * rng.random())]


def holes(data: bytearray, rng: Rng) -> bytearray:
    """Stretches gone, doubled, zero or noise."""
    for _ in range(int(rng.integers(1, 5))):
        a, b = sorted(int(v) for v in rng.integers(0, len(data) + 1, 2))
        b = min(b, a + 200_000)
        way = rng.integers(4)
        if way == 0:
            del data[a:b]
        elif way == 1:
            data[a:a] = data[a:b]
        else:
            data[a:b] = bytes(b - a) if way == 2 else rng.bytes(b - a)
        if not data:
            return bytearray(b"\0")
    return data


def atoms(data: bytearray, rng: Rng) -> bytearray:
    """Atoms of an MP4 in another order, on some level."""
    def shuffled(part: bytes, level: int) -> bytes:
        found = _split(part)
        if level == 0:
            return b"".join(found[int(i)] for i in rng.permutation(len(found)))
        return b"".join(one[:8] + shuffled(one[8:], level - 1) if one[4:8] in INSIDE else one
                        for one in found)
    return bytearray(shuffled(bytes(data), int(rng.integers(5))))


def _split(part: bytes) -> list[bytes]:
    found, at = [], 0
    while at + 8 <= len(part):
        size = max(struct.unpack_from(">I", part, at)[0], 8)
        found.append(part[at:at + size])
        at += size
    return [*found, part[at:]]


def sizes(data: bytearray, rng: Rng) -> bytearray:
    """Atoms that claim another length or have another name."""
    for _ in range(int(rng.integers(1, 4))):
        places = _places(data, *ATOMS)
        if not places:
            return bits(data, rng)
        at = places[int(rng.integers(len(places)))]
        if rng.random() < 0.7:
            struct.pack_into(">I", data, at - 4, HUGE[int(rng.integers(len(HUGE)))])
        else:
            data[at:at + 4] = ATOMS[int(rng.integers(len(ATOMS)))]
    return data


def claims(data: bytearray, rng: Rng) -> bytearray:
    """Absurd sizes of pictures, rates, lengths, counts and turns within an MP4's index."""
    changed = False
    for name, offset, length in ((b"avc1", 28, 4), (b"hvc1", 28, 4), (b"mdhd", 16, 8),
                                 (b"mvhd", 16, 8), (b"stts", 8, 12), (b"stsz", 8, 8),
                                 (b"ctts", 8, 12), (b"stsc", 8, 16), (b"stco", 8, 8),
                                 (b"tkhd", 44, 36), (b"tkhd", 80, 8), (b"elst", 8, 16)):
        for at in _places(data, name):
            if rng.random() < 0.3 and at + offset + length <= len(data):
                changed = True
                for word in range(at + offset, at + offset + length, 4):
                    if rng.random() < 0.5:
                        value = (HUGE[int(rng.integers(len(HUGE)))] if rng.random() < 0.7
                                 else int(rng.integers(1 << 32)))
                        struct.pack_into(">I", data, word, value)
    return data if changed else header(data, rng)


def _places(data: bytearray, *names: bytes) -> list[int]:
    found = []
    for name in names:
        at = data.find(name)
        while at >= 0:
            if at >= 4:
                found.append(at)
            at = data.find(name, at + 1)
    return found


def glued(data: bytearray, rng: Rng) -> bytearray:
    """Something else before or behind it, or itself twice."""
    other = (bytes(data), rng.bytes(5000), b"\xff\xd8\xff\xe0" + rng.bytes(900),
             b"PK\3\4" + rng.bytes(900), b"RIFF" + struct.pack("<I", 1 << 31) + b"AVI LIST",
             b"\x1aE\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff")[int(rng.integers(6))]
    return data + other if rng.random() < 0.5 else bytearray(other) + data


DAMAGE: Sequence[Callable[[bytearray, Rng], bytearray]] = (
    bits, header, cut, holes, atoms, sizes, claims, glued)


def wrong(folder: Path, rng: Rng) -> Path:
    """A clip made to be wrong: sizes, rates, stamps, tracks, or no clip at all."""
    def flat(height: int, width: int) -> np.ndarray:
        return np.full((height, width, 3), int(rng.integers(256)), np.uint8)

    def few(n: int, side: int = 64) -> list[tuple[float, np.ndarray]]:
        return [(i / 10, flat(side, side)) for i in range(n)]

    def lossless(name: str, *frames: tuple[float, np.ndarray]) -> Path:
        return write_stamped(folder / name, frames)

    any_time = [float(t) for t in 10 ** rng.uniform(-3, 6, 30)]
    chosen = int(rng.integers(18))
    match chosen:
        case 0:
            return write_clip(folder / "one.mp4", few(1))
        case 1:
            return write_clip(folder / "two.mp4", few(2))
        case 2:
            return encode(folder / "fast.mp4", [(i / 10_000, flat(64, 64)) for i in range(3000)],
                          "libx264", "yuv420p", ticks=10_000, rate=10_000,
                          coding={"preset": "ultrafast"})
        case 3:  # all at once: no rate
            return lossless("still.mkv", *((0.0, flat(64, 64)) for _ in range(20)))
        case 4:
            return lossless("any.mkv", *((t, flat(48, 64)) for t in any_time))
        case 5:
            return encode(folder / "before.mkv", few(24), "ffv1", "yuv420p", shift=-50.0)
        case 6:
            return write_sound(folder / "sound.mp4")
        case 7:
            return encode(folder / "tracks.mkv", few(12), "libx264", "yuv420p", tracks=4,
                          sounds=3, coding={"preset": "ultrafast"})
        case 8:
            return encode(folder / "cover.mp4", few(8), "libx264", "yuv420p", cover=True)
        case 9:
            return encode(folder / "large.mp4", [(i / 4, flat(4320, 7680)) for i in range(3)],
                          "libx264", "yuv420p", coding={"preset": "ultrafast"})
        case 10:
            return encode(folder / "wide.mov", [(i / 4, flat(2, 16_000)) for i in range(8)],
                          "png", "rgb24")
        case 11:
            return encode(folder / "tall.mov", [(i / 4, flat(16_000, 2)) for i in range(8)],
                          "png", "rgb24")
        case 12:
            return encode(folder / "dot.mov", [(i / 4, flat(1, 1)) for i in range(8)], "png",
                          "rgb24")
        case 13:
            return encode(folder / "flat.mp4", few(8), "libx264", "yuv420p", coding={
                "preset": "ultrafast"}, ratio=_ratio(rng))
        case 14:  # a playlist that wants other files
            path = folder / "list.mp4"
            path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n")
            return path
        case 15:
            path = folder / "noise.webm"
            path.write_bytes(rng.bytes(int(10 ** rng.uniform(0, 5))))
            return path
        case 16:
            path = folder / "empty.mp4"
            path.touch()
            return path
        case _:
            return _empty(folder)


def _ratio(rng: Rng) -> Fraction:
    return Fraction(int(rng.integers(1, 60_000)), int(rng.integers(1, 60_000)))


def _empty(folder: Path) -> Path:
    """A track of pictures without one."""
    path = folder / "none.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.height = stream.width = 64
        stream.pix_fmt = "yuv420p"
        out.start_encoding()
    return path


NAMES = ("면접.mp4", "a\nb\r\n.mp4", "\u202egpj.4pm.mp4", "-rf .mp4", "..mp4", "가" * 83 + ".mp4",
         "x" * 251 + ".mp4", "\U0001f469\u200d\U0001f4bb.webm", "%s%n$(id)`id`.mp4", "a:b?c*.mov",
         "http:__a.mkv", "\udce9\udcff.avi", " .mp4", "clip", "\x01\x1b[31m.mp4", "{name}.mp4")
"""Every one is a name of at most 255 bytes."""


def small(folder: Path) -> list[Path]:
    """Whole clips to damage where there are no real ones."""
    moving = list(clock(even(2, 12)))
    return [write_clip(folder / f"base.{suffix}", moving, codec)
            for suffix, codec in (("mp4", "libx264"), ("mov", "libx264"), ("mkv", "libx264"),
                                  ("webm", "libvpx"), ("avi", "mpeg4"))]


def clip(folder: Path, seed: int, number: int, whole: Sequence[Path]) -> tuple[str, Path]:
    """Clip ``number`` of a seed, and in a word what was done to it.

    Args:
        folder: where it is written.
        whole: clips to damage, always in the same order.
    """
    rng = np.random.default_rng((seed, number))
    if number % (len(DAMAGE) + 1) == len(DAMAGE):
        path = wrong(folder, rng)
        kind = f"made: {path.name}"
    else:
        source = whole[int(rng.integers(len(whole)))]
        way = DAMAGE[number % (len(DAMAGE) + 1)]
        path, kind = folder / source.name, way.__name__
        path.write_bytes(way(bytearray(source.read_bytes()), rng))
    if rng.random() < 0.3:
        path = path.rename(folder / NAMES[int(rng.integers(len(NAMES)))])
    return kind, path
