"""A session to be played again: what is drawn under the recording and written beside it.

Plain lists and numbers, for a browser; times in s of the session. Nothing here is an opinion: the
same seconds, moments, words and pauses as everywhere else in the report.
"""

from typing import Any

import numpy as np

from fer_core.records import FloatArray
from fer_core.reports.report import HEADLINE, Report
from fer_core.sessions.covering import bare
from fer_core.texts import clock, say

QUIETEST, LOUDEST = -25.0, 10.0
"""dB about the person's own median: from nothing to the full height of the drawing."""
COLOURS = ("#C8553D", "#2F6F8F", "#3F8F5B")
"""Of the lines of the two main scores and of delivery."""


def replay(report: Report) -> dict[str, Any]:
    """Everything that moves together.

    Returns:
        ``start``, ``end``; ``lasts``: the same end as the report's head tells it, within the last
        of the seconds; ``seconds`` [{clock, emotion, colour}], None where no bare face was
        seen; ``lines`` [{label, colour, values}] of the scores second by second, 0 to 100;
        ``loudness`` of every second, 0 to 1, and ``speech`` likewise, empty without sound;
        ``marks`` [{kind, start, end, text}]: moments, long pauses and fillers; ``tokens`` [{kind,
        start, end, text}]: words, fillers, long pauses and questions in reading order;
        ``written``: whether words were recognised.
    """
    session = report.session
    timeline, voice = session.timeline, session.voice
    marks = [{"kind": "moment", "start": m.start, "end": m.end, "text": f"{m.title} · {m.text}"}
             for m in report.moments]
    told = [vars(token) for token in report.transcript]
    marks += [token for token in told if token["kind"] in ("pause", "filler")]
    end = max(timeline.start + len(timeline), 1)
    return {
        "start": timeline.start, "end": end,
        "lasts": session.source.duration if end - 1 < session.source.duration < end else end,
        "seconds": _seconds(report), "lines": _lines(report),
        "loudness": [] if voice is None else _numbers(np.clip(
            (timeline["loudness"] - QUIETEST) / (LOUDEST - QUIETEST), 0, 1)),
        "speech": [] if voice is None else _numbers(timeline["speech"]),
        "marks": sorted(marks, key=lambda m: m["start"]),
        "tokens": told,
        "written": voice is not None and bool(voice.text)}


def _seconds(report: Report) -> list[dict[str, str] | None]:
    timeline = bare(report.session.timeline)
    best = np.nan_to_num(timeline.probabilities).argmax(axis=1)
    return [{"clock": clock(float(second)), "colour": timeline.labels.classes[i].colour,
             "emotion": say(f"emotion.{timeline.labels.keys[i]}", report.language)}
            if seen else None
            for second, i, seen in zip(timeline.seconds, best, timeline.seen, strict=True)]


def _lines(report: Report) -> list[dict[str, Any]]:
    found = []
    for name, colour in zip((*HEADLINE, "delivery"), COLOURS, strict=True):
        values = report.session.scored.signal(name)
        if not np.isnan(values).all():
            found.append({"label": say(f"score.{name}.label", report.language),
                          "colour": colour, "values": _numbers(values)})
    return found


def _numbers(values: FloatArray) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 2) for v in values]
