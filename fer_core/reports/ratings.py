"""The person's own rating beside the scores."""

from dataclasses import dataclass

from fer_core.records import Session
from fer_core.sessions.progress import gaps
from fer_core.texts import Language, say


@dataclass(frozen=True)
class GapRow:
    """The person's own rating beside the measured score.

    Attributes:
        own: 0 to 100. measured, low, high: the score and its interval, None if it abstains.
        gap: own - measured, None if it abstains.
        text: the sentence; a gap within the interval is said to be none.
    """

    name: str
    label: str
    own: float
    measured: float | None
    low: float | None
    high: float | None
    gap: float | None
    text: str


def gap_rows(session: Session, language: Language) -> tuple[GapRow, ...]:
    """The person's own rating beside each score they rated."""
    found = {g.name: g for g in gaps(session)}
    rows = []
    for score in session.scores:
        own = getattr(session.self_rating, score.name, None)
        if own is None:
            continue
        label, gap = say(f"score.{score.name}.label", language), found.get(score.name)
        if gap is None:
            text = say("report.gap.abstained", language, own=round(own))
        else:
            key = "within" if not gap.real else "above" if gap.value > 0 else "below"
            fills = {"own": round(own), "measured": round(gap.measured)}
            if gap.real:
                fills["gap"] = abs(round(own) - round(gap.measured))
            text = say(f"report.gap.{key}", language, **fills)
        rows.append(GapRow(score.name, label, own, score.value, score.low, score.high,
                           gap.value if gap else None, text))
    return tuple(rows)
