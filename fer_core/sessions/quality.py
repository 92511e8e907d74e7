"""Doubts about a measurement: what the reader should know before trusting it."""

from typing import Literal

import numpy as np

from fer_core.config import ScoringSettings
from fer_core.records import Person, QualityWarning, Timeline, Voice
from fer_core.sessions.covering import covered
from fer_core.sessions.delivery import SPEECH_LEAST
from fer_core.sessions.measures import scored
from fer_core.sessions.reference import EXCUSED_FROM, Reference

Still = Literal["still", "dark"] | None
"""Why a face counts as a picture's, if it does; names sentences."""

DARK, BRIGHT = 0.2, 0.9
"""Median grey of the aligned face, 0 to 1: beyond these the face loses its shadows or lights."""
SMALL_EYES = 14.0
"""px between the eyes: the crop's own are 17 apart, smaller faces are blown up."""
SEEN = 0.8
"""Mean coverage under which the gaps deserve a word."""
SPOKEN = 0.55
"""Share of speech in what was heard under which most of it was silence: people who answer speak
in three quarters of it and more."""
SHORT = 30
"""Scored seconds under which intervals are wide."""
STALLED = 2
"""Seconds not analysed from which on they deserve a word; one is lost at many a clip's end. As many
of a covered face."""


UNHEARD = 2.0
"""s of the picture without a sound track from which on they deserve a word: tracks end a little
before or after their picture."""


HEARD = ("several_voices", "other_sound", "quiet", "clipped", "noise")
"""Doubts of a ``Voice`` that are told as they are. Of no speech at all the score itself says it."""
RECORDING = ("too_dark", "too_bright", "small_face", "second_person", "talked_take", "short_sound",
             *HEARD)
"""Codes of what the recording itself leaves in doubt: no other scoring mends that."""

OF_INTERVALS = ("short", "no_neutral")
"""Codes of what only makes a face's score less sure: nothing to say where there is none."""


def still_kind(still: bool, doubts: tuple[QualityWarning, ...]) -> Still:
    """``dark`` where a still picture may be a living face in the dark: its noise hides a change.

    Args:
        still: whether the face changes no more than a picture's.
        doubts: of ``recording``.
    """
    if not still:
        return None
    return "dark" if "too_dark" in {doubt.code for doubt in doubts} else "still"


def check(timeline: Timeline, settings: ScoringSettings, against: Reference,
          still: Still) -> tuple[QualityWarning, ...]:
    """What the timeline leaves in doubt, most important first.

    Args:
        timeline: its frozen and covered seconds not analysed.
        still: of ``still_kind``.

    Returns:
        codes: ``covered``, ``no_face``, ``still_picture``, ``dark_picture``, ``few_seconds`` or
        ``short``, ``low_coverage``, ``not_analysed``, ``tense_take`` or ``no_neutral``,
        ``little_speech``; each names a sentence.
    """
    found: list[QualityWarning] = []
    seconds = int(scored(timeline, settings).sum())
    hidden = covered(timeline) & ~timeline.analysed
    stalled = int((~timeline.analysed & ~hidden).sum())
    if hidden.sum() >= STALLED:
        found.append(QualityWarning("covered", {"seconds": int(hidden.sum())}))
    if not timeline.seen.any() and not hidden.any():
        found.append(QualityWarning("no_face"))
    elif still == "dark":
        found.append(QualityWarning("dark_picture"))
    elif still is not None:
        found.append(QualityWarning("still_picture"))
    elif seconds < settings.min_seconds:
        found.append(QualityWarning(
            "few_seconds", {"seconds": seconds, "least": settings.min_seconds}))
    elif seconds < SHORT:
        found.append(QualityWarning("short", {"seconds": seconds}))
    if timeline.seen.any() and timeline.mean_coverage < SEEN:
        found.append(QualityWarning(
            "low_coverage", {"percent": round(100 * timeline.mean_coverage)}))
    if stalled >= STALLED:
        found.append(QualityWarning("not_analysed", {"seconds": stalled}))
    if against.own and against.tension > EXCUSED_FROM:
        found.append(QualityWarning(
            "tense_take", {"percent": round(100 * against.tension)}))
    if not against.own and timeline.seen.any() and still is None:
        found.append(QualityWarning("no_neutral"))
    speech = timeline["speech"][~np.isnan(timeline["speech"])]
    if speech.sum() >= SPEECH_LEAST and speech.mean() < SPOKEN:
        found.append(QualityWarning("little_speech", {"percent": round(100 * speech.mean())}))
    return tuple(found)


def hearing(voice: Voice, seconds: float) -> tuple[QualityWarning, ...]:
    """What the sound leaves in doubt, codes of ``RECORDING``.

    Args:
        voice: of the whole recording.
        seconds: that the picture lasts.
    """
    heard = sum(max(min(s.end, seconds) - s.start, 0.0) for s in voice.heard)
    found = [QualityWarning(code) for code in HEARD if code in voice.doubts]
    if seconds - heard >= UNHEARD:
        found.append(QualityWarning("short_sound", {
            "seconds": round(heard), "total": round(seconds)}))
    return tuple(found)


def recording(light: float | None, eye_distance: float | None,
              people: tuple[Person, ...], talked: bool = False) -> tuple[QualityWarning, ...]:
    """What the recording leaves in doubt, codes of ``RECORDING``.

    Args:
        light: median grey of the aligned face, 0 to 1; None where nobody was seen.
        eye_distance: median px between the eyes; None where nobody was seen.
        people: others who were in the picture.
        talked: whether the person seemed to talk in the neutral take that they kept.
    """
    found: list[QualityWarning] = []
    if light is not None and light < DARK:
        found.append(QualityWarning("too_dark", {"percent": round(100 * light)}))
    if light is not None and light > BRIGHT:
        found.append(QualityWarning("too_bright", {"percent": round(100 * light)}))
    if eye_distance is not None and eye_distance < SMALL_EYES:
        found.append(QualityWarning("small_face", {"pixels": round(eye_distance)}))
    if people:
        found.append(QualityWarning("second_person", {
            "people": len(people), "seconds": sum(p.seconds for p in people)}))
    if talked:
        found.append(QualityWarning("talked_take"))
    return tuple(found)
