"""Scores and their weights against what people said: ``python -m fer_core validate``.

Two kinds of data. Rated clips are analysed and every registered score and part is correlated
with the raters' answers. Judged interviews come without recordings: they say how much eye
contact and smiles weigh with people, and how far one person's judgement is to be trusted at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.config import Settings
from fer_core.errors import DatasetError
from fer_core.lab.people import criteria, delivery, interviews, rated_clips
from fer_core.lab.people.statistics import (
    figure,
    foretold,
    interval,
    numbered,
    one_judge,
    one_order,
    pearson,
    reliability,
    shares,
    spearman,
)
from fer_core.records import FloatArray, Score, Session
from fer_core.sessions.scored import VERSION, rescore
from fer_core.sessions.scoring import SCORES

FEWEST = 8
"""Clips with a value under which a correlation says nothing."""
MIDDLE = (5.0, 50.0, 95.0)
"""Percentiles: the middle 90 % of people, and the one in the middle of them."""


def validate(folder: Path, settings: Settings, tables: Path | None = None,
             recipes: Mapping[str, Mapping[str, float]] = SCORES) -> dict[str, Any]:
    """Hold the scores, or their weights, against a folder of people's ratings.

    Args:
        folder: rated clips or judged interviews.
        settings: of the clips' analysis.
        tables: see ``rated_clips.sessions``.
        recipes: the scores' weights.

    Returns:
        what ``of_clips`` or ``of_interviews`` says, the latter with what
        ``delivery.agreement`` does where the interviews' sound was measured.

    Raises:
        DatasetError: no such folder, or one that holds neither.
    """
    if not folder.is_dir():
        raise DatasetError("error.data.missing", path=folder)
    judged = interviews.read_interviews(folder)
    if judged is not None:
        heard = delivery.read_spoken(folder, judged)
        return {**of_interviews(judged, folder.name, recipes),
                **({} if heard is None else delivery.agreement(judged, heard))}
    clips = rated_clips.read_clips(folder)
    if clips is None:
        raise DatasetError("error.data.format", path=folder)
    return of_clips(clips, rated_clips.sessions(clips, settings, tables), folder.name, recipes)


def of_clips(clips: rated_clips.RatedClips, sessions: Sequence[Session], data: str,
             recipes: Mapping[str, Mapping[str, float]] = SCORES) -> dict[str, Any]:
    """How scores and parts go with what raters said of the same clips.

    Returns:
        ``kind`` "clips", ``data``, ``source``, ``n``, ``people``, ``models`` [{name, sha256}],
        ``version`` of the scores, ``scores`` and ``parts`` {name:
        {n, middle (5 %, 50 %, 95 %), width, ratings {rating: {r, interval}}}} (Spearman), and
        ``held`` {score: the ratings that it should go with}.
    """
    scored = [rescore(s).scores for s in sessions]
    found: dict[str, list[float]] = {name: [] for name in recipes}
    parts: dict[str, list[float]] = {p: [] for recipe in recipes.values() for p in recipe}
    for scores in scored:
        by_name = {s.name: s for s in scores}
        for name, values in found.items():
            values.append(_number(by_name[name].value if name in by_name else None))
        measured = _parts(scores)
        for name, values in parts.items():
            values.append(_number(measured.get(name)))
    return {
        "kind": "clips", "data": data, "source": rated_clips.SOURCE, "n": len(clips.files),
        "people": int(clips.people.max()) + 1, "date": f"{date.today():%Y-%m-%d}",
        "models": [asdict(m) for m in sessions[0].models],
        "version": VERSION,
        "scores": {name: _agreement(np.array(v), clips) for name, v in found.items()},
        "parts": {name: _agreement(np.array(v), clips) for name, v in parts.items()},
        "held": {name: list(ratings) for name, ratings in criteria.HELD.items() if name in recipes}}


def of_interviews(judged: interviews.Interviews, data: str,
                  recipes: Mapping[str, Mapping[str, float]] = SCORES) -> dict[str, Any]:
    """What weighs with judges, and how much they agree.

    Returns:
        ``kind`` "judges", ``data``, ``source``, ``n``, ``people``, ``version``; ``ratings`` {name:
        {reliability, one, one_order, usable}}: of the panel's mean, of one judge against the
        others, of one judge's order alone, and whether anything can be held against it;
        ``fits`` [{target, inputs, r, interval, weights {input: {r, interval}}}]: r of what
        weights fitted to other people foretell, and each input's share; ``alone`` [{target,
        rating, r, interval}]: plain correlations; ``shares`` [{score,
        target, part, people, interval, ours}]: what people give a part beside what the
        score gives it, among the parts that people rated.
    """
    fits = [_fit(judged, target, inputs) for target in criteria.TARGETS
            for inputs in criteria.INPUTS if target not in inputs]
    seen = criteria.INPUTS[-1]
    return {
        "kind": "judges", "data": data, "source": interviews.SOURCE, "n": len(judged.people),
        "people": int(judged.people.max()) + 1, "date": f"{date.today():%Y-%m-%d}",
        "version": VERSION, "ratings": {name: {
            "reliability": round(reliability(own), 3), "one": round(one_judge(own), 3),
            "one_order": round(one_order(own), 3),
            "usable": bool(reliability(own) >= criteria.RELIABLE)}
            for name, own in judged.judges.items()},
        "fits": fits,
        "alone": [row for target in criteria.TARGETS for row in _alone(
            judged, target, tuple(name for name in seen if name != target))],
        "shares": [row for score, targets in criteria.JUDGED.items() if score in recipes
                   for target in targets for row in _shares(fits, score, target, recipes[score])]}


def _fit(judged: interviews.Interviews, target: str, inputs: tuple[str, ...]) -> dict[str, Any]:
    x = np.stack([judged.ratings[name] for name in inputs], axis=1)
    y, people = judged.ratings[target], judged.people
    said = foretold(x, y, people)[:, None]
    bounds = interval(lambda rows: pearson(y[rows], said[rows]), people)
    each = interval(lambda rows: shares(x[rows], y[rows]), people)
    return {"target": target, "inputs": list(inputs),
            **figure(pearson(y, said)[0], bounds[:, 0]),
            "weights": {name: figure(v, each[:, i]) for i, (name, v) in enumerate(
                zip(inputs, shares(x, y), strict=True))}}


def _alone(judged: interviews.Interviews, target: str,
           ratings: tuple[str, ...]) -> list[dict[str, Any]]:
    x, y = judged.ratings[target], np.stack([judged.ratings[name] for name in ratings], axis=1)
    bounds = interval(lambda rows: pearson(x[rows], y[rows]), judged.people)
    return [{"target": target, "rating": name, **figure(r, bounds[:, i])}
            for i, (name, r) in enumerate(zip(ratings, pearson(x, y), strict=True))]


def _shares(fits: list[dict[str, Any]], score: str, target: str,
            recipe: Mapping[str, float]) -> list[dict[str, Any]]:
    """What people give each part of a score that they rated, beside what the score gives it."""
    inputs = list(criteria.COUNTERPARTS.values())
    fit = next(f for f in fits if f["target"] == target and f["inputs"] == inputs)
    ours = {part: recipe.get(part, 0.0) for part in criteria.COUNTERPARTS}
    total = sum(ours.values()) or 1.0
    return [{"score": score, "target": target, "part": part, "people": weight["r"],
             "interval": weight["interval"], "ours": round(ours[part] / total, 3)}
            for part, rating in criteria.COUNTERPARTS.items()
            for weight in (fit["weights"][rating],)]


def _agreement(values: FloatArray, clips: rated_clips.RatedClips) -> dict[str, Any]:
    known = ~np.isnan(values)
    x, y, people = values[known], clips.ratings[known], clips.people[known]
    out: dict[str, Any] = {"n": int(known.sum())}
    if len(x) < FEWEST:
        return {**out, "middle": None, "width": None, "ratings": {}}
    bounds = interval(lambda rows: spearman(x[rows], y[rows]), numbered(people))
    low, middle, high = np.percentile(x, MIDDLE)
    return {**out, "middle": [round(float(v), 1) for v in (low, middle, high)],
            "width": round(float(high - low), 1),
            "ratings": {name: figure(r, bounds[:, i]) for i, (name, r) in enumerate(
                zip(criteria.CLIP_RATINGS, spearman(x, y), strict=True))}}


def _parts(scores: Sequence[Score]) -> dict[str, float | None]:
    return {part.name: part.value for score in scores for part in score.parts}


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
