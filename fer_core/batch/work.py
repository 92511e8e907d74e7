"""What is done with one clip, in a process of its own: ``python -m fer_core.batch.work``.

A line of JSON in is a ``Job``; lines out are ``{"at": s}`` while it goes on, then one answer.
"""

import base64
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyarrow import ArrowException

from fer_core.batch.sources import at_hand, digest
from fer_core.config import Settings
from fer_core.errors import PoiseError, why
from fer_core.texts import Language, explain

TELL = 5.0
"""s between signs of life."""
NAME = "clip"
"""In a report whose clip goes by its hash only."""


@dataclass(frozen=True)
class Job:
    """A clip to analyse.

    Attributes:
        uri: where it lies.
        name: shown in its report.
        settings: a dump without this machine's paths.
        networks: SHA-256 of those that are to read, as ``Manifest.checkpoints`` names them.
        formats: of its report; ``language`` too.
    """

    uri: str
    name: str
    settings: dict[str, Any]
    networks: tuple[str, ...]
    formats: tuple[str, ...] = ("json", "csv")
    language: Language = "ko"
    sound: bool = True
    words: bool = True


Told = Callable[[float], None]
Answer = dict[str, Any]


def serve(read: Callable[[Job, Told], Answer]) -> None:
    """Do what comes in, line after line, until nothing more does."""
    # Ctrl-C reaches every process of the terminal; whoever leads this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Libraries print where they like: answers go where they cannot.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    told = [0.0]

    def tell(seconds: float) -> None:
        if time.monotonic() - told[0] >= TELL:
            told[0] = time.monotonic()
            say({"at": seconds})

    def say(what: Answer) -> None:
        out.write(json.dumps(what) + "\n")
        out.flush()

    say({"at": 0})
    for line in sys.stdin:
        say(read(Job(**json.loads(line)), tell))


class Reader:
    """The networks, loaded for the first clip."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __call__(self, job: Job, tell: Told) -> Answer:
        """The report of a clip as ``{"row": ..., "files": {suffix: base64}}``; of one that cannot
        be read, ``row`` alone."""
        began = time.monotonic()
        try:
            with at_hand(job.uri) as path:
                try:
                    return self._read(job, path, tell, began)
                except PoiseError as error:
                    return _failed(error, job, began, digest(str(path)) if path.is_file() else "")
        except (OSError, ArrowException) as error:
            return _failed(PoiseError("error.batch.source", source=job.uri, detail=why(error)),
                           job, began, "")

    def _read(self, job: Job, path: Path, tell: Told, began: float) -> Answer:
        from fer_core.reports import export
        session = self._analyser(job).analyse(
            path, name=job.name, sound=job.sound, words=job.words,
            progress=lambda at: tell(at.seconds))
        files = {suffix: base64.b64encode(writer(session, job.language)).decode()
                 for suffix, writer in (export.WRITERS[f] for f in job.formats)}
        row = {"clip": job.uri, "sha256": session.source.sha256,
               "seconds": round(session.source.duration, 3),
               "took": round(time.monotonic() - began, 3),
               "scores": {s.name: s.value for s in session.scores}}
        return {"row": row, "files": files}

    def _analyser(self, job: Job) -> Any:
        """The networks of these settings.

        Raises:
            ModelError: they cannot be loaded, or are others than those of whoever leads.
        """
        basis = json.dumps(job.settings)
        if self._loaded.get("basis") != basis:
            from fer_core.errors import ModelError
            from fer_core.networks.recogniser import Manifest
            from fer_core.pipeline import Analyser
            settings = Settings(**job.settings)
            here = Manifest.read(settings.weights).checkpoints(settings.recogniser.members)
            if here != tuple(job.networks):
                raise ModelError("error.batch.networks")
            self._loaded = {"basis": basis, "analyser": Analyser(settings)}
        return self._loaded["analyser"]


def _failed(error: PoiseError, job: Job, began: float, sha256: str) -> Answer:
    return {"row": {"clip": job.uri, "sha256": sha256, "status": "failed", "error": error.key,
                    "message": explain(error, job.language),
                    "took": round(time.monotonic() - began, 3)}}


def portable(settings: Settings) -> dict[str, Any]:
    """Settings as a job holds them: another machine's paths are its own."""
    return settings.model_dump(mode="json", exclude={"data", "weights", "cache"})


def line_of(job: Job) -> str:
    """A job as a line."""
    return json.dumps(asdict(job)) + "\n"


if __name__ == "__main__":
    serve(Reader())
