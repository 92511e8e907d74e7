"""What a worker does with a clip: a copy for those who review it, its faces covered where they are
blind; what may be observed without the networks; then they read it where law and consent let
them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from fer_core.config import Settings
from fer_core.desk.observed import Observed
from fer_core.desk.turns import Found, Turn
from fer_core.desk.worker import Analyse, Told
from fer_core.errors import VideoError
from fer_core.media import apart

if TYPE_CHECKING:
    from fer_core.desk.cover import Detectors
    from fer_core.faces.detector import FaceDetector
    from fer_core.pipeline import Analyser, Progress
    from fer_core.voice.listening import Listener

NAME = "clip"
"""In a report, instead of the file's name, which often is the candidate's."""
COPYING = 0.7
"""Share of the work that the copy is, where the networks read the clip as well."""


def networks() -> "Analyser":
    """The real ones: torch is loaded here, and not before.

    Raises:
        ModelError: they cannot be loaded.
    """
    from fer_core.pipeline import Analyser
    return Analyser()


def detectors() -> "Detectors":
    """What finds the faces that are to be covered. It reads nothing in them."""
    from fer_core.desk.cover import Detectors
    return Detectors.load()


def listener() -> "Listener":
    """What hears."""
    from fer_core.voice.listening import Listener
    return Listener(Settings())


def analysing(load: Callable[[], "Analyser"] = networks,
              find: Callable[[], "Detectors"] = detectors,
              listen: Callable[[], "Listener"] = listener) -> Analyse:
    """Each of the three is loaded for the first clip that needs it, and stays.

    Args:
        load: loads the networks.
        find: loads what finds faces.
        listen: makes what hears.
    """
    load, find, listen = cache(load), cache(find), cache(listen)

    def analyse(turn: Turn, tell: Told, stopped: Callable[[], bool]) -> Found:
        share = COPYING if turn.networks or turn.observed else 1.0
        if turn.copy is not None:
            _copy(turn, find, lambda done: tell(done and share * done, None), stopped)
        elif not turn.networks:
            apart.probe(turn.path, name=NAME)
        seen = _observe(turn, lambda: find().following, listen, stopped) if turn.observed else None
        if not turn.networks:
            return Found(None, seen)
        begun = 0.0 if turn.copy is None else share

        def progress(at: "Progress") -> None:
            tell(at.fraction and begun + (1 - begun) * at.fraction, at.remaining)

        # Who agreed to have their expressions read did not agree to be heard for a score.
        return Found(load().analyse(turn.path, name=NAME, sound=False, progress=progress,
                                    cancelled=stopped), seen)

    return analyse


@contextmanager
def _unnamed() -> Iterator[None]:
    """An error names the file by its id; for whoever reads it, it is ``NAME``."""
    try:
        yield
    except VideoError as error:
        raise type(error)(error.key, **{**error.values, "name": NAME}) from error


@_unnamed()
def _copy(turn: Turn, find: Callable[[], "Detectors"], tell: Callable[[float | None], None],
          stopped: Callable[[], bool]) -> None:
    import torch

    from fer_core.config import choose_threads
    from fer_core.desk.cover import write_copy
    assert turn.copy is not None
    torch.set_num_threads(choose_threads(0))  # networks that read take their own
    turn.copy.parent.mkdir(parents=True, exist_ok=True)
    write_copy(turn.path, turn.copy, find if turn.blind else None, pitched=turn.pitched,
               tell=tell, stopped=stopped)


@_unnamed()
def _observe(turn: Turn, find: Callable[[], "FaceDetector"], listen: Callable[[], "Listener"],
             stopped: Callable[[], bool]) -> Observed:
    from fer_core.desk.observing import observe
    return observe(turn.path, turn.observed, find, listen, stopped)
