"""What is observed without reading a face: off by default, only what was asked for, agreed to and
allowed, and no network is loaded for it."""

import io
from contextlib import closing

import numpy as np
import pytest

from fer_core.desk import analysis, observing
from fer_core.desk.cover import Detectors
from fer_core.desk.observed import Observed, Said, Transcript, from_text, to_text, wanted
from fer_core.desk.observing import observe
from fer_core.desk.policy import Person
from fer_core.desk.turns import Found, Turn, Turns
from fer_core.desk.worker import Pace, Worker
from fer_core.errors import DeskError, Forbidden, VideoUnreadable
from fer_core.records import Stretch, Voice, Word
from tests.clips import even, person, write_clip, write_sound
from tests.desk.conftest import CRITERIA, rated
from tests.desk.test_cover import Scripted, face

ALL = ("facing", "speech_pace", "pauses", "transcript")
SEEN = Observed(0.75, 4.5, ((2.0, 3.5),), (Said(0.0, 0.5, "안녕하세요"),))


@pytest.fixture
def settings(sqlite):
    return sqlite


@pytest.fixture
def clip(desk, team):
    """Kim's, waiting; the opening asks for all of it."""
    desk.openings.change(team.lead, team.opening, observed=ALL)
    desk.openings.sign(team.admin, team.opening, "because")
    return desk.clips.add(team.lead, team.kim, "kim.mp4", io.BytesIO(b"clip")).id


def work(desk, observed=SEEN):
    """The turn that a worker gets, finished with this."""
    turns = Turns(desk.database, desk.clips.folder, "w")
    turn = turns.take()
    turns.finish(turn.id, None, observed)
    return turn


def test_nothing_is_asked_for_unless_somebody_chose_it(desk, team):
    told = desk.consents.notice(team.as_kim, team.kim, "en")
    assert told.features == ("facing",)  # which the team's opening asks for
    desk.clips.add(team.lead, team.kim, "a", io.BytesIO(b"a"))
    assert work(desk, None).observed == frozenset()
    with pytest.raises(DeskError, match="features"):
        desk.openings.change(team.lead, team.opening, observed=["expressions"])


def test_where_expressions_are_forbidden_a_candidate_is_asked_for_neutral_ones(desk, team):
    number = desk.openings.create(team.lead, "Clerk", "recruitment", "DE", CRITERIA,
                                  observed=["pauses", "facing"])
    lead = desk.openings.person("lead@example.org")
    eva = desk.candidates.add(lead, number, "Eva")
    told = desk.consents.notice(Person("", frozenset({"candidate"}), candidate=eva), eva, "en")
    assert told.features == ("facing", "pauses")
    assert "no expression" in " ".join(text for _, text in told.paragraphs)
    assert wanted(ALL, "recruitment", "DE", frozenset(ALL)) == set(ALL)
    assert wanted(ALL, "recruitment", "DE", frozenset({"pauses"})) == {"pauses"}
    assert wanted(("pauses",), "recruitment", "DE", frozenset(ALL)) == {"pauses"}
    for nowhere in ("JP", "US-CA", "ZZ"):
        assert wanted(ALL, "recruitment", nowhere, frozenset(ALL)) == frozenset()


def test_a_worker_observes_what_the_candidate_agreed_to(desk, team, clip):
    desk.consents.give(team.as_kim, team.kim, "ko", ["pauses", "transcript"])
    assert work(desk).observed == {"pauses", "transcript"}
    # What reviewers see is what is agreed to, whatever was measured; readings stay sealed.
    with pytest.raises(Forbidden):
        desk.observations.see(team.ann, clip)
    assert desk.observations.transcript(team.ann, clip).words == SEEN.words
    desk.scorecards.write(team.ann, team.kim, rated())
    desk.scorecards.hand_in(team.ann, team.kim)
    assert desk.observations.see(team.ann, clip) == Observed(pauses=SEEN.pauses)
    desk.consents.withdraw(team.as_kim, team.kim)
    assert desk.observations.transcript(team.ann, clip) == Transcript(None, "consent")
    with desk.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM observations").scalar() == 0


def test_a_transcript_that_is_not_there_says_why(desk, team, clip):
    def why(who=team.ann):
        return desk.observations.transcript(who, clip).why

    assert why() == "consent"
    desk.consents.give(team.as_kim, team.kim, "ko", ["transcript"])
    assert why() == "none"
    desk.openings.change(team.lead, team.opening, observed=())
    assert why() == "off"
    guest = desk.shares.guest(desk.shares.make(team.lead, team.opening, "Dr. Choi", 7))[0]
    work(desk)
    assert desk.observations.transcript(guest, clip) == Transcript(None, "gate")


def test_a_clip_that_is_worked_on_again_begins_anew(desk, team, clip):
    desk.consents.give(team.as_kim, team.kim, "ko", ["transcript"])
    work(desk)
    desk.clips.retry(team.lead, clip)
    assert desk.observations.transcript(team.ann, clip).why == "none"
    work(desk)
    assert desk.observations.transcript(team.ann, clip).words == SEEN.words


@pytest.mark.parametrize("found", [SEEN, Observed(), Observed(pauses=())])
def test_it_is_kept_as_it_was(found):
    assert from_text(to_text(found)) == found


def test_no_network_is_loaded_to_observe(desk, team, tmp_path, astronaut, monkeypatch):
    file = write_clip(tmp_path / "a.mp4", person(astronaut, even(2, 4)))
    with file.open("rb") as opened:
        desk.clips.add(team.lead, team.kim, "kim.mp4", opened)
    desk.openings.change(team.lead, team.opening, observed=["facing"])
    desk.openings.sign(team.admin, team.opening, "because")
    desk.consents.give(team.as_kim, team.kim, "ko", ["facing"])
    monkeypatch.setattr(analysis, "_copy", lambda *_: None)
    found = Detectors(Scripted(*[[face()]] * 99), Scripted(), Scripted())
    analyse = analysis.analysing(lambda: pytest.fail("a network was loaded"), lambda: found)
    with closing(Worker(desk.settings, analyse, Pace(pause=0.05))) as worker:
        worker.turn()
    with desk.database.reading() as connection:
        kept = from_text(connection.exec_driver_sql("SELECT report FROM observations").scalar())
    assert kept == Observed(1.0)


def voice(words=True) -> Voice:
    return Voice((Stretch(0, 10),), (Stretch(0, 2), Stretch(4, 6), Stretch(6.5, 8)),
                 np.zeros(10), np.zeros(10), np.linspace(0, 8, 22),
                 words=(Word(0.0, 0.5, "hello", 0.9), Word(1, 2, "", 0.9)) if words else None)


def test_each_is_measured_only_where_it_is_asked_for(tmp_path):
    asked = []

    class Heard:
        def hear(self, path, *, words, cancelled):
            asked.append(words)
            return voice(words)

    fail = pytest.fail
    both = observe(tmp_path, frozenset({"pauses", "speech_pace"}), fail, Heard)
    assert both == Observed(None, 22 / 5.5, ((2, 4),))
    assert observe(tmp_path, frozenset({"transcript"}), fail, Heard) == Observed(
        words=(Said(0.0, 0.5, "hello"),))
    assert asked == [False, True]


def test_what_hears_stays_for_the_next_clip(tmp_path, astronaut):
    """Its model of words takes seconds to load."""
    made, clip = [], write_clip(tmp_path / "a.mp4", person(astronaut, even(1, 4)))
    turn = Turn("0" * 32, clip, networks=False, observed=frozenset({"pauses"}))

    def listen():
        made.append(analysis.listener())
        return made[-1]

    analyse = analysis.analysing(pytest.fail, pytest.fail, listen)
    turns = [analyse(turn, lambda *_: None, lambda: False) for _ in range(2)]
    assert [found.observed.pauses for found in turns] == [(), ()]
    assert len(made) == 1


def test_a_clip_without_sound_has_no_pauses(tmp_path, astronaut):
    clip = write_clip(tmp_path / "a.mp4", person(astronaut, even(2, 4)))
    seen = observe(clip, frozenset({"facing", "pauses", "speech_pace"}),
                   lambda: Scripted(*[[face()]] * 99), analysis.listener)
    assert seen.facing == 1.0
    assert seen.pauses == ()
    assert np.isnan(seen.pace)
    assert observe(write_sound(tmp_path / "b.wav"), frozenset({"pauses"}), pytest.fail,
                   analysis.listener).pauses is not None
    with pytest.raises(VideoUnreadable):
        observe(tmp_path / "none", frozenset({"pauses"}), pytest.fail, analysis.listener)


def test_nobody_in_the_picture_is_nowhere_turned(tmp_path, astronaut):
    clip = write_clip(tmp_path / "a.mp4", person(astronaut, even(1, 4), lambda s: False))
    assert np.isnan(observing.turned(clip, Scripted()))


def test_what_is_worked_on_comes_back_as_found(tmp_path, astronaut):
    clip = write_clip(tmp_path / "a.mp4", person(astronaut, even(1, 4)))
    turn = Turn("0" * 32, clip, networks=False)
    assert analysis.analysing(pytest.fail)(turn, lambda *_: None, lambda: False) == Found()
