"""What a worker does with a clip: the networks read it where law and consent let them; else it is
only opened, so that people know it can be played."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from fer_core.desk.turns import Turn
from fer_core.desk.worker import Analyse, Told
from fer_core.media import video
from fer_core.records import Session

if TYPE_CHECKING:
    from fer_core.pipeline import Analyser, Progress

NAME = "clip"
"""In a report, instead of the file's name, which often is the candidate's."""


def networks() -> "Analyser":
    """The real ones: torch is loaded here, and not before.

    Raises:
        ModelError: they cannot be loaded.
    """
    from fer_core.pipeline import Analyser
    return Analyser()


def analysing(load: Callable[[], "Analyser"] = networks) -> Analyse:
    """The networks are loaded for the first clip that they may read, and stay.

    Args:
        load: loads them.
    """
    loaded: list[Analyser] = []

    def analyse(turn: Turn, tell: Told, stopped: Callable[[], bool]) -> Session | None:
        if not turn.networks:
            video.probe(turn.path, name=NAME)
            return None
        if not loaded:
            loaded.append(load())

        def progress(at: "Progress") -> None:
            tell(at.fraction, at.remaining)

        # Candidates agreed to be seen, not to be heard.
        return loaded[0].analyse(turn.path, name=NAME, sound=False, progress=progress,
                                 cancelled=stopped)

    return analyse
