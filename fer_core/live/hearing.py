"""One person's microphone: the sound that waits to be heard, and what was heard of it.

The microphone's callback only puts a frame into a queue, whose oldest drops out, and notes how
loud it was. What the worker heard of it are four numbers for every 10 ms of the
stream's time; what of that belongs to the session is decided by its takes alone, whenever it is
asked for. Sound itself is kept only where somebody writes down what is said, in memory, each
answer's until its words are there.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from fer_core.live.dictation import Dictation, Written
from fer_core.live.stream_time import StreamTime
from fer_core.live.takes import Take, Takes
from fer_core.media.sound import Mixer
from fer_core.records import Stretch, Voice
from fer_core.records.sound import RATE, Sound
from fer_core.sessions.timeline import runs_of
from fer_core.voice.ear import LIVE_BLOCK
from fer_core.voice.listening import Listener
from fer_core.voice.loudness import SILENCE
from fer_core.voice.stretches import FRAME
from fer_core.voice.summary import summed

log = logging.getLogger("poise.live")

FRAMES = 500
"""Frames of 20 ms that wait at most, 10 s: a worker that starts anew is mostly back by then."""
METER = 0.6
"""s over which the level is measured."""
UNUSED = 60.0
"""s of what was heard that stay while no answer was given."""
FULL = 0.99
"""Of full scale: from here on the microphone clips."""

Rows = NDArray[np.float32]


@dataclass(frozen=True)
class Level:
    """How loud the microphone is: ``loudness`` in dB below full scale (mean square of the loudest
    frame), whether it ``clips``."""

    loudness: float
    clips: bool


class Hearing:
    """What one stream's microphone gives. Safe to use from any thread.

    Args:
        moment: the stream's time, s.
        kept: (n, 4) rows of the session's clock that an earlier stream has heard.
        written: what it has written down.
    """

    def __init__(self, moment: Callable[[], float], kept: Rows | None = None,
                 written: Written | None = None) -> None:
        self.wanted = False
        """Whether the person lets the voice be heard."""
        self.written = (written or Written()).copy()
        self._dictation: Dictation | None = None
        self._now, self._lock = moment, threading.Lock()
        self._time, self._mixer = StreamTime(), Mixer()
        self._raw: deque[tuple[float, av.AudioFrame]] = deque(maxlen=FRAMES)
        self._levels: deque[tuple[float, float, bool]] = deque(maxlen=round(METER / 0.01))
        self._before = np.zeros((0, 4), np.float32) if kept is None else kept
        self._rows = _Shelf()
        self._sounds: list[tuple[float, NDArray[np.int16]]] = []

    @property
    def moment(self) -> float:
        """The stream's time, s."""
        return self._now()

    def dictate(self, listener: Listener | None) -> None:
        """Let somebody write down what is said in the answers; None: nobody, and no sound is
        kept."""
        with self._lock:
            if listener is None:
                self._dictation, self._sounds = None, []
            elif self._dictation is None:
                self._dictation = Dictation(listener, self.written)

    # The microphone's side.

    def callback(self, frame: av.AudioFrame) -> None:
        """A frame of the microphone, at once; never raises."""
        try:
            now, samples = self.moment, frame.to_ndarray()
            full = 2 ** (8 * samples.itemsize - 1) - 1 if samples.dtype.kind == "i" else 1
            share = np.abs(samples.astype(np.float32)) / full
            square = float(np.square(share).mean())
            self._levels.append((now, square, bool(share.max() >= FULL)))
            self._raw.append((now, frame))
        except Exception:
            log.exception("a microphone's sound could not be taken")

    # The engine's side.

    @property
    def waiting(self) -> bool:
        """Whether there is enough to be worth a question."""
        return len(self._raw) >= LIVE_BLOCK / RATE / 0.02

    def take(self, takes: Takes) -> list[Sound]:
        """All that waits, taken out, on the stream's time; an answer that has ended is written
        down where that is wished."""
        with self._lock:
            found: list[Sound] = []
            while self._raw:
                arrived, frame = self._raw.popleft()
                pts = (None if frame.pts is None or frame.time_base is None
                       else float(frame.pts * frame.time_base))
                # A frame comes when its last sample was taken.
                begin = self._time.of(arrived, pts) - frame.samples / frame.sample_rate
                found += self._mixer.add(frame, max(begin, 0.0))
            found = _joined(found)
            if self._dictation is not None:
                self._sounds += [(s.time, (s.samples * 32767).astype(np.int16)) for s in found]
                self._hand_over(self._dictation, takes, found[-1].end if found else 0.0)
            return found

    def _hand_over(self, dictation: Dictation, takes: Takes, until: float) -> None:
        """Have written down what has ended before a time of the stream. What is no answer to
        come, or one taken back, goes."""
        for take in takes.kept:
            if (take.began is not None and take.lasted is not None
                    and take.began + take.lasted <= until and take.number not in dictation):
                dictation.write(take.number, self._sounds_of(take, take.began))
        waiting = [take for take in takes.kept if take.number not in dictation]
        self._sounds = [(time, samples) for time, samples in self._sounds if any(
            _is_of(take, time, time + len(samples) / RATE) for take in waiting)]

    def deliver(self, heard: list[tuple[int, Rows]], takes: Takes) -> None:
        """What the worker heard: rows by the number of their first 10 ms of the stream."""
        with self._lock:
            for frame, rows in heard:
                self._rows.put(frame, rows)
            if not takes.kept:
                self._rows.forget(round((self.moment - UNUSED) / FRAME))

    # The page's side.

    @property
    def level(self) -> Level | None:
        """How loud it is now; None where nothing comes."""
        now = self.moment
        newest = [(square, clips) for time, square, clips in list(self._levels)
                  if now - time <= METER]
        if not newest:
            return None
        return Level(10 * np.log10(max(square for square, _ in newest) + 10 ** (SILENCE / 10)),
                     any(clips for _, clips in newest))

    def recent(self, begin: float, end: float) -> Voice | None:
        """What was heard in [begin, end) s of the stream, from 0 s on; None: nothing."""
        first, last = round(max(begin, 0.0) / FRAME), round(max(end, 0.0) / FRAME)
        with self._lock:
            return voice(self._rows.cut(first, last))

    @property
    def heard_until(self) -> float:
        """The stream's time up to which was heard, s."""
        with self._lock:
            return self._rows.end * FRAME

    def session(self, takes: Takes) -> Rows:
        """(n, 4) what was heard in the takes, on the session's clock; NaN where nothing was."""
        with self._lock:
            spans = [(take, round(take.start / FRAME), round(_lasts(take, self.moment) / FRAME))
                     for take in takes.kept]
            out = np.full((max((at + n for _, at, n in spans), default=0), 4), np.nan, np.float32)
            for take, at, count in spans:
                shelf, first = ((_Shelf(0, self._before), at) if take.began is None
                                else (self._rows, round(take.began / FRAME)))
                out[at:at + count] = shelf.cut(first, first + count)
            return out

    def voice(self, takes: Takes) -> Voice | None:
        """What was heard in the takes, with the words of those that are written down."""
        return voice(self.session(takes), self.written, takes)

    def said(self, takes: Takes) -> str | None:
        """The words of the last take that has ended; None while they are being written down,
        empty where nobody does that."""
        ended = [take for take in takes.kept if take.lasted is not None]
        if self._dictation is None or not ended:
            return ""
        words = self.written.words.get(ended[-1].number)
        return None if words is None else " ".join(word.text for word in words)

    @property
    def writing(self) -> bool:
        """Whether an answer that has ended is being written down."""
        dictation = self._dictation
        return dictation is not None and dictation.busy

    def learn(self, earlier: "Hearing", takes: Takes) -> None:
        """Words of takes that an earlier stream's hearing has written down since."""
        self.written.learn(earlier.written, takes)

    def last_words(self, takes: Takes) -> Dictation | None:
        """Who writes down all takes, whose last sound there is; None: nobody does."""
        if self._dictation is None:
            return None
        self.take(takes)
        with self._lock:
            self._hand_over(self._dictation, takes, self.moment)
            return self._dictation

    def _sounds_of(self, take: Take, began: float) -> list[Sound]:
        """What was kept of a take, on the session's clock."""
        out, end = [], began + _lasts(take, self.moment)
        for time, samples in self._sounds:
            inside = samples[max(round((began - time) * RATE), 0):
                             max(round((end - time) * RATE), 0)]
            if len(inside):
                out.append(Sound(take.start + max(time - began, 0.0),
                                 inside.astype(np.float32) / np.float32(32767)))
        return out


def voice(rows: Rows, written: Written | None = None, takes: Takes | None = None) -> Voice | None:
    """What rows of a clock come to, with the words of takes of it; None where nothing was heard."""
    heard = tuple(Stretch(round(a * FRAME, 2), round(b * FRAME, 2))
                  for a, b in runs_of(~np.isnan(rows[:, 0])))
    if not heard:
        return None
    if written is None or takes is None:
        return summed(rows, heard)
    return summed(rows, heard, written.of(takes), written.language)


def _lasts(take: Take, now: float) -> float:
    """s of the session that a take has lasted; under way, up to now."""
    if take.lasted is not None or take.began is None:
        return take.end - take.start
    return min(take.end - take.start, max(now - take.began, 0.0))


def _is_of(take: Take, begin: float, end: float) -> bool:
    """Whether a stretch of the stream may lie in a take."""
    return (take.began is not None and end > take.began
            and begin < take.began + take.end - take.start)


def _joined(sounds: list[Sound]) -> list[Sound]:
    """Neighbours as one."""
    out: list[list[Sound]] = []
    for sound in sounds:
        if out and abs(sound.time - out[-1][-1].end) < 1e-3:
            out[-1].append(sound)
        else:
            out.append([sound])
    return [Sound(some[0].time, np.concatenate([s.samples for s in some])) for some in out]


class _Shelf:
    """Rows by number, NaN where there are none."""

    def __init__(self, first: int = 0, rows: Rows | None = None) -> None:
        self._first = first
        self._rows = np.zeros((0, 4), np.float32) if rows is None else rows
        self.end = first + len(self._rows)

    def put(self, at: int, rows: Rows) -> None:
        if not len(self._rows):
            self._first = self.end = at
        at -= self._first
        rows = rows[max(-at, 0):]
        at = max(at, 0)
        if at + len(rows) > len(self._rows):
            more = max(at + len(rows) - len(self._rows), len(self._rows) // 2)
            self._rows = np.concatenate(
                [self._rows, np.full((more, 4), np.nan, np.float32)])
        self._rows[at:at + len(rows)] = rows
        self.end = max(self.end, self._first + at + len(rows))

    def cut(self, first: int, last: int) -> Rows:
        """(last - first, 4) a copy."""
        out = np.full((max(last - first, 0), 4), np.nan, np.float32)
        begin, end = max(first, self._first), min(last, self.end)
        if begin < end:
            out[begin - first:end - first] = self._rows[begin - self._first:end - self._first]
        return out

    def forget(self, before: int) -> None:
        if before > self._first:
            self._rows = self._rows[before - self._first:].copy()
            self._first = before
            self.end = max(self.end, before)
