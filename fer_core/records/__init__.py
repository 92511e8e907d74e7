"""The values that flow through Poise: frozen, their shapes checked once.

In: numbers and words. Out: ``Frame``, ``Reading``, ``Timeline``, ``Scored``, ``Session``: what
one wing hands to the next. Arrays are made read-only, so a value can be shared between threads
and pages.
Must never know: how a value came to be, or who reads it.
"""

from fer_core.records.advice import Advice, CoachStyle, Focus, Length, Line, Stretch, Tone, Written
from fer_core.records.arrays import FloatArray, frozen_array
from fer_core.records.camera import Face, Frame, HeadPose, Reading
from fer_core.records.columns import CHARTS, COLUMNS, Chart, Column
from fer_core.records.scored import Moment, Part, QualityWarning, Recipe, Score, Scored
from fer_core.records.session import (
    Accuracy,
    Answer,
    Basis,
    Exchange,
    Held,
    ModelName,
    Person,
    SelfRating,
    Session,
    Source,
)
from fer_core.records.timeline import Timeline
from fer_core.records.voice import Filler, Pause, Speaking, Voice, Word, speaking

__all__ = [
    "CHARTS",
    "COLUMNS",
    "Accuracy",
    "Advice",
    "Answer",
    "Basis",
    "Chart",
    "CoachStyle",
    "Column",
    "Exchange",
    "Face",
    "Filler",
    "FloatArray",
    "Focus",
    "Frame",
    "HeadPose",
    "Held",
    "Length",
    "Line",
    "ModelName",
    "Moment",
    "Part",
    "Pause",
    "Person",
    "QualityWarning",
    "Reading",
    "Recipe",
    "Score",
    "Scored",
    "SelfRating",
    "Session",
    "Source",
    "Speaking",
    "Stretch",
    "Timeline",
    "Tone",
    "Voice",
    "Word",
    "Written",
    "frozen_array",
    "speaking",
]
