"""What a worker does with a clip: a copy for those who review it, its faces covered where they are
blind; what may be observed without the networks; then they read it where law and consent let
them."""

from collections.abc import Callable
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
    import torch

    from fer_core.config import choose_threads
    from fer_core.desk.cover import Detectors
    torch.set_num_threads(choose_threads(0))
    return Detectors.load()


def analysing(load: Callable[[], "Analyser"] = networks,
              find: Callable[[], "Detectors"] = detectors) -> Analyse:
    """The networks are loaded for the first clip that they may read, and stay; so is what finds
    faces, for the first clip whose faces are covered.

    Args:
        load: loads the networks.
        find: loads what finds faces.
    """
    loaded: list[Analyser] = []
    found: list[Detectors] = []

    def finding() -> "Detectors":
        if not found:
            found.append(find())
        return found[0]

    def analyse(turn: Turn, tell: Told, stopped: Callable[[], bool]) -> Found:
        share = COPYING if turn.networks or turn.observed else 1.0
        if turn.copy is not None:
            _copy(turn, finding, lambda done: tell(done and share * done, None), stopped)
        elif not turn.networks:
            apart.probe(turn.path, name=NAME)
        seen = _observe(turn, lambda: finding().following, stopped) if turn.observed else None
        if not turn.networks:
            return Found(None, seen)
        if not loaded:
            loaded.append(load())
        begun = 0.0 if turn.copy is None else share

        def progress(at: "Progress") -> None:
            tell(at.fraction and begun + (1 - begun) * at.fraction, at.remaining)

        # Who agreed to have their expressions read did not agree to be heard for a score.
        return Found(loaded[0].analyse(turn.path, name=NAME, sound=False, progress=progress,
                                       cancelled=stopped), seen)

    return analyse


def _copy(turn: Turn, finding: Callable[[], "Detectors"], tell: Callable[[float | None], None],
          stopped: Callable[[], bool]) -> None:
    from fer_core.desk.cover import write_copy
    assert turn.copy is not None
    turn.copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_copy(turn.path, turn.copy, finding if turn.blind else None, pitched=turn.pitched,
                   tell=tell, stopped=stopped)
    except VideoError as error:  # which names the file by its id
        raise type(error)(error.key, **{**error.values, "name": NAME}) from error


def _observe(turn: Turn, find: Callable[[], "FaceDetector"], stopped: Callable[[], bool]
             ) -> Observed:
    from fer_core.desk.observing import observe
    try:
        return observe(turn.path, turn.observed, find, Settings(), stopped)
    except VideoError as error:
        raise type(error)(error.key, **{**error.values, "name": NAME}) from error
