"""The interview's clock beside the stream's, without a browser."""

import pytest

from fer_core import Answer, Plan
from pages.parts.rehearsal import AWAY, SAME_CLICK, SILENT, Rehearsal


class Clock:
    """A clock that stands until it is told, and a stream that follows it."""

    def __init__(self):
        self.now, self.running, self.session, self.rewound = 0.0, None, 0.0, []
        self.quiet = 0.0

    def __call__(self) -> float:
        return self.now

    @property
    def moment(self) -> float:
        return self.now

    def begin(self, at: float, longest: float) -> float:
        self.session = float(-(-self.session // 1))
        self.running, self.longest = at, longest
        return self.session

    def pause(self, at: float) -> float:
        self.session += min(at - self.running, self.longest)
        self.running = None
        return self.session

    def rewind(self, moment: float) -> None:
        self.rewound.append(moment)
        self.session = moment


@pytest.fixture
def clock():
    return Clock()


def rehearse(clock, live=True, preparation=10) -> Rehearsal:
    return Rehearsal("x", Plan(("job.1", "job.2"), preparation, 30), True, True, False, False,
                     clock if live else None, now=clock)


def run(rehearsal: Rehearsal, clock: Clock, until: float) -> None:
    """Look twice a second, as the page does."""
    while clock.now < until:
        clock.now += 0.5
        rehearsal.look()


def test_answers_are_stretches_of_the_streams_clock(clock):
    rehearsal = rehearse(clock)
    rehearsal.start()
    run(rehearsal, clock, 10)
    assert rehearsal.take == 1
    run(rehearsal, clock, 15.5)
    rehearsal.advance()
    assert rehearsal.take == 0
    run(rehearsal, clock, 55.5)
    assert rehearsal.finished
    assert rehearsal.answers == [Answer("job.1", 0.0, 5.5), Answer("job.2", 6.0, 36.0)]
    assert rehearsal.takes == {1: "job.1", 2: "job.2"}
    assert rehearsal.turn == 2
    assert clock.rewound == []


def test_a_repeated_answer_leaves_nothing_in_the_session(clock):
    rehearsal = rehearse(clock)
    rehearsal.start()
    rehearsal.advance()
    run(rehearsal, clock, 8)
    rehearsal.repeat()
    assert clock.rewound == [0.0]
    assert (rehearsal.answers, rehearsal.takes) == ([], {})
    rehearsal.advance()
    run(rehearsal, clock, 20)
    rehearsal.stop()
    assert rehearsal.answers == [Answer("job.1", 0.0, 12.0)]
    assert rehearsal.takes == {2: "job.1"}


@pytest.mark.parametrize("why", ["away", "camera"])
def test_without_the_page_or_the_camera_the_interview_waits(clock, why):
    rehearsal = rehearse(clock)
    rehearsal.start()
    rehearsal.advance()
    run(rehearsal, clock, 5)
    rehearsal.advance()
    run(rehearsal, clock, 6)
    rehearsal.advance()
    run(rehearsal, clock, 9)
    assert rehearsal.interview.phase == "answering"
    clock.quiet, clock.now = (0, clock.now + AWAY + 60) if why == "away" else (
        SILENT + 1, clock.now + 0.5)
    rehearsal.look()
    run(rehearsal, clock, clock.now + 60)
    assert (rehearsal.halted, rehearsal.take) == (why, 0)
    assert (rehearsal.interview.phase, rehearsal.interview.number) == ("ready", 1)
    assert rehearsal.answers == [Answer("job.1", 0.0, 5.0)]
    clock.quiet = 0
    rehearsal.start()
    assert rehearsal.halted is None
    assert (rehearsal.interview.phase, rehearsal.interview.number) == ("preparing", 1)
    run(rehearsal, clock, clock.now + 60)
    assert rehearsal.finished
    assert [a.question for a in rehearsal.answers] == ["job.1", "job.2"]


def test_skipping_everything_leaves_no_answer(clock):
    rehearsal = rehearse(clock, preparation=0)
    rehearsal.start()
    clock.now += 5
    rehearsal.skip()
    clock.now += 5
    rehearsal.skip()
    assert rehearsal.finished
    assert rehearsal.answers == []
    assert clock.rewound == [0.0, 0.0]


def test_a_click_that_arrives_twice_counts_once(clock):
    rehearsal = rehearse(clock)
    rehearsal.start()
    rehearsal.advance()
    clock.now += SAME_CLICK / 2
    rehearsal.advance()
    assert (rehearsal.interview.phase, rehearsal.interview.number) == ("answering", 0)
    run(rehearsal, clock, 5)
    rehearsal.skip()
    rehearsal.skip()
    assert (rehearsal.interview.phase, rehearsal.interview.number) == ("preparing", 1)
    clock.now += SAME_CLICK
    rehearsal.advance()
    assert rehearsal.interview.phase == "answering"


def test_without_a_stream_the_takes_count(clock):
    rehearsal = rehearse(clock, live=False)
    rehearsal.start()
    rehearsal.advance()
    run(rehearsal, clock, 6)
    rehearsal.advance()
    rehearsal.stop()
    assert rehearsal.takes == {1: "job.1"}
    assert rehearsal.answers == []
