"""What was heard, as JSON and back."""

from dataclasses import asdict
from math import inf
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from fer_core.records import (
    Filler,
    FloatArray,
    Session,
    Speaking,
    Stretch,
    Voice,
    Word,
    speaking,
)
from fer_core.records.voice import STEP
from fer_core.reports.export.json_scored import number
from fer_core.reports.export.json_values import LONGEST, Strict
from fer_core.reports.transcript import words_by_answer
from fer_core.voice.said import content, star

_MOST = round(LONGEST / STEP)
Second = Annotated[float, Field(ge=0, le=LONGEST)]


def transcript_data(voice: Voice) -> dict[str, Any]:
    """What was said and how fast: times in s; ``words`` null where no model listened.

    ``pace``: the sums of all that was heard, named as in ``Speaking``; null where unknown.
    """
    return {
        "language": voice.language,
        "text": voice.text,
        "words": None if voice.words is None else [asdict(word) for word in voice.words],
        "fillers": [asdict(filler) for filler in voice.fillers],
        "pauses": [asdict(pause) for pause in voice.pauses],
        "pace": _pace(speaking(voice, 0, inf)),
    }


def voice_data(voice: Voice) -> dict[str, Any]:
    """All of it: the transcript, and what its numbers come from."""
    return transcript_data(voice) | {
        "heard": [asdict(s) for s in voice.heard],
        "spoken": [asdict(s) for s in voice.spoken],
        "step": STEP,
        "loudness": [number(value) for value in voice.loudness],
        "pitch": [number(value) for value in voice.pitch],
        "syllables": np.round(voice.syllables, 2).tolist(),
        "doubts": list(voice.doubts),
    }


def _pace(sums: Speaking) -> dict[str, float | None]:
    found = {name: number(value) for name, value in asdict(sums).items()
             if name not in ("start", "end")}
    return {name: value if value is None else round(value, 3) for name, value in found.items()}


def said_data(session: Session) -> list[dict[str, Any]]:
    """What was said, by rule: of every answer, or of the whole clip (``question`` null), its
    ``content`` and the ``star`` checklist [{name, sentence {start, end, text} or null}]; empty
    where words were not kept or are of a language without rules."""
    return [{"question": session.answers[asked - 1].question if asked else None,
             "content": asdict(content(words, language)),
             "star": [asdict(step) for step in star(words, language)]}
            for asked, words, language in words_by_answer(session)]


class VoiceFile(Strict):
    """A voice as it is read back; what follows from it is not."""

    language: str | None = Field(max_length=10)
    words: list[Word] | None = Field(max_length=_MOST)
    fillers: list[Filler] = Field(max_length=_MOST)
    heard: list[Stretch] = Field(max_length=_MOST)
    spoken: list[Stretch] = Field(max_length=_MOST)
    loudness: list[Annotated[float, Field(ge=-200, le=200)] | None] = Field(max_length=_MOST)
    pitch: list[Annotated[float, Field(ge=-100, le=100)] | None] = Field(max_length=_MOST)
    syllables: list[Second] = Field(max_length=_MOST)
    doubts: list[Annotated[str, Field(max_length=40)]] = Field(max_length=20)

    @model_validator(mode="after")
    def _in_time(self) -> "VoiceFile":
        for part in (*(self.words or ()), *self.fillers, *self.heard, *self.spoken):
            if not 0 <= part.start <= part.end <= LONGEST:
                raise ValueError("a stretch outside the recording")
        if any(len(word.text) > 200 or not 0 <= word.probability <= 1
               for word in self.words or ()):
            raise ValueError("not a word")
        return self

    def voice(self) -> Voice:
        """The value."""
        return Voice(
            tuple(self.heard), tuple(self.spoken), _array(self.loudness), _array(self.pitch),
            np.array(self.syllables, float), tuple(self.fillers), self.language,
            None if self.words is None else tuple(self.words), tuple(self.doubts))


def _array(values: list[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values], float)
