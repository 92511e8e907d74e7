"""Who else was before the camera: on the session's clock, of what was scored alone."""

from fer_core.live.stream import LiveAnalysis
from fer_core.records import Answer, Person, Reading
from tests.live.scripted import Scripted
from tests.live.test_company import crowd, somebody


def passing(time: float) -> Reading:
    """Somebody looks in from 6 s of the stream on, until 9 s."""
    return crowd(time, *([somebody(1, 20.0)] if 6 <= time < 9 else []))


def people(stream: LiveAnalysis) -> tuple[Person, ...]:
    found = stream.session((Answer("Frage?", 0.0, stream.clock),))
    return () if found is None else found.people


def test_they_are_told_on_the_sessions_clock():
    script = Scripted()
    script.run(5, result=passing)  # the question is read
    script.stream.begin()
    script.run(6, result=passing)
    (person,) = people(script.stream)
    assert (person.first, person.last, person.seconds) == (1.0, 3.0, 3)
    assert person.last < script.stream.clock


def test_who_comes_between_takes_is_not_told():
    script = Scripted()
    script.stream.begin()
    script.run(4, result=passing)
    script.stream.pause()
    script.run(6, result=passing)
    script.stream.begin()
    script.run(4, result=passing)
    assert people(script.stream) == ()


def test_who_comes_in_a_take_that_is_taken_back_is_not_told():
    script = Scripted()
    script.stream.begin()
    script.run(5, result=passing)
    script.stream.pause()
    again = script.stream.begin()
    script.run(4, result=passing)
    script.stream.rewind(again)
    script.stream.begin()
    script.run(2, result=passing)
    assert people(script.stream) == ()


def test_they_stay_when_another_stream_goes_on_and_its_numbers_are_its_own():
    before = Scripted()
    before.run(5, result=passing)
    before.stream.begin()
    before.run(5, result=passing)
    before.stream.pause()
    kept = before.stream.keep()
    after = Scripted()
    after.stream = LiveAnalysis(after, 2, "test", lambda image, *_: image, lambda: after.now, kept)
    after.stream.begin()
    after.run(3, result=lambda time: crowd(time, followed=1))
    assert [(p.first, p.seconds) for p in people(after.stream)] == [(1.0, 3)]


def test_another_worker_numbers_them_anew():
    script = Scripted()
    script.stream.begin()
    script.run(8, result=passing)
    script.stream.cut()
    script.run(4, result=lambda time: crowd(time, followed=1))
    assert len(people(script.stream)) == 1
