"""What was measured, and on which weights: ``results.json`` beside the manifest.

``evaluate``, ``robustness``, ``bias`` and ``compare`` write it with ``--save``; the Models page
reads it, and whoever builds a session keeps in it what was measured of its networks. ``validate
--save`` writes a file of its own, in the same form, of what people said. Nobody types a figure in.
"""

import json
from pathlib import Path
from typing import Any

from fer_core.records import Accuracy, Held, ModelName

NAME = "results.json"
VALIDATION = "validation.json"
"""Scores held against people: correlations, intervals, counts and sources, never a row."""
LABELS_READ = {"ferplus": "FER+", "fer2013": "FER2013"}
"""Sets of labels as people write them; a data set of its own says which it has."""


def read_results(folder: Path, name: str = NAME) -> list[dict[str, Any]]:
    """The entries of a weights folder, none where nothing was measured or it is damaged.

    Returns:
        entries of ``data`` (in words), ``labels``, ``kind`` (``evaluation``, ``robustness``,
        ``bias`` or ``comparison``), ``models`` [{name, sha256}], ``vote``, ``command``, ``date``
        and the figures themselves; of ``VALIDATION`` what ``lab.validation`` says.
    """
    try:
        entries = json.loads((folder / name).read_text("utf-8"))["results"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []


def read_validation(folder: Path) -> list[dict[str, Any]]:
    """What ``validate --save`` found, as ``lab.validation`` says it."""
    return read_results(folder, VALIDATION)


def accuracies(folder: Path, models: tuple[ModelName, ...]) -> tuple[Accuracy, ...]:
    """What was measured of exactly these checkpoints, each alone or all together."""
    together = {m.sha256 for m in models}
    wanted = [together, *({sha} for sha in together)]
    found = []
    for e in read_results(folder):
        try:
            shas = tuple(str(m["sha256"]) for m in e["models"])
            if (e["kind"] == "evaluation" and {*shas} in wanted and int(e["n"]) > 0
                    and 0 <= e["accuracy"] <= 1 and isinstance(e["data"], str)):
                # Two sets of labels on the same pictures are two measurements.
                labels = LABELS_READ.get(e.get("labels", ""))
                data = f"{labels} ({e['data']})" if labels else e["data"]
                found.append(Accuracy(data, int(e["n"]), float(e["accuracy"]), shas))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(found)


def held(folder: Path, models: tuple[ModelName, ...]) -> tuple[Held, ...]:
    """How scores went with what people said: of clips, read by exactly these networks, and of
    interviews by their sound, which no network reads."""
    found: list[Held] = []
    for e in read_validation(folder):
        try:
            found += _of_judges(e) if e["kind"] == "judges" else _of_clips(e, models)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return tuple(found)


def _of_clips(e: dict[str, Any], models: tuple[ModelName, ...]) -> list[Held]:
    if e["kind"] != "clips" or {m["sha256"] for m in e["models"]} != {m.sha256 for m in models}:
        return []
    found = []
    for score, rating in ((s, r) for s, ratings in e["held"].items() for r in ratings):
        row = e["scores"][score]
        one = row["ratings"].get(rating, {})
        if one.get("r") is not None:
            low, high = one["interval"]
            found.append(Held(score, rating, float(one["r"]), float(low), float(high),
                              int(row["n"]), int(e["people"]), int(e["version"])))
    return found


def _of_judges(e: dict[str, Any]) -> list[Held]:
    return [Held("delivery", rating.capitalize(), float(row["r"]), float(row["low"]),
                 float(row["high"]), int(e["n"]), int(e["people"]), int(e["version"]))
            for rating, row in e["delivery"].items()]


def write(folder: Path, new: list[dict[str, Any]], name: str = NAME) -> Path:
    """Add entries, replacing those of the same kind, data, labels and named networks."""
    taken = {_key(e) for e in new}
    kept = [e for e in read_results(folder, name) if _key(e) not in taken]
    path = folder / name
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"results": kept + new}, ensure_ascii=False, indent=1) + "\n",
                       "utf-8")
    partial.replace(path)
    return path


def is_stale(entry: dict[str, Any], models: tuple[ModelName, ...]) -> bool:
    """Whether an entry was measured with other weights than these."""
    known = {m.sha256 for m in models}
    return any(m["sha256"] not in known for m in entry["models"])


def _key(entry: dict[str, Any]) -> tuple[Any, ...]:
    return (entry.get("kind"), entry.get("data"), entry.get("labels"), entry.get("vote"),
            tuple(m.get("name") for m in entry.get("models", [])))
