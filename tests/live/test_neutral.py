"""The neutral take: a face at rest, told from one that talks."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.config import ScoringSettings
from fer_core.live.neutral import (
    MOVES,
    MOVES_ALONE,
    NEUTRAL_SECONDS,
    mouth_moves,
    neutral_take,
    shows_face,
)
from fer_core.records import HeadPose, Reading
from fer_core.sessions.scored import score
from fer_core.sessions.timeline import build
from tests.live.answers import LABELS, face, seen, unseen
from tests.live.test_hearing import Talking

QUIET = 0.003
"""A room's loudness: no speech, and no microphone that is switched off."""


def take(share: float, seconds: int = 5, shown: int = 5):
    p = np.zeros(8)
    p[LABELS.keys.index("neutral")], p[LABELS.keys.index("fear")] = 1 - share, share
    return build((Reading(t / 10, face(), p, HeadPose(0, 0, 0), 0.5) if t < 10 * shown
                  else Reading(t / 10) for t in range(10 * seconds)), LABELS)


def test_what_is_at_rest_is_what_a_session_is_measured_against():
    settings = ScoringSettings()
    session = take(0.3, seconds=20, shown=20)
    for share, resting in ((0.2, 0.2), (0.9, 0.5)):  # nobody's rest is all tension
        assert shows_face(take(share), settings)
        assert score(session, settings, take(share)).resting == pytest.approx(resting)
    assert not shows_face(take(0.2, shown=2), settings)


def test_a_covered_take_shows_no_face():
    readings = [replace(seen(t / 10), values={"covered": 0.95}) for t in range(50)]
    assert not shows_face(build(readings, LABELS), ScoringSettings())


class Person(Talking):
    """Whose mouth opens and closes five times a second, by a standard deviation of ``mouth``."""

    def __init__(self, mouth: float, wanted: bool = True) -> None:
        super().__init__()
        self.mouth, self.sound.wanted = mouth, wanted

    def read(self, result=seen) -> None:
        def made(time: float) -> Reading:
            # Half of the way between the two has that deviation, of ten readings a second.
            opened = 0.1 + 2 * self.mouth * (round(10 * time) % 2) * np.sqrt(0.9)
            found = result(time)
            return found if found.face is None else replace(found, values={"mouth_open": opened})
        super().read(made)

    def fault(self, loud: float):
        """Of a take during which the microphone is that loud."""
        self.talk(3, loud=QUIET)
        began = self.stream.moment
        self.talk(NEUTRAL_SECONDS + 0.7, loud=loud)
        return neutral_take(self.stream, began).fault


@pytest.mark.parametrize(("mouth", "loud", "wanted", "expected"), [
    (2 * MOVES, 0.2, True, "talked"),
    (0.5 * MOVES, 0.2, True, None),  # somebody else speaks, or a loudspeaker
    (2 * MOVES_ALONE, QUIET, True, None),  # a face that moves in silence is not talking
    (2 * MOVES_ALONE, 0.0, True, "talked"),  # a microphone that is switched off
    (2 * MOVES_ALONE, 0.2, False, "talked"),
    (0.7 * MOVES_ALONE, 0.2, False, None),
], ids=["speech", "another's", "silent", "muted", "unheard", "unheard, little"])
def test_who_talks_during_the_take_is_told(mouth, loud, wanted, expected):
    assert Person(mouth, wanted).fault(loud) == expected


def test_a_take_without_a_face_says_that_first():
    script = Person(0.0)
    script.run(3, result=unseen)
    found = neutral_take(script.stream, 0.0)
    assert (found.timeline, found.fault) == (None, "unseen")


@pytest.mark.parametrize("rate", [4, 8, 15])
def test_how_much_a_mouth_moves_hardly_depends_on_the_rate(rate):
    rng = np.random.default_rng(0)
    readings = [replace(seen(i / rate), values={"mouth_open": 0.2 + rng.normal(0, 0.05)})
                for i in range(30 * rate)]
    assert mouth_moves(readings) == pytest.approx(0.05, abs=0.01)


def test_a_mouth_that_nobody_reads_does_not_move():
    assert mouth_moves(()) == 0
    assert mouth_moves([seen(t / 10) for t in range(50)]) == 0
