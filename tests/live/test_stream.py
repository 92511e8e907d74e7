"""A stream's newest frame, takes and states, on a clock that stands until it is told."""

import pickle
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.errors import WeightsMissing
from fer_core.live.snapshot import LATE
from fer_core.live.stream import DEADLY, FAULTY
from fer_core.media.pictures import fit
from fer_core.records import Answer, Frame
from fer_core.sessions.interview import Plan
from pages.parts.rehearsal import SAME_CLICK, Rehearsal
from tests.live.answers import LABELS, MODELS, seen, unseen
from tests.live.scripted import IMAGE, Scripted


@pytest.fixture
def script() -> Scripted:
    return Scripted()


def rehearse(script: Scripted, questions: int = 3, preparation: float = 5,
             answer: float = 30) -> Rehearsal:
    plan = Plan(tuple(f"job.{i}" for i in range(1, questions + 1)), preparation, answer)
    return Rehearsal("x", plan, False, False, False, False, script.stream)


def has_scores(session) -> bool:
    """Every score of the face; nothing was heard here."""
    return {s.name for s in session.scores if s.value is None} == {"delivery"}


def test_a_late_reading_of_a_take_that_was_taken_back_is_dropped(script):
    """One Repeat once gave 77 rows with 48 % of them analysed."""
    stream = script.stream
    stream.begin()
    script.run(20)
    script.run(0.1, camera=False)
    script.push()
    late = stream.take()
    script.now = round(script.now + 0.3, 6)
    stream.pause()
    stream.rewind(0)
    stream.begin()
    stream.deliver(late, seen(late.time), LABELS, MODELS)
    script.run(12)
    end = stream.pause()
    session = stream.session((Answer("x", 0.0, end),))
    assert len(session.timeline) == 12
    assert session.timeline.analysed.all()
    assert has_scores(session)


def test_a_late_reading_counts_where_its_frame_was_seen(script):
    stream = script.stream
    stream.begin()
    script.run(2)
    script.run(0.1, camera=False)
    script.push()
    late = stream.take()
    script.now = 3.0
    assert stream.pause() == 3.0
    script.now = 8.0
    assert stream.begin() == 3.0
    stream.deliver(late, unseen(late.time), LABELS, MODELS)
    script.run(2)
    coverage = stream.session(()).timeline["coverage"]
    assert 0 < coverage[2] < 1, "one of two"
    assert coverage[3:5].tolist() == [1, 1]


def test_whoever_draws_is_told_while_the_face_is_covered(script):
    """By the looks of the last seconds, though not every reading looks."""
    def look(value):
        return lambda t: replace(seen(t), values={"covered": value} if t % 1 == 0 else {})

    told = []
    script.stream.draw = lambda image, _, covered: (told.append(covered), image)[1]
    shown = []
    for value, seconds in ((0.1, 4), (0.95, 5), (0.1, 5)):
        script.run(seconds, result=look(value))
        script.stream.callback(av.VideoFrame.from_ndarray(IMAGE, "rgb24"))
        shown.append(script.stream.snapshot().members.keys())
    assert told == [False, True, False]
    assert [bool(names) for names in shown] == [True, False, True]


STEP = st.one_of(
    st.tuples(st.just("run"), st.floats(0.5, 9), st.floats(0, 1.5)),
    st.tuples(st.sampled_from(["start", "pause", "advance", "repeat", "skip", "off", "on"]),
              st.just(0.0), st.just(0.0)))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=25), st.floats(0, 1.5))
def test_whatever_is_pressed_the_timeline_is_the_time_answered(steps, last):
    """Readings come up to 1.5 s late, whatever was pressed meanwhile."""
    script = Scripted()
    rehearsal = rehearse(script, questions=12, preparation=2, answer=20)
    rehearsal.start()
    camera, off = True, 0.0
    for what, seconds, delay in [*steps, ("run", 2.0, last)]:
        if what in ("advance", "repeat", "skip"):
            getattr(rehearsal, what)()
        elif what == "start":
            rehearsal.start()
        elif what == "pause":  # nobody looks at the page, which is late
            script.run(0.3, 0.1, camera)
        elif what in ("on", "off"):
            camera = what == "on"
        else:
            script.run(seconds, delay, camera, look=rehearsal.look)
            off += 0 if camera else seconds
    rehearsal.stop()
    script.run(2, 0)  # what is still being read comes
    # Of a take's last second an answer shows what the session keeps of it.
    takes = script.stream.sitting.takes.kept
    answered = sum(take.lasted for take in takes)
    shown = sum(a.end - a.start for a in rehearsal.answers)
    assert answered - len(takes) - 1e-6 <= shown <= answered + 1e-6
    session = script.stream.session(tuple(rehearsal.answers))
    assert rehearsal.answers == sorted(rehearsal.answers, key=lambda a: a.start)
    assert all(a.end <= b.start for a, b in pairwise(rehearsal.answers))
    if session is None or not rehearsal.answers:
        return
    timeline = session.timeline
    assert abs(len(timeline) - answered) <= 1
    assert timeline.seconds.tolist() == list(range(len(timeline)))
    known = timeline["coverage"][timeline.analysed]
    assert (known == 1).all(), "a second that was not read is no second without a face"
    if off == 0:
        gaps = np.diff(np.flatnonzero(np.concatenate([[True], timeline.analysed, [True]])))
        assert gaps.max(initial=1) <= 2 + 1, "no gap but by the reader's delay"
        if last < 0.5 and all(delay < 0.5 for _, _, delay in steps):
            assert timeline.analysed.all()
            if len(timeline) >= script.settings.scoring.min_seconds + 1:
                assert has_scores(session)


def test_a_page_300_ms_late_and_a_stream_that_stalls_move_no_answer(script):
    rehearsal = rehearse(script, questions=2)
    rehearsal.start()
    script.run(4.9, look=rehearsal.look)
    script.run(0.4)  # the page comes 300 ms after preparation is over
    rehearsal.look()
    assert rehearsal.interview.phase == "answering"
    script.run(10, look=rehearsal.look)
    script.run(2, camera=False, look=rehearsal.look)
    script.run(17.9, look=rehearsal.look)
    script.run(0.4)  # 300 ms too late again
    assert script.stream.clock == 30.0, "the stream has ended the answer by itself"
    rehearsal.look()
    assert rehearsal.answers == [Answer("job.1", 0.0, pytest.approx(30.0))]
    timeline = script.stream.session(tuple(rehearsal.answers)).timeline
    assert len(timeline) == 30, "nothing of what came after the time was up"
    assert np.flatnonzero(~timeline.analysed).tolist() in ([10], [11], [10, 11])


def test_what_was_filmed_before_a_press_is_not_of_the_answer_however_late_it_comes(script):
    """The network stands still for 2 s around the press."""
    stream = script.stream

    def film(camera: float, arrived: float) -> None:
        script.now = arrived
        picture = av.VideoFrame.from_ndarray(IMAGE, "rgb24")
        picture.pts, picture.time_base = round(camera * 90000), Fraction(1, 90000)
        stream.callback(picture)
        script.read()

    for i in range(10):
        film(i / 10, i / 10)
    script.now = 1.5
    assert stream.begin() == 0.0
    film(1.2, 3.0)  # before the press
    assert stream.session(()) is None
    film(1.8, 3.0)
    film(3.0, 3.0)
    assert stream.pause() == pytest.approx(1.5)
    assert stream.session(()).timeline.analysed.tolist() == [True, True]
    assert stream.session(()).timeline["coverage"].tolist() == [1, 1]


def test_presses_are_marked_with_the_time_of_the_press_not_of_the_last_frame(script):
    rehearsal = rehearse(script)
    rehearsal.start()
    rehearsal.advance()
    script.run(6)
    script.run(2, camera=False)  # stalled
    rehearsal.advance()
    assert rehearsal.answers == [Answer("job.1", 0.0, pytest.approx(8.0))]
    script.now += SAME_CLICK
    rehearsal.advance()
    assert script.stream.clock == 8.0


def test_loading_is_a_state_and_its_seconds_are_not_analysed(script):
    stream = script.stream
    stream.begin()
    script.run(4, result=unseen)
    script.status = "starting"
    for _ in range(60):
        script.now = round(script.now + 0.1, 6)
        script.push()
    assert stream.snapshot().status == "starting"
    assert stream.snapshot().reading is None, "what was read before is not what is seen now"
    script.status = "running"
    assert stream.snapshot().status == "running"
    script.run(4)
    timeline = stream.session(()).timeline
    assert np.isnan(timeline["coverage"][5:9]).all()
    assert timeline["coverage"][:3].tolist() == [0, 0, 0]
    assert timeline["coverage"][11:13].tolist() == [1, 1]


def test_the_state_never_says_running_while_nothing_is_read(script):
    script.run(2)
    assert script.stream.snapshot().status == "running"
    for _ in range(round(10 * LATE) + 5):
        script.now = round(script.now + 0.1, 6)
        script.push()
    seen_now = script.stream.snapshot()
    assert seen_now.status == "slow"
    assert (seen_now.reading, seen_now.members) == (None, {})
    script.read()
    assert script.stream.snapshot().status == "running"
    script.now += 60  # the camera is off: nobody is late
    assert script.stream.snapshot().status == "running"
    script.push()
    assert script.stream.snapshot().status == "running"


def test_what_cannot_be_read_again_and_again_has_failed_until_it_is_read(script):
    for _ in range(FAULTY):
        script.stream.fault()
    assert script.stream.snapshot().status == "failed"
    script.push()
    script.read()
    assert script.stream.snapshot().status == "running"
    for _ in range(DEADLY):
        script.stream.death()
    assert script.stream.set_aside
    assert script.stream.snapshot().status == "failed"
    script.stream.retry()
    assert script.stream.snapshot().status == "running"
    assert script.retried == 1


def test_the_engines_error_is_said(script):
    script.status, script.error = "failed", WeightsMissing("error.model.missing", path="x")
    assert script.stream.snapshot().status == "failed"
    assert script.stream.snapshot().error is script.error


def test_the_last_half_minute_ends_now_not_with_the_last_reading(script):
    script.run(12)
    assert script.stream.recent().analysed.all()
    script.run(6, camera=False)
    recent = script.stream.recent()
    assert not recent.analysed[-3:].any()
    script.run(40, camera=False)
    assert script.stream.recent() is None
    assert script.stream.snapshot().recent == ()


def test_a_neutral_take_is_its_own_seconds_however_late_one_asks(script):
    script.run(10, result=unseen)
    began = script.stream.moment
    script.run(5)
    script.run(0.1, camera=False)
    script.run(3, result=unseen)
    take = script.stream.recent(5, until=began + 5)
    assert len(take) == 5
    assert take["coverage"].tolist() == [1] * 5


def test_another_worker_that_numbers_faces_anew_costs_no_answer(script):
    """Faces of the new worker's first seconds may be a passer-by's; what was read before stays."""
    stream = script.stream
    stream.begin()
    script.run(10)
    stream.cut()
    script.run(2, result=lambda t: seen(t, track=1))
    script.run(8, result=lambda t: seen(t, track=2))
    coverage = stream.session(()).timeline["coverage"]
    assert (coverage[:10] == 1).all()
    assert (coverage[-7:] == 1).all()


def test_a_session_goes_on_in_another_stream(script):
    stream = script.stream
    stream.begin()
    script.run(12)
    end = stream.pause()
    stream.begin()
    script.run(3)  # lost with the tab
    kept = pickle.loads(pickle.dumps(stream.keep()))
    further = Scripted()
    further.stream = type(stream)(further, 2, "test", stream.draw, lambda: further.now, kept)
    start = further.stream.begin()
    assert start == end
    further.run(12)
    answers = (Answer("a", 0.0, end), Answer("b", start, further.stream.pause()))
    session = further.stream.session(answers)
    assert len(session.timeline) == 24
    assert (session.timeline["coverage"] == 1).all()
    assert stream.session(()).timeline["coverage"][13] == 1, "the first one is left alone"


@pytest.mark.parametrize("shape", [(2, 2), (4320, 7680), (1, 3000), (3000, 1)])
def test_odd_pictures_are_shown_and_wait_to_be_read(script, shape):
    image = np.full((*shape, 3), 90, np.uint8)
    assert max(fit(image, 960).shape) <= 960
    script.stream.callback(av.VideoFrame.from_ndarray(image, "rgb24"))
    assert script.stream.take().image.shape == fit(image, 960).shape
    script.stream.push(Frame(5.0, image))
    assert max(script.stream.take().image.shape) <= 960


def test_a_reading_that_cannot_be_kept_leaves_the_last_one(script):
    script.stream.begin()
    script.push()
    script.read()
    before = script.stream.snapshot().reading
    script.push()
    frame = script.stream.take()
    reading = seen(frame.time)
    with pytest.raises(ValueError, match="probabilities"):
        script.stream.deliver(
            frame, replace(reading, probabilities=reading.probabilities[:3]),
            LABELS, MODELS)
    assert script.stream.snapshot().reading is before
