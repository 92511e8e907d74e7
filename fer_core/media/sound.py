"""The sound track of a clip, or a file of sound -> one channel at 16 kHz, with true times."""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from fer_core.errors import Cancelled, VideoUnreadable
from fer_core.media.container import LONGEST, SOUNDS, decoded, opened
from fer_core.media.names import safe_name
from fer_core.media.video import first_stamp, picture_stream
from fer_core.records.sound import RATE, Sound

_JITTER = 0.05
"""s that a stamp may be off from the samples counted so far: browsers round to milliseconds and
their clocks drift; a larger step is a gap, or a jump back."""


def read_sound(path: Path, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Sound]:
    """The first sound track, streamed. None of it, a track that breaks off, and one longer or
    shorter than the picture are no errors: what is not there does not come.

    Args:
        path: a clip or a file of sound.
        cancelled: asked for every block.

    Yields:
        Blocks in order, none overlapping; where they do not touch there was no sound. 0 s is
        the first picture; in a file without pictures, the first sample.

    Raises:
        VideoUnreadable: missing, empty, damaged, not a recording.
        Cancelled: ``cancelled`` said so.
    """
    shown = safe_name(path.name)
    zero = None
    with opened(path, shown, SOUNDS) as container:
        pictures, silent = picture_stream(container), not container.streams.audio
        if silent and pictures is None:
            raise VideoUnreadable("error.video.unreadable", name=shown)
        if silent:
            return
        if pictures is not None:
            zero = first_stamp(container, pictures)
    with opened(path, shown, SOUNDS) as container:
        for sound in _timed(container, container.streams.audio[0], zero):
            if cancelled():
                raise Cancelled
            yield sound


def has_sound(path: Path) -> bool:
    """Whether there is a sound track.

    Raises:
        VideoUnreadable: as in ``read_sound``.
    """
    with opened(path, safe_name(path.name), SOUNDS) as container:
        return bool(container.streams.audio)


def _timed(container: InputContainer, stream: AudioStream, zero: float | None
           ) -> Iterator[Sound]:
    """Blocks from 0 s on, each begun anew where the stamps leave a gap."""
    mixer = Mixer()
    for frame in decoded(container, stream):
        at = None if frame.pts is None or frame.time_base is None else float(
            frame.pts * frame.time_base)
        zero = (at or 0.0) if zero is None else zero
        if at is not None and not -LONGEST < at - zero <= LONGEST:
            continue
        yield from mixer.add(frame, None if at is None else at - zero)
    yield from mixer.rest()


class Mixer:
    """Decoded frames of any rate, format and number of channels -> ``Sound``."""

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None
        self._of: tuple[object, ...] = ()
        self._scale = 1.0
        self._in = self._out = 0.0  # s: where the next frame and the next block should begin

    def add(self, frame: AudioFrame, time: float | None) -> Iterator[Sound]:
        """What this frame completes.

        Args:
            frame: as decoded.
            time: s of its first sample; None: it follows the one before.
        """
        time = self._in if time is None else time
        if time < self._in - _JITTER:  # this has been heard
            return
        of = (frame.sample_rate, frame.format.name, frame.layout.name)
        if self._resampler is None or of != self._of or abs(time - self._in) > _JITTER:
            yield from self.rest()
            self._resampler = av.AudioResampler("flt", "mono", RATE)
            self._of, self._in, self._out = of, time, time
            # The resampler adds the two at 0.71 each: what both hear alike would be 3 dB louder,
            # and clip.
            self._scale = 2 ** -0.5 if frame.layout.nb_channels == 2 else 1.0
        self._in += frame.samples / frame.sample_rate
        # Stamps are ours; the resampler would pad where they disagree.
        frame.pts = None
        yield from self._blocks(frame)

    def rest(self) -> Iterator[Sound]:
        """What the resampler still holds."""
        if self._resampler is not None:
            yield from self._blocks(None)
            self._resampler = None

    def _blocks(self, frame: AudioFrame | None) -> Iterator[Sound]:
        assert self._resampler is not None
        try:
            mixed = self._resampler.resample(frame)
        except (FFmpegError, ValueError):  # an impossible rate or layout in a damaged file
            self._resampler = None
            return
        for part in mixed:
            samples = np.nan_to_num(part.to_ndarray()[0].astype(np.float32, copy=False)
                                    * np.float32(self._scale))
            begin, self._out = self._out, self._out + len(samples) / RATE
            early = min(max(round(-begin * RATE), 0), len(samples))
            if early < len(samples):
                yield Sound(max(begin, 0.0), np.clip(samples[early:], -1, 1))
