"""Doubts about a measurement: what the reader should know before trusting it."""

from typing import Any

from fer_core.config import Settings
from fer_core.records import Person, QualityWarning, Timeline
from fer_core.sessions.signals import scored

DARK, BRIGHT = 0.2, 0.9
"""Median grey of the aligned face, 0 to 1: beyond these the face loses its shadows or lights."""
SMALL_EYES = 14.0
"""px between the eyes: the crop's own are 17 apart, smaller faces are blown up."""
SEEN = 0.8
"""Mean coverage under which the gaps deserve a word."""
SHORT = 30
"""Scored seconds under which intervals are wide."""
STALLED = 2
"""Seconds not analysed from which on they deserve a word; one is lost at many a clip's end."""


def check(timeline: Timeline, settings: Settings, light: float | None, eye_distance: float | None,
          people: tuple[Person, ...]) -> tuple[QualityWarning, ...]:
    """What limits a session, most important first.

    Args:
        timeline: of the session.
        light: median grey of the aligned face, 0 to 1; None where nobody was seen.
        eye_distance: median px between the eyes; None where nobody was seen.
        people: others who were in the picture.

    Returns:
        codes: ``no_face``, ``few_seconds`` or ``short``, ``low_coverage``, ``not_analysed``,
        ``too_dark`` or ``too_bright``, ``small_face``, ``second_person``; each names a sentence.
    """
    found: list[QualityWarning] = []

    def warn(code: str, **values: Any) -> None:
        found.append(QualityWarning(code, values))

    seconds = int(scored(timeline, settings.scoring).sum())
    stalled = int((~timeline.analysed).sum())
    if not timeline.seen.any():
        warn("no_face")
    elif seconds < settings.scoring.min_seconds:
        warn("few_seconds", seconds=seconds, least=settings.scoring.min_seconds)
    elif seconds < SHORT:
        warn("short", seconds=seconds)
    if timeline.seen.any() and timeline.mean_coverage < SEEN:
        warn("low_coverage", percent=round(100 * timeline.mean_coverage))
    if stalled >= STALLED:
        warn("not_analysed", seconds=stalled)
    if light is not None and light < DARK:
        warn("too_dark", percent=round(100 * light))
    if light is not None and light > BRIGHT:
        warn("too_bright", percent=round(100 * light))
    if eye_distance is not None and eye_distance < SMALL_EYES:
        warn("small_face", pixels=round(eye_distance))
    if people:
        warn("second_person", people=len(people), seconds=sum(p.seconds for p in people))
    return tuple(found)
