"""What is done with a clip of the torture, in a process that lives on: the analysis, with light
stand-ins for the networks or the real ones, and what is left of it. ``python -m
tests.torture.reader``; hands are ``fer_core.batch.hands``."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from fer_core.batch.work import Answer, Job, Told, serve
from fer_core.errors import PoiseError
from fer_core.pipeline import Analyser
from fer_core.reports.export import from_json, to_json
from fer_core.texts import LANGUAGES, explain
from tests.processes import children
from tests.torture.light import light

_THEIRS = ("torchinductor_", ".ses")
"""What torch and ONNX Runtime make while they are loaded, whatever is read then."""


class Reader:
    """The networks, loaded for the first clip."""

    def __init__(self) -> None:
        self._loaded: dict[bool, Analyser] = {}

    def __call__(self, job: Job, tell: Told) -> Answer:
        path = Path(os.fsdecode(bytes.fromhex(job.uri)))
        analyser = self._analyser(job.settings["real"])
        began = time.monotonic()
        row: dict[str, Any] = {"outcome": "report"}
        try:
            session = analyser.analyse(path, words=False, progress=lambda at: tell(at.seconds))
            text = to_json(session, "ko")
            assert to_json(from_json(text), "ko") == text
        except PoiseError as error:
            row["outcome"] = error.key
            for language in LANGUAGES:
                sentence = explain(error, language)
                assert sentence.strip()
                assert "error." not in sentence
        except Exception as error:
            row |= {"outcome": "fault", "detail": repr(error)[:300]}
        return row | {"took": time.monotonic() - began, "left": left()}

    def _analyser(self, real: bool) -> Analyser:
        if real not in self._loaded:
            self._loaded[real] = Analyser() if real else light()
        return self._loaded[real]


def left() -> list[str]:
    """Files in the temporary folder, processes, shared memory: there should be none."""
    shared = [f.name for f in Path("/dev/shm").glob("*") if f.stat().st_uid == os.getuid()
              and f"{os.getpid()}" in f.name]
    files = [n for n in os.listdir(tempfile.gettempdir()) if not n.startswith(_THEIRS)]
    return [*files, *map(str, children(os.getpid())), *shared]


if __name__ == "__main__":
    serve(Reader())
