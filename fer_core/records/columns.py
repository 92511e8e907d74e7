"""The columns of a timeline: everything measured second by second beside the expressions.

To add one: an entry here, and a producer that puts values under its name, into
``Reading.values`` or ``TimelineBuilder.note``. Timeline, CSV, JSON, charts and the reader of
files iterate this registry; a session from before a column was known has NaN in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal

from fer_core.texts import Language


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: in the timeline, in files and in tables; not that of an expression.
        label: in both languages.
        unit: of a value.
        low, high: what a value can be; a file with another is damaged.
        needs: when it can be known: ``face``, only of the candidate's face, so that whoever
            merely passed by leaves nothing; ``frame``, of any analysed frame; ``nothing``,
            apart from the picture, such as a voice.
        second: how a second comes from what was measured in it: their ``mean`` (a share is the
            mean of 0 and 1), or their ``sum`` (a count).
        smoothed: whether a smoothed timeline smooths it.
        digits: significant ones in a table.
        told: how a second's value is written for a reader; empty: it is not told.
        chart: the row of the session's chart that shows it, of ``CHARTS``; None: not drawn.
        colour: of its line there.
    """

    name: str
    label: Mapping[Language, str]
    unit: str
    low: float = -inf
    high: float = inf
    needs: Literal["face", "frame", "nothing"] = "face"
    second: Literal["mean", "sum"] = "mean"
    smoothed: bool = True
    digits: int = 10
    told: str = ""
    chart: str | None = None
    colour: str = "#6F6B7D"


@dataclass(frozen=True)
class Chart:
    """A row of the session's chart: one or more columns over time.

    Attributes:
        label: of its axis, in both languages.
        low, high: of its axis, in the columns' unit.
        band: threshold of the session's recipe, shaded to both sides of 0; None: nothing.
    """

    label: Mapping[Language, str]
    low: float
    high: float
    band: str | None = None


CHARTS: dict[str, Chart] = {
    "pose": Chart({"ko": "머리 방향 (°)", "en": "Head (°)"}, -60, 60, band="towards"),
    "muscles": Chart({"ko": "얼굴 근육", "en": "Muscles"}, 0, 1),
    "gaze": Chart({"ko": "눈동자", "en": "Iris"}, -0.5, 0.5),
}
"""Rows that columns may be drawn in, from top to bottom."""

COLUMNS: dict[str, Column] = {column.name: column for column in (
    Column("coverage", {"ko": "보인 비율", "en": "Seen"},
           "share of the second's analysed frames that show the candidate; unknown: none was "
           "analysed", 0, 1, needs="frame", smoothed=False),
    Column("yaw", {"ko": "좌우", "en": "Yaw"}, "degrees, positive to the picture's right",
           -180, 180, told="{:+.0f}°", chart="pose", colour="#6B7A3A"),
    Column("pitch", {"ko": "상하", "en": "Pitch"}, "degrees, positive up", -180, 180,
           told="{:+.0f}°", chart="pose", colour="#8A5A8F"),
    Column("roll", {"ko": "기울기", "en": "Roll"}, "degrees, positive clockwise in the picture",
           -180, 180, told="{:+.0f}°"),
    # Made by the builder: a way along landmarks is no value of one frame.
    Column("motion", {"ko": "움직임", "en": "Motion"}, "eye distances per second", 0),
    Column("change", {"ko": "얼굴 변화", "en": "Change in the face"},
           "standard deviations of the face's grey levels, since half a second before: what a "
           "photograph in a hand cannot show", 0),
    Column("covered", {"ko": "얼굴 아래쪽 가림", "en": "Lower face covered"},
           "how surely the lower half of the face is covered, as by a mask, 0 not, 1 surely; looked"
           " at about once a second, unknown where nobody looked or the head is turned far", 0, 1,
           smoothed=False),
    Column("blink", {"ko": "눈 감음", "en": "Eyes closed"},
           "how far the eyes are closed, 0 open, 1 shut", 0, 1, told="{:.2f}", chart="muscles",
           colour="#3D6E6E"),
    Column("smile", {"ko": "입꼬리 올림", "en": "Mouth corners up"},
           "how far the corners of the mouth are pulled up, 0 not, 1 fully", 0, 1, told="{:.2f}",
           chart="muscles", colour="#B8860B"),
    Column("brow_tension", {"ko": "눈썹 찌푸림", "en": "Brows lowered"},
           "how far the brows are lowered, 0 not, 1 fully", 0, 1, told="{:.2f}",
           chart="muscles", colour="#7A4B3A"),
    Column("mouth_open", {"ko": "입 벌림", "en": "Jaw open"},
           "how far the jaw is open, 0 closed, 1 fully", 0, 1, told="{:.2f}", chart="muscles",
           colour="#5F7FB0"),
    Column("gaze_x", {"ko": "눈동자 좌우", "en": "Iris across"},
           "iris between the corners of its eye, mean of both eyes: 0 in the middle, 1 at the "
           "corner to the picture's right; unknown where an eye is closed, under 12 px wide or "
           "behind a reflection", -1, 1, told="{:+.2f}", chart="gaze", colour="#4C8C5A"),
    Column("gaze_y", {"ko": "눈동자 상하", "en": "Iris up"},
           "iris above the line through the corners of its eye, in halves of the eye's width, "
           "mean of both eyes", -1, 1, told="{:+.2f}", chart="gaze", colour="#A05080"),
    # Of the voice: made of what was heard, all at once. ``pitch`` is the head's.
    Column("speech", {"ko": "말한 비율", "en": "Speech"},
           "share of the second in which there was speech; unknown: no sound", 0, 1,
           needs="nothing", smoothed=False),
    Column("pause", {"ko": "쉼", "en": "Pause"}, "s, mean over the second of the length of the "
           "pause that it falls in, 0 outside pauses", 0, needs="nothing", smoothed=False),
    Column("loudness", {"ko": "목소리 크기", "en": "Loudness"},
           "dB above the person's own median while speaking", -120, 120, needs="nothing",
           told="{:+.0f} dB"),
    Column("loudness_spread", {"ko": "크기 변화", "en": "Loudness range"},
           "dB, standard deviation within the second while speaking", 0, 120, needs="nothing"),
    Column("voice_pitch", {"ko": "목소리 높이", "en": "Voice pitch"},
           "semitones above the person's own median", -60, 60, needs="nothing",
           told="{:+.1f} st"),
    Column("pitch_spread", {"ko": "높이 변화", "en": "Pitch range"},
           "semitones, standard deviation within the second while voiced", 0, 60,
           needs="nothing"),
    Column("syllables", {"ko": "음절", "en": "Syllables"}, "syllables heard in the second", 0,
           needs="nothing", second="sum"),
    Column("words", {"ko": "단어", "en": "Words"}, "words begun in the second", 0,
           needs="nothing", second="sum"),
    Column("fillers", {"ko": "군말", "en": "Fillers"}, "fillers begun in the second", 0,
           needs="nothing", second="sum"),
    Column("hesitations", {"ko": "머뭇거림", "en": "Hesitations"},
           "fillers that only fill, such as um, begun in the second", 0, needs="nothing",
           second="sum"),
)}
"""Name -> column, in the order of files and tables."""
