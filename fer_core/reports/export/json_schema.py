"""The schema of ``report.json``: what is read back, and what is refused as damage."""

from base64 import b64decode
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any, Literal

from PIL import Image
from pydantic import ConfigDict, Field, model_validator

from fer_core.config import ScoringSettings
from fer_core.emotions import LABEL_SETS
from fer_core.records import COLUMNS, Accuracy, Answer, Exchange, Held, ModelName, Person, Stretch
from fer_core.reports.coach import MOST
from fer_core.reports.export.json_scored import ScoredFile
from fer_core.reports.export.json_values import LONGEST, Percent, Share, Strict
from fer_core.reports.export.json_voice import VoiceFile

_WIDEST = 1024
"""px: a few bytes of JPEG can ask for gigabytes of memory."""


class _Source(Strict):
    name: str
    sha256: str
    duration_s: float = Field(ge=0, le=LONGEST)
    width: int = Field(ge=0)
    height: int = Field(ge=0)
    rotation: int


class Row(Strict):
    """A second; its columns are whatever the registry names, null or missing where unknown."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False, strict=True)

    second: int = Field(ge=0, le=LONGEST)
    probabilities: dict[str, Share] | None
    members: dict[str, dict[str, Share] | None] = Field({})

    def column(self, name: str) -> float | None:
        """The value of a registered column."""
        return (self.model_extra or {}).get(name)

    @model_validator(mode="after")
    def _in_range(self) -> "Row":
        for name, column in COLUMNS.items():
            value = self.column(name)
            if value is not None and (
                    isinstance(value, bool) or not isinstance(value, int | float)
                    or not column.low - 1e-6 <= value <= column.high + 1e-6):
                raise ValueError(f"{name} of second {self.second}")
        return self


class Rating(Strict):
    confidence: Percent | None = None
    composure: Percent | None = None


class Style(Strict):
    tone: Literal["polite", "casual"]
    focus: list[Literal["advice", "comfort", "empathy"]]
    length: Literal["short", "normal", "long"]


class Line(Strict):
    kind: str = Field(max_length=20)
    text: str = Field(min_length=1, max_length=1000)
    evidence: list[Stretch] = Field(min_length=1, max_length=20)


class Advice(Strict):
    code: str = Field(max_length=40)
    title: str = Field(min_length=1, max_length=200)
    evidence: list[Stretch] = Field(min_length=1, max_length=20)
    gains: dict[str, Annotated[float, Field(ge=-100, le=100)]]
    lines: list[Line] = Field(min_length=1, max_length=20)


class Written(Strict):
    language: Literal["ko", "en"]
    model: str = Field(max_length=200)
    advice: list[Advice] = Field(max_length=MOST)


class Picture(Strict):
    second: int
    jpeg: str = Field(max_length=100_000)

    @model_validator(mode="after")
    def _opens(self) -> "Picture":
        try:
            with Image.open(BytesIO(b64decode(self.jpeg, validate=True)), "r", ["JPEG"]) as image:
                if max(image.size) > _WIDEST:
                    raise ValueError("too large")
                image.load()
        except (OSError, Image.DecompressionBombError) as error:
            raise ValueError("not a JPEG") from error
        return self


class Take(Strict):
    """Seconds in order, such as a neutral take's."""

    timeline: list[Row] = Field(min_length=1)

    def stretch(self, keys: set[str]) -> tuple[int, int]:
        """Its first second and how many there are.

        Raises:
            ValueError: seconds are missing, or probabilities of other classes or another sum.
        """
        start = self.timeline[0].second
        if [r.second for r in self.timeline] != list(range(start, start + len(self.timeline))):
            raise ValueError("seconds are missing")
        for row in self.timeline:
            for p in (row.probabilities, *row.members.values()):
                if p is not None and (p.keys() != keys or abs(sum(p.values()) - 1) > 0.001):
                    raise ValueError(f"probabilities of second {row.second}")
        return start, len(self.timeline)


class File(ScoredFile, Take):
    """All of it."""

    schema_version: int
    created: str
    source: _Source
    models: list[ModelName]
    muscles: str | None = None
    accessories: str | None = None
    reading: int = Field(1, ge=1)
    label_set: str
    labels: list[str]
    settings: dict[str, Any]
    people: list[Person]
    answers: list[Answer] = Field([])
    self_rating: Rating | None = None
    coach: Style | None = None
    written: Written | None = None
    pictures: list[Picture] = Field([], max_length=50)
    neutral_take: Take | None = None
    former: ScoredFile | None = None
    accuracies: list[Accuracy] | None = None
    held: list[Held] | None = None
    voice: VoiceFile | None = None
    typed: list[Exchange] = Field([], max_length=200)

    @model_validator(mode="after")
    def _consistent(self) -> "File":
        """Rows follow one another, stretches lie in time, labels are the set's."""
        if tuple(self.labels) != LABEL_SETS[self.label_set].keys:
            raise ValueError("not the labels of the set")
        keys = set(self.labels)
        start, rows = self.stretch(keys)
        if self.neutral_take is not None:
            self.neutral_take.stretch(keys)
        if self.schema_version >= 5 and self.recipe is None:
            raise ValueError("no recipe")
        for scored in filter(None, (self, self.former)):
            scored.check(start, rows, len(self.answers))
        self._check_stretches(start, start + rows)
        ScoringSettings(**self.settings["scoring"])
        if self.created:
            datetime.fromisoformat(self.created)
        return self

    def _check_stretches(self, start: int, end: int) -> None:
        stretches = [*((p.first, p.last, 0, LONGEST) for p in self.people),
                     *((a.start, a.end, 0, LONGEST) for a in self.answers),
                     *((p.second, p.second + 1, start, end) for p in self.pictures)]
        if self.written is not None:
            for advice in self.written.advice:
                for evidence in (advice.evidence, *(line.evidence for line in advice.lines)):
                    stretches += ((s.start, s.end, start, end) for s in evidence)
                if not all(name in self.scores for name in advice.gains):
                    raise ValueError("a gain of a score that is not there")
        if not all(least <= a <= b <= most for a, b, least, most in stretches):
            raise ValueError("a stretch outside the session")
