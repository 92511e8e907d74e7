"""Sessions with planted timelines."""

from dataclasses import replace

import numpy as np
from skimage import data

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.media.pictures import thumbnail
from fer_core.records import (
    Answer,
    Face,
    Filler,
    FloatArray,
    ModelName,
    Person,
    Session,
    Source,
    Stretch,
    Timeline,
    Voice,
    Word,
)
from fer_core.sessions import quality
from fer_core.sessions.scored import score

SETTINGS = Settings(precision="auto")
"""The golden report holds them, whatever precision the tests run with."""
LABELS = LABEL_SETS["ferplus"]


def session(seconds: int = 40, unseen: slice = slice(20, 24), people: tuple[Person, ...] = (),
            light: float = 0.5, name: str = "면접 연습.mp4",
            stalled: slice = slice(0, 0), voice: bool = False) -> Session:
    """Neutral with a smile at 10 s, a tense stretch at 30 s and a gap without a face; seconds
    without a picture, and somebody who talks, where asked for."""
    rng = np.random.default_rng(7)
    p = np.full((seconds, 8), 0.02)
    p[:, 0] = 0.86
    p[10:14, [0, 1]] = 0.06, 0.82
    p[30:34, [0, 6]] = 0.16, 0.72
    p += rng.uniform(0, 0.02, p.shape)
    p /= p.sum(1, keepdims=True)
    columns = {n: rng.normal(0, s, seconds) for n, s in (("yaw", 6), ("pitch", 5), ("roll", 3))}
    columns["motion"] = np.abs(rng.normal(0.25, 0.1, seconds))
    columns["coverage"] = np.ones(seconds)
    for column in (p, *columns.values()):
        column[unseen] = np.nan
        column[stalled] = np.nan
    columns["coverage"][unseen] = 0
    if voice:
        columns |= talking(seconds)
    timeline = Timeline(LABELS, p, columns)
    answers = (Answer("intro", 0.0, 12.0),)
    return Session(
        source=Source(name, "0" * 64, float(seconds), 640, 480), timeline=timeline,
        scored=score(timeline, SETTINGS.scoring, answers=answers,
                     doubts=quality.recording(light, 30.0, people)), people=people,
        models=(ModelName("vit", "a" * 64), ModelName("mixer", "b" * 64)),
        settings=SETTINGS.model_dump(mode="json", exclude={"data", "weights", "cache"}),
        answers=answers, created="2026-11-20T00:00:00+00:00", accuracies=(), held=(),
        muscles="c" * 64, accessories="d" * 64, reading=2)


def talking(seconds: int) -> dict[str, FloatArray]:
    """About 150 words a minute with a pause of half a second every fifth second, one of 3 s in
    the sixth, and five fillers, three of them hesitations."""
    rng = np.random.default_rng(8)
    pause = np.where(np.arange(seconds) % 5 == 4, 0.5, 0.0)
    pause[5:8] = 3
    speech = np.where(pause == 3, 0.0, 1 - pause)
    words = rng.poisson(2.6 * speech).astype(float)
    fillers, hesitations = np.zeros(seconds), np.zeros(seconds)
    fillers[[2, 9, 13, 22, 30]] = 1
    hesitations[[2, 9, 22]] = 1
    return {"speech": speech, "pause": pause * np.where(pause == 3, 1, pause), "words": words,
            "syllables": np.round(1.4 * words), "fillers": fillers,
            "hesitations": hesitations,
            "loudness": rng.normal(0, 3, seconds),
            "loudness_spread": np.where(speech > 0, rng.uniform(4, 7, seconds), np.nan),
            "voice_pitch": rng.normal(0, 2, seconds),
            "pitch_spread": np.where(speech > 0, rng.uniform(1.5, 3, seconds), np.nan)}


def spoken() -> Voice:
    """Of ``talking``'s person: six words that are known, a hum, a long pause, 40 s of sound."""
    words = (("그", 0.5), ("저는", 1.2), ("작년에", 2.0), ("음", 2.6), ("팀을", 8.4),
             ("이끌었습니다.", 9.0))
    return Voice(
        heard=(Stretch(0, 40),), spoken=(Stretch(0.4, 5), Stretch(8, 14), Stretch(14.5, 38)),
        loudness=np.where(np.arange(400) % 50 < 45, 0.0, np.nan),
        pitch=np.zeros(400), syllables=np.arange(0.5, 38, 0.25),
        fillers=(Filler(2.6, 3.1, "음"), Filler(12.0, 12.4, "")), language="ko",
        words=tuple(Word(start, start + 0.5, text, 0.9) for text, start in words))


def scored_again(session: Session, **changes: object) -> Session:
    """The same with these fields, scored as it is then."""
    timeline = changes.get("timeline", session.timeline)
    answers = changes.get("answers", session.answers)
    return replace(session, **changes, scored=score(
        timeline, SETTINGS.scoring, answers=answers,
        doubts=tuple(w for w in session.warnings if w.code in quality.RECORDING)))


def read_by_two(session: Session) -> Session:
    """The vote is the mean of two networks, of which the mixer reads fear in what is neutral."""
    vote = session.timeline.probabilities
    more = vote.copy()
    more[:, 0] -= 0.3 * vote[:, 0]
    more[:, 6] += 0.3 * vote[:, 0]
    return scored_again(session, timeline=replace(
        session.timeline, probabilities=(vote + more) / 2,
        members={"vit": vote, "mixer": more}))


FULL = session(voice=True)
PICTURE = thumbnail(data.astronaut(), Face(
    np.array([170.0, 50, 280, 180]), np.array([[200.0, 100], [245, 100], [222, 125], [205, 150],
                                               [240, 150]]), 1.0))
PICTURED = replace(FULL, pictures={m.middle: PICTURE for m in FULL.moments})
ABSTAINING = session(seconds=30, unseen=slice(3, 30))
NOBODY = session(seconds=12, unseen=slice(0, 12))
STALLED = session(stalled=slice(14, 18))
UNREAD = session(seconds=30, unseen=slice(0, 0), stalled=slice(5, 30))
TWO = session(people=(Person(4.0, 9.0, 5),), light=0.1)
ALL = {"full": FULL, "abstaining": ABSTAINING, "nobody": NOBODY, "stalled": STALLED,
       "unread": UNREAD, "two": TWO, "pictured": PICTURED}
