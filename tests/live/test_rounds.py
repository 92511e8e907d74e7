"""A round as a file: what goes in comes out, and nothing else does."""

import json
from io import BytesIO

import numpy as np
import pytest

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.live.rounds import Round
from fer_core.live.sitting import Kept
from fer_core.live.takes import Takes
from fer_core.records import Answer, Face, HeadPose, ModelName, Person, Reading, Timeline
from fer_core.reports.export import to_json
from fer_core.sessions.builder import READING, SessionBuilder
from fer_core.sessions.interview import Plan

LABELS = LABEL_SETS["ferplus"]
MODELS = (ModelName("vit", "a" * 64), ModelName("mixer", "b" * 64))
SETTINGS = Settings()


TAKE = Timeline(LABELS, np.full((5, 8), 1 / 8), {"yaw": np.arange(5.0), "coverage": np.ones(5)},
                members={"vit": np.full((5, 8), 1 / 8)})


def made(pictures=True, models=MODELS, number=2, muscles="c" * 64,
         accessories="d" * 64, reading=READING) -> Round:
    """Two answers of 8 and 7 s, read at 4 frames a second."""
    builder, takes = SessionBuilder(LABELS, models, SETTINGS, muscles=muscles,
                                    accessories=accessories, reading=reading), Takes()
    answers = []
    for question, (began, ended) in enumerate(((10.0, 18.0), (30.0, 37.0))):
        start = takes.begin(began)
        for i in range(int(4 * (ended - began))):
            row = np.full(len(LABELS.classes), 0.02)
            row[int(8 <= i < 16)] += 1 - row.sum()  # neutral, and two seconds of a smile
            marks = np.array([[30, 30], [50, 30], [40, 42], [32, 52], [48, 52]], float) + i % 5
            builder.add(Reading(
                start + i / 4, Face(np.array([10.0, 10, 70, 70]), marks, 0.99), row,
                HeadPose(i % 7, 2, 3), 0.4, picture=b"\xff\xd8 jpeg" if pictures else None))
        answers.append(Answer(f"Frage {question}?", start, takes.end(ended)))
        builder.cut()
    return Round(
        "면접 연습", Plan(("Frage 0?", "Frage 1?", "질문?"), 10, 30), number, tuple(answers), TAKE,
        speak=True, feedback=False, save=False, style="emoticon", size=(640, 480),
        kept=Kept(builder, takes, (Person(1.0, 3.0, 2),), pictures))


@pytest.mark.parametrize("pictures", [True, False])
def test_it_comes_back_as_it_was(pictures):
    before = made(pictures, reading=READING - 1)
    after = Round.unpack(before.pack())
    for name in ("name", "plan", "number", "answers", "speak", "feedback", "save",
                 "style", "size", "models", "muscles", "accessories",
                 "reading"):
        assert getattr(after, name) == getattr(before, name), name
    np.testing.assert_array_equal(after.neutral.probabilities, TAKE.probabilities)
    np.testing.assert_array_equal(after.neutral["yaw"], TAKE["yaw"])
    assert after.neutral.members.keys() == TAKE.members.keys()
    assert after.kept.takes == before.kept.takes
    assert (after.kept.people, after.kept.pictures) == (before.kept.people, pictures)
    one, other = before.session(), after.session()
    assert len(one.answers) == 2
    assert one.reading == READING - 1
    assert one.source.duration == 15.0
    assert any(s.value is not None for s in one.scores)
    told = (json.loads(to_json(s, "ko")) | {"created": ""} for s in (one, other))
    assert next(told) == next(told)
    assert other.pictures == one.pictures
    assert bool(other.pictures) == pictures


def test_eight_minutes_are_small():
    builder = SessionBuilder(LABELS, MODELS, SETTINGS)
    rng = np.random.default_rng(0)
    for i in range(8 * 60 * 15):
        marks = np.array([[30, 30], [50, 30], [40, 42], [32, 52], [48, 52]]) + rng.normal(0, 1, 2)
        builder.add(Reading(i / 15, Face(np.array([10.0, 10, 70, 70]), marks, 0.99),
                            rng.dirichlet(np.ones(len(LABELS.classes))), HeadPose(1, 2, 3), 0.4))
    found = made()
    whole = Round(found.name, found.plan, 2, found.answers, None, True, True, False, "box",
                  (640, 480), Kept(builder, Takes(), (), False))
    assert len(whole.pack()) < 200_000


def repacked(change) -> bytes:
    with np.load(BytesIO(made().pack())) as found:
        arrays = dict(found)
    change(arrays)
    out = BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def newer(arrays):
    header = json.loads(arrays["header"].tobytes())
    arrays["header"] = np.frombuffer(json.dumps({**header, "version": 2}).encode(), np.uint8)


def pickled(arrays):
    arrays["lights"] = np.array([print], object)


SPOILT = {
    "empty": b"", "noise": bytes(range(256)) * 9, "cut": made().pack()[:-200],
    "newer": repacked(newer), "pickled": repacked(pickled),
    "lacking": repacked(lambda arrays: arrays.pop("sums.vote")),
    "headless": repacked(lambda arrays: arrays.pop("header")),
    "narrow": repacked(lambda arrays: arrays.update({"sums.vote": arrays["sums.vote"][:, :3]}))}


@pytest.mark.parametrize("kind", SPOILT)
def test_what_is_not_a_round_is_refused(kind):
    with pytest.raises(ValueError, match="not a round"):
        Round.unpack(SPOILT[kind])


def test_nothing_measured_is_no_round():
    with pytest.raises(ValueError, match="nothing was read"):
        Round("x", Plan(("?",), 0, 30), 0, (), None, True, True, False, "box", (0, 0),
              Kept(None, Takes(), (), False))
