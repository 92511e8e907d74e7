"""A model that words a question about an answer in a thread of its own; pages look on."""

import logging
import threading
from dataclasses import dataclass

from fer_core import CoachError, Language, ModelInterviewer, PoiseError, wording

log = logging.getLogger("poise.pages")


@dataclass
class Asking:
    """The model at work.

    Attributes:
        questions: ids of what the rules would ask; the model words the first.
        text: written so far.
        error: why there is no question.
    """

    questions: tuple[str, ...]
    text: str = ""
    done: bool = False
    error: PoiseError | None = None

    def start(self, question: str, said: str, spoken: Language) -> None:
        """
        Raises:
            CoachError: the environment sets something impossible.
        """
        threading.Thread(target=self._run, args=(ModelInterviewer(), question, said, spoken),
                         daemon=True).start()

    def _run(self, model: ModelInterviewer, question: str, said: str, spoken: Language) -> None:
        try:
            for written in model.ask(question, wording(self.questions[0], spoken), spoken, said):
                self.text = written
        except CoachError as error:
            self.error = error
        except Exception:
            log.exception("a follow-up question could not be written")
            self.error = CoachError("error.coach.refused.format")
        self.done = True
