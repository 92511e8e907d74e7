"""Who else is before the camera, and whom to follow instead."""

from dataclasses import replace

import numpy as np

from fer_core.live.child import Child
from fer_core.live.company import LATELY, Company
from fer_core.live.worker import Work
from fer_core.records import Face, Frame, Reading
from tests.live.answers import MARKS, seen
from tests.live.scripted import IMAGE, Scripted


def somebody(track: int, x: float = 0.0) -> Face:
    return Face(np.array([14 + x, 8, 42 + x, 40]), MARKS + np.array([x, 0]), 0.99, track)


def crowd(time: float, *others: Face, followed: int = 0) -> Reading:
    return replace(seen(time, followed), others=others)


def test_others_are_known_for_a_while_between_the_searches_that_find_them():
    company = Company()
    company.note(crowd(0.0, somebody(2, 60.0), somebody(1, 20.0)))
    company.note(crowd(0.5))
    assert [f.track for f in company.faces(1.0)] == [1, 2], "from left to right"
    assert company.faces(LATELY + 0.1) == ()
    company.note(crowd(1.0, somebody(2, 62.0)))
    assert [f.track for f in company.faces(2.0)] == [2]
    company.note(crowd(1.8, followed=2))
    assert company.faces(1.8) == (), "who is followed is nobody else"


def test_a_wish_goes_to_the_worker_once_and_the_last_seconds_begin_anew():
    script = Scripted()
    script.run(3, result=lambda time: crowd(time, somebody(1, 20.0)))
    stream = script.stream
    assert [f.track for f in stream.others] == [1]
    assert stream.recent() is not None
    stream.follow(1)
    assert stream.recent() is None
    assert (stream.take_wish(), stream.take_wish()) == (1, None)


def test_the_child_is_told_whom_to_follow(monkeypatch):
    told = []
    child = object.__new__(Child)
    monkeypatch.setattr(Child, "_ask", lambda self, message, patience: told.append(message))
    monkeypatch.setattr(Child, "_check", lambda self, answer, frame: None)
    frame = Frame(0.0, IMAGE)
    child.read(7, frame, 1.0, 3)
    child.read(7, frame, 1.0)
    assert told == [Work(7, frame, 3), Work(7, frame)]
