"""The values that flow through Poise: frozen, their shapes checked once.

Arrays are made read-only, so a value can be shared between threads and pages.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fer_core.emotions import LabelSet

FloatArray = NDArray[np.float64]


def frozen_array(values: ArrayLike, shape: tuple[int | None, ...], name: str) -> FloatArray:
    """A read-only float64 copy, its shape checked (None: any length).

    Raises:
        ValueError: the shape differs.
    """
    array = np.array(values, dtype=np.float64)
    if array.ndim != len(shape) or any(
            n not in (None, m) for n, m in zip(shape, array.shape, strict=True)):
        raise ValueError(f"{name}: shape {array.shape}, expected {shape}")
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a clip or the webcam.

    Attributes:
        time: s since the first picture, from the stream's own timestamps.
        image: (H, W, 3) uint8 RGB, upright.
    """

    time: float
    image: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"image: {self.image.dtype} {self.image.shape}, not (H, W, 3) uint8")


@dataclass(frozen=True, eq=False)
class Face:
    """A face in a picture.

    Attributes:
        box: (4,) x1, y1, x2, y2 px.
        landmarks: (5, 2) px: the person's right eye, left eye (left in the picture
            first), nose tip, mouth corners in the same order.
        confidence: the detector's, 0 to 1.
        track: the same number is the same person; -1 before tracking.
    """

    box: FloatArray
    landmarks: FloatArray
    confidence: float
    track: int = -1

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", frozen_array(self.box, (4,), "box"))
        object.__setattr__(self, "landmarks", frozen_array(self.landmarks, (5, 2), "landmarks"))

    @property
    def centre(self) -> FloatArray:
        """(2,) centre of the box, px."""
        return (self.box[:2] + self.box[2:]) / 2

    @property
    def size(self) -> float:
        """Geometric mean of the box's sides, px."""
        return float(np.sqrt(np.prod(np.maximum(self.box[2:] - self.box[:2], 0))))

    @property
    def eye_distance(self) -> float:
        """Distance between the eyes, px."""
        return float(np.linalg.norm(self.landmarks[1] - self.landmarks[0]))


@dataclass(frozen=True)
class HeadPose:
    """Head rotation in degrees: yaw > 0 to the picture's right, pitch > 0 up,
    roll > 0 clockwise in the picture."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False)
class Reading:
    """What one analysed frame showed of the candidate.

    Attributes:
        time: s.
        face: the candidate, or None where nobody was seen.
        probabilities: (C,) summing to 1, or None without a face.
        pose: head pose, or None without a face.
        light: mean grey level of the face, 0 to 1, or None without a face.
        others: faces of other people; seen, never scored.
        picture: JPEG of the face, only of a person who agreed to keep pictures.
    """

    time: float
    face: Face | None = None
    probabilities: FloatArray | None = None
    pose: HeadPose | None = None
    light: float | None = None
    others: tuple[Face, ...] = ()
    picture: bytes | None = None

    def __post_init__(self) -> None:
        if (self.face is None) != (self.probabilities is None):
            raise ValueError("a reading has both a face and probabilities, or neither")
        if self.probabilities is not None:
            object.__setattr__(self, "probabilities",
                               frozen_array(self.probabilities, (None,), "probabilities"))


@dataclass(frozen=True)
class Segment:
    """A stretch of time with one dominant emotion: [start, end) s, mean probability."""

    start: float
    end: float
    emotion: str
    probability: float


@dataclass(frozen=True, eq=False)
class Timeline:
    """One row per second; second i covers [start + i, start + i + 1) s.

    Attributes:
        labels: the classes of ``probabilities``.
        probabilities: (T, C); a row sums to 1, or is NaN where nobody was seen.
        coverage: (T,) share of the second's analysed frames that show the candidate, 0 to 1;
            NaN where no frame was analysed.
        yaw, pitch, roll: (T,) mean head pose in degrees, NaN where nobody was seen.
        motion: (T,) head movement in eye distances per second, NaN where unknown.
        start: s of the first row.
    """

    labels: LabelSet
    probabilities: FloatArray
    coverage: FloatArray
    yaw: FloatArray
    pitch: FloatArray
    roll: FloatArray
    motion: FloatArray
    start: int = 0

    step = 1.0

    def __post_init__(self) -> None:
        probabilities = frozen_array(
            self.probabilities, (None, len(self.labels.classes)), "probabilities")
        object.__setattr__(self, "probabilities", probabilities)
        for name in ("coverage", "yaw", "pitch", "roll", "motion"):
            column = frozen_array(getattr(self, name), (len(probabilities),), name)
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def seconds(self) -> NDArray[np.int64]:
        """(T,) first second of each row, s."""
        return self.start + np.arange(len(self))

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) whether the candidate was seen at all in that second."""
        return np.asarray(~np.isnan(self.probabilities).any(axis=1))

    @property
    def analysed(self) -> NDArray[np.bool_]:
        """(T,) whether any frame of that second was read: none where the picture stood still,
        the clip ends before its container says, or a busy computer fell behind."""
        return ~np.isnan(self.coverage)

    @property
    def mean_coverage(self) -> float:
        """Mean coverage of the seconds that were analysed, 0 to 1; 0 without any."""
        return float(self.coverage[self.analysed].mean()) if self.analysed.any() else 0.0

    @property
    def seen_share(self) -> float:
        """Mean coverage of the session, a second that was not analysed counting 0; 0 to 1."""
        return float(np.nan_to_num(self.coverage).mean()) if len(self) else 0.0

    @property
    def valence(self) -> FloatArray:
        """(T,) expected valence, -1 to 1; NaN where nobody was seen."""
        return self.probabilities @ self.labels.valence


@dataclass(frozen=True)
class Answer:
    """The stretch in which a question was answered: [start, end) s of the session."""

    question: str
    start: float
    end: float


@dataclass(frozen=True)
class Part:
    """One named ingredient of a score: value 0 to 100, or None where it could not be
    measured; weight 0 to 1. The weights of a score's measured parts sum to 1."""

    name: str
    value: float | None
    weight: float


@dataclass(frozen=True)
class Score:
    """On-camera signals on one scale, never a trait of the person.

    Attributes:
        name: registered name, such as ``"confidence"``.
        value: 0 to 100, the sum of part value x weight; None when it abstains.
        low, high: 95 % interval; None when it abstains.
        parts: what the value is made of.
        seconds: how many seconds support it.
        reason: key of the sentence that says why it abstains; None when it does not.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    parts: tuple[Part, ...]
    seconds: int
    reason: str | None = None


@dataclass(frozen=True)
class Person:
    """Somebody else in the clip: when they were seen, never scored.

    ``first`` and ``last`` in s; ``seconds`` in which they were seen.
    """

    first: float
    last: float
    seconds: int


@dataclass(frozen=True)
class Moment:
    """A stretch worth looking at: its kind names a sentence; ``value`` in that kind's unit."""

    kind: str
    start: float
    end: float
    value: float

    @property
    def middle(self) -> int:
        """The second that shows it; of two, the later: what a swing led to."""
        return int((self.start + self.end) // 2)


@dataclass(frozen=True)
class QualityWarning:
    """A doubt about the measurement: ``code`` names a sentence that ``values`` fill."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """Where the frames came from. ``duration`` s; width, height px upright; rotation degrees
    clockwise that the container asked for. ``name`` is shown, never used as a path."""

    name: str
    sha256: str
    duration: float
    width: int
    height: int
    rotation: int = 0


@dataclass(frozen=True)
class ModelName:
    """A network that voted, and the SHA-256 of its checkpoint."""

    name: str
    sha256: str


@dataclass(frozen=True)
class SelfRating:
    """How the person rated the session before seeing its scores, 0 to 100 each; None where
    a question was left open.

    Raises:
        ValueError: outside 0 to 100.
    """

    confidence: float | None = None
    composure: float | None = None

    def __post_init__(self) -> None:
        for value in (self.confidence, self.composure):
            if value is not None and not 0 <= value <= 100:
                raise ValueError(f"a self-rating of {value}")


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


@dataclass(frozen=True, eq=False)
class Session:
    """All that reproduces a report.

    Attributes:
        pictures: second in the middle of a moment -> JPEG of the face then; empty unless the
            person agreed to keep them.
        self_rating: given before the scores were seen; None where it was skipped.
        coach: how the coach speaks in this session's report.
        written: advice in a language model's words; None: the rules speak.
    """

    source: Source
    timeline: Timeline
    scores: tuple[Score, ...]
    moments: tuple[Moment, ...]
    people: tuple[Person, ...]
    warnings: tuple[QualityWarning, ...]
    models: tuple[ModelName, ...]
    settings: dict[str, Any]
    answers: tuple[Answer, ...] = ()
    created: str = ""
    self_rating: SelfRating | None = None
    coach: CoachStyle = CoachStyle()
    written: Written | None = None
    pictures: dict[int, bytes] = field(default_factory=dict)
