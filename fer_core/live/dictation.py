"""Answers written down while the round goes on: each as soon as it has ended, in the background.

Its sound lies in memory until its words are there, and is dropped then; only words stay, for those
who let them be kept.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import cast

from fer_core.errors import Cancelled
from fer_core.live.takes import Takes
from fer_core.records import Word
from fer_core.records.sound import Sound
from fer_core.texts import Language
from fer_core.voice.listening import Listener

LOOK = 0.2
"""s between looks at whether somebody stopped the writing."""


@dataclass
class Written:
    """What was written down.

    Attributes:
        language: of the first answer with words; None before it.
        words: number of a take -> its words, on the session's clock.
    """

    language: Language | None = None
    words: dict[int, tuple[Word, ...]] = field(default_factory=dict)

    def of(self, takes: Takes) -> tuple[Word, ...] | None:
        """The words of all takes, in order; None where one was not written down."""
        if not takes.kept or any(take.number not in self.words for take in takes.kept):
            return None
        return tuple(word for take in takes.kept for word in self.words[take.number]
                     if word.start < take.end)

    def learn(self, other: "Written", takes: Takes) -> None:
        """Words of these takes that somebody else has written down."""
        for take in takes.kept:
            if take.number in other.words and take.number not in self.words:
                self.words[take.number] = other.words[take.number]
                self.language = self.language or other.language

    def copy(self) -> "Written":
        return Written(self.language, dict(self.words))


class Dictation:
    """Writes takes down, one after the other.

    Args:
        listener: who does it.
        written: where the words go.
    """

    def __init__(self, listener: Listener, written: Written) -> None:
        self._listener, self._written = listener, written
        self._thread = ThreadPoolExecutor(1, "poise-words")
        self._given: dict[int, Future[None]] = {}
        self._left: dict[int, float] = {}
        self._stop = threading.Event()

    def __contains__(self, take: int) -> bool:
        return take in self._given or take in self._written.words

    def write(self, take: int, sounds: list[Sound]) -> None:
        """Begin with a take that has ended.

        Args:
            take: its number.
            sounds: its sound, on the session's clock; kept until it is written down.
        """
        self._left[take] = sum(s.end - s.time for s in sounds)
        self._given[take] = self._thread.submit(self._write, take, sounds)

    @property
    def busy(self) -> bool:
        """Whether something given is not written down yet."""
        return any(not done.done() for done in list(self._given.values()))

    @property
    def left(self) -> float:
        """s of sound that wait."""
        return sum(self._left.copy().values())

    def finish(self, progress: Callable[[float], object], cancelled: Callable[[], bool]) -> None:
        """Wait until all is written down.

        Args:
            progress: told the share that is done, 0 to 1.
            cancelled: asked whether to stop.

        Raises:
            PoiseError, Exception: something could not be written down.
            Cancelled: ``cancelled`` said so.
        """
        whole = max(self.left, 1e-9)
        while wait(self._given.values(), LOOK).not_done:
            progress(1 - self.left / whole)
            if cancelled():
                self._stop.set()
                self._thread.shutdown(wait=False, cancel_futures=True)
                raise Cancelled
        self._thread.shutdown()
        for done in self._given.values():
            done.result()

    def _write(self, take: int, sounds: list[Sound]) -> None:
        begin = sounds[0].time if sounds else 0.0
        voice = self._listener.listen(self._shifted(take, sounds, begin),
                                      language=self._written.language)
        if voice.words is not None:
            if voice.words:
                self._written.language = self._written.language or cast(Language, voice.language)
            self._written.words[take] = tuple(
                replace(w, start=round(w.start + begin, 2), end=round(w.end + begin, 2))
                for w in voice.words)

    def _shifted(self, take: int, sounds: list[Sound], begin: float) -> Iterator[Sound]:
        """The sounds from 0 s on, given back one by one."""
        while sounds:
            if self._stop.is_set():
                raise Cancelled
            sound = sounds.pop(0)
            yield replace(sound, time=sound.time - begin)
            self._left[take] -= sound.end - sound.time
