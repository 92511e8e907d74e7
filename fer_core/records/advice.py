"""What a coach says, and how the person wants to hear it."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["polite", "casual"]
Focus = Literal["advice", "comfort", "empathy"]
Length = Literal["short", "normal", "long"]


@dataclass(frozen=True)
class CoachStyle:
    """How the person wants to be spoken to; no focus chosen means all of them.

    Attributes:
        tone: polite (존댓말) or casual (반말).
    """

    tone: Tone = "polite"
    focus: tuple[Focus, ...] = ("advice", "comfort", "empathy")
    length: Length = "normal"


@dataclass(frozen=True)
class Stretch:
    """[start, end) s of the session."""

    start: float
    end: float


@dataclass(frozen=True)
class Line:
    """One sentence of an advice and the seconds that it rests on, one stretch at least.

    ``kind``: seen, empathy, comfort, why, exercise or check.
    """

    kind: str
    text: str
    evidence: tuple[Stretch, ...]


@dataclass(frozen=True)
class Advice:
    """One thing to do differently on camera.

    Attributes:
        code: the rule whose trigger was found in the data, such as ``"look_at_camera"``.
        title: what to do, in a few words.
        evidence: the stretches that triggered it, the longest first.
        gains: score name -> points it would move if this were mended: computed by mending
            the timeline and scoring it again. Empty where there was no score to move.
        lines: the sentences, in reading order; always one ``why`` and one ``exercise``.
    """

    code: str
    title: str
    evidence: tuple[Stretch, ...]
    gains: dict[str, float]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Written:
    """Advice in a language model's words, checked and kept with the session.

    Attributes:
        language: in which it was written; in another, the rules speak.
        model: who wrote it, such as ``"llama3.2"``.
    """

    language: str
    model: str
    advice: tuple[Advice, ...]
