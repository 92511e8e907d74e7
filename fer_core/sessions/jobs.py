"""Which questions fit the job that somebody looks for: a table of fields (``jobs.toml``)."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from fer_core.sessions.interview import question_sets

GENERAL = ("introduction", "motivation", "strengths", "job", "conflict", "failure", "closing",
           "pressure")
"""Of no field: what most interviews ask first."""


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def job_fields() -> tuple[str, ...]:
    """The fields of work; each names a question set too."""
    return tuple(_table())


def field_of(job: str) -> str:
    """The field that a job's words name; empty where none does.

    Args:
        job: in Korean or English, such as "백엔드 개발자".
    """
    met = {name: max((len(found[0]) for words in entry["words"].values()
                      for found in re.finditer(words, job, re.I)), default=0)
           for name, entry in _table().items()}
    best = max(met, key=met.__getitem__)
    return best if met[best] else ""


def sets_for(field: str, experience: str = "") -> tuple[str, ...]:
    """Question sets for a field of work, the most useful first, then those of other fields.

    Args:
        field: of ``job_fields()``; anything else is none.
        experience: ``new`` hears less of the job itself, ``long`` more and earlier.
    """
    first = list(_table()[field]["sets"] if field in _table() else GENERAL)
    if experience in ("new", "long"):
        first.remove("job")
        first.insert(1 if experience == "long" else len(first) - 1, "job")
    return (*first, *(name for name in question_sets() if name not in first))


def suited(field: str, experience: str = "") -> tuple[str, ...]:
    """Those of ``sets_for`` that a plan goes through: none of other fields."""
    return tuple(name for name in sets_for(field, experience)
                 if name == field or name not in job_fields())
