"""Follow-up questions of a whole session."""

from dataclasses import replace

from fer_core.records import Answer
from fer_core.reports.following import asked_next
from tests.planted import FULL, scored_again, spoken

TWO = (Answer("hr_01", 0.0, 6.0), Answer("hr_02", 6.0, 20.0), Answer("hr_03", 20.0, 40.0))


def test_of_every_answer_that_was_written_down():
    session = replace(scored_again(FULL, answers=TWO), voice=spoken())
    found = asked_next(session)
    # "팀을 이끌었습니다." was said in the second, nothing in the third.
    assert list(found) == [1, 2]
    assert [one.kind for one in found[2]] == ["leading", "team"]
    every = [one.id for questions in found.values() for one in questions]
    assert len(every) == len(set(every))


def test_nothing_is_asked_where_no_words_were_kept():
    session = scored_again(FULL, answers=TWO)
    voice = spoken()
    unkept = replace(voice, words=tuple(replace(w, text="") for w in voice.words),
                     fillers=())
    for changed in (None, unkept, replace(voice, language="fr")):
        assert asked_next(replace(session, voice=changed)) == {}
