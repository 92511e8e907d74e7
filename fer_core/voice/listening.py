"""Hears whole recordings."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from fer_core.config import Settings, choose_threads
from fer_core.media import apart
from fer_core.records import Voice
from fer_core.records.sound import Sound
from fer_core.texts import Language
from fer_core.voice import model
from fer_core.voice.ear import Ear
from fer_core.voice.scribe import Scribe, Whisper


class Listener:
    """Hears recordings, one after the other or side by side; the model that writes words down
    is loaded when it is first needed, where there is one.

    Args:
        settings: where the weights lie, and how many threads may compute.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._whisper: Whisper | None = None
        self._loading = threading.Lock()

    @property
    def writes(self) -> bool:
        """Whether there is a model that writes words down."""
        return model.found(self._settings.weights) is not None

    def hear(self, path: Path, *, words: bool = True, language: Language | None = None,
             cancelled: Callable[[], bool] = lambda: False) -> Voice:
        """What is heard in a clip or a file of sound. Memory does not grow with its length,
        but for 1 kB a second.

        Args:
            path: the file. Its time is the pictures' where it has some.
            words: write them down, where there is a model.
            language: spoken in it; None: found out.
            cancelled: asked for every block.

        Raises:
            VideoUnreadable: not a recording.
            ModelError: there is a model that cannot be used.
            Cancelled: ``cancelled`` said so.
        """
        return self.listen(apart.read_sound(path, cancelled), words=words, language=language)

    def listen(self, sounds: Iterable[Sound], *, words: bool = True,
               language: Language | None = None) -> Voice:
        """The same for sound that is at hand, in order.

        Raises:
            ModelError: as in ``hear``.
        """
        ear = Ear(self.scribe(language) if words else None)
        ear.hear(sounds)
        return ear.voice()

    def scribe(self, language: Language | None = None) -> Scribe | None:
        """Somebody who writes one stream's words down; None where there is no model.

        Raises:
            ModelError: there is one that cannot be used.
        """
        name = model.found(self._settings.weights)
        if name is None:
            return None
        with self._loading:
            self._whisper = self._whisper or Whisper(
                name, choose_threads(self._settings.recogniser.threads))
        return Scribe(self._whisper, language)
