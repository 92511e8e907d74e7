"""Scores in words: a card each, and the strongest and weakest of what they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from fer_core.records import FloatArray, Part, Score, Session, Stretch
from fer_core.sessions.scoring import FACE_SCORES
from fer_core.sessions.signals import ONLY_COSTS
from fer_core.sessions.timeline import runs_of
from fer_core.texts import Language, between, say

HEADLINE = ("confidence", "composure")
"""The scores that come first."""
LEAST_LOST = 1.0
"""Points of the two main scores under which nothing needs practice first."""
MOVED = 3
"""Parts named that moved a score most."""
NETWORKS = {"vit": "ViT", "mixer": "Mixer"}
"""Our own networks as people write them; others go by their names."""
WINDOW = 3
"""s that show a finding: long enough to be found again in a clip."""


@dataclass(frozen=True)
class PartRow:
    """One ingredient of a score.

    Attributes:
        name: registered name.
        label, about: what it is and how it is measured.
        value: 0 to 100, None where it could not be measured.
        weight: 0 to 1.
        points: what it adds to the score, value x weight.
    """

    name: str
    label: str
    about: str
    value: float | None
    weight: float

    @property
    def points(self) -> float:
        return 0.0 if self.value is None else self.value * self.weight

    @property
    def lost(self) -> float:
        """Points that it takes from the score: weight x distance from 100."""
        return 0.0 if self.value is None else (100 - self.value) * self.weight


@dataclass(frozen=True)
class ScoreCard:
    """One score: value with its 95 % interval and parts, or the reason why there is none.

    Attributes:
        headline: whether it is one of the two main scores.
        seconds: how many seconds support it.
        moved, rests, blind: the three parts that moved it most, the share of time that it
            rests on, what it cannot know: a sentence each, "" where there is no value.
        alone: what each network alone would have come to, "" where that was not kept.
    """

    name: str
    label: str
    about: str
    value: float | None
    low: float | None
    high: float | None
    parts: tuple[PartRow, ...]
    seconds: int
    reason: str | None
    headline: bool
    moved: str = ""
    rests: str = ""
    blind: str = ""
    alone: str = ""

    @property
    def basis(self) -> tuple[str, ...]:
        """The sentences on what it is founded on, in the order they are told."""
        return tuple(filter(None, (self.moved, self.rests, self.alone, self.blind)))


@dataclass(frozen=True)
class Finding:
    """One of the strongest or weakest signals, with the seconds that show it best.

    Attributes:
        part: registered part name. value: its 0 to 100.
        start, end: s; ``clock`` as "0:12–0:18".
        text: the sentence.
    """

    part: str
    label: str
    value: float
    start: float
    end: float
    clock: str
    text: str


def card(score: Score, total: int, language: Language,
         alone: Mapping[str, float] = MappingProxyType({})) -> ScoreCard:
    """A score in words.

    Args:
        total: seconds of the stretch that it is of.
        alone: network -> what the score would be by it alone.
    """
    parts = tuple(_part(p, language) for p in score.parts)
    told = {} if score.value is None else {
        "moved": _moved(parts, language), "blind": say(f"score.{score.name}.blind", language),
        "rests": say(f"report.score.{'rests' if score.name in FACE_SCORES else 'heard'}", language,
                     seconds=score.seconds, total=total,
                     percent=round(100 * score.seconds / total)),
        "alone": _alone(alone, language)}
    return ScoreCard(
        score.name, say(f"score.{score.name}.label", language),
        say(f"score.{score.name}.about", language), score.value, score.low, score.high, parts,
        score.seconds, say(score.reason, language) if score.reason else None,
        score.name in HEADLINE, **told)


def findings(session: Session, cards: tuple[ScoreCard, ...],
             shown: Mapping[str, tuple[Stretch, ...]],
             language: Language) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The two strongest parts of the main scores, and the two that cost these most points;
    what costs under ``LEAST_LOST`` is no weakness, and what only ever costs no strength.

    Args:
        shown: part -> the seconds that advice about it names: the same are looked at here.
    """
    parts = {p.name: p for c in cards if c.headline for p in c.parts
             if p.value is not None and not np.isnan(
                 session.scored.part(p.name)[session.scored.rows]).all()}

    def lost(name: str) -> float:
        """Points that it costs the two main scores together: weights count."""
        return sum(p.lost for c in cards if c.headline for p in c.parts if p.name == name)

    # Of equals, the first of the scores' own order.
    best = sorted(parts.keys() - ONLY_COSTS,
                  key=lambda name: (-(parts[name].value or 0.0), list(parts).index(name)))[:2]
    worst = [name for name in sorted(parts, key=lambda name: -lost(name))
             if name not in best and lost(name) >= LEAST_LOST][:2]
    return (tuple(_finding(session, parts[n], "strength", 0.0, {}, language) for n in best),
            tuple(_finding(session, parts[n], "weakness", lost(n), shown, language) for n in worst))


def _part(part: Part, language: Language) -> PartRow:
    return PartRow(part.name, say(f"part.{part.name}.label", language),
                   say(f"part.{part.name}.about", language), part.value, part.weight)


def _alone(found: Mapping[str, float], language: Language) -> str:
    return " · ".join(say("report.score.alone", language, network=NETWORKS.get(name, name),
                          value=round(value)) for name, value in found.items())


def _moved(parts: tuple[PartRow, ...], language: Language) -> str:
    """The parts that took most points; one that took under a tenth took none."""
    most = [p for p in sorted(parts, key=lambda p: -p.lost)[:MOVED] if p.lost >= 0.1]
    if not most:
        return say("report.score.unmoved", language)
    return say("report.score.moved", language, parts=", ".join(
        say("report.score.moved_part", language, label=p.label, points=f"{p.lost:.1f}")
        for p in most))


def _finding(session: Session, part: PartRow, kind: str, lost: float,
             shown: Mapping[str, tuple[Stretch, ...]], language: Language) -> Finding:
    """The 3 s in which the part was best or lowest. Where nothing that was seen is as low as the
    whole, the longest stretch without the person, which counts 0."""
    start, value = session.timeline.start, part.value or 0.0
    known = session.scored.part(part.name)
    # A second without the person counts 0, but there is nothing in it to look at.
    series = np.where(session.scored.rows, known, np.nan)
    named = np.zeros(len(series), bool)
    for stretch in shown.get(part.name, ()):
        named[round(stretch.start) - start:round(stretch.end) - start] = True
    sign = 1 if kind == "strength" else -1
    found = (_window(np.where(named, series, np.nan), sign, value)
             or _window(series, sign, value))
    unseen = runs_of(np.isnan(series) & ~np.isnan(known))
    fills = {"lost": f"{lost:.0f}"} if kind == "weakness" else {}
    if kind == "weakness" and found is None and unseen:
        kind = "weakness_unseen"
        at, end = max(unseen, key=lambda run: run[1] - run[0])
        there = float(np.nanmin(series))
    else:
        best = found or _window(series, sign, -sign * np.inf)
        at, end, there = (0, len(series), value) if best is None else best
    first, last = float(start + at), float(start + end)
    when = between(first, last)
    return Finding(part.name, part.label, value, first, last, when, say(
        f"report.{kind}", language, value=round(value), clock=when, there=round(there), **fills))


def _window(series: FloatArray, sign: int, whole: float) -> tuple[int, int, float] | None:
    """[start, end) and mean of the best (``sign`` 1) or the lowest (-1) 3 s; of fewer where no
    3 s were measured, or none of them is as good or low as the ``whole``; None where no
    second is."""
    for size in range(min(WINDOW, len(series)), 0, -1):
        means = np.convolve(series, np.full(size, 1 / size), "valid")
        if not np.isnan(means).all():
            at = int(np.nanargmax(sign * means))
            if sign * (means[at] - whole) > -1e-6:
                return at, at + size, float(means[at])
    return None
