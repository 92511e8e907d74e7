"""Questions about a session: answered from the report, or not measured; never a made-up number."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from fer_core.records import Answer, Session
from fer_core.reports.report import Report, build_report
from fer_core.reports.talk import _table, answer_name, reply, subject_of
from fer_core.texts import LANGUAGES, say
from tests.planted import ALL, FULL, scored_again

ANSWERED = {
    "en": [
        "why is my composure low in the second question?", "How confident was I?",
        "What about my engagement", "Was I attentive?", "How was my voice?",
        "Did I keep eye contact in question 1?", "Did I smile?", "Was I tense?", "Did I nod?",
        "Was I too fast?", "How many pauses?", "Did I say um?",
        "What expression did I have in the first answer?", "Which emotion was most seen?",
        "What went well?", "What was my weakest point?", "what was worst in question 2",
        "What should I practise next?", "How long was I seen?", "How reliable is this?",
        "Which moment stands out?", "Which answer was best?", "Can I rely on this?",
        "Sum it up: how did I do?", "Tell me about question 2"],
    "ko": [
        "두 번째 질문에서 침착함이 왜 낮았나요?", "자신감은 몇 점이에요?", "적극성은 어때요?",
        "집중은 잘했나요?", "목소리는 어땠어요?", "1번 질문에서 시선은 어땠어요?",
        "많이 웃었나요?", "긴장했나요?", "고개를 끄덕였나요?", "말이 너무 빨랐나요?",
        "쉼이 길었나요?", "군말이 많았나요?", "첫 질문에서 어떤 표정이었어요?",
        "어떤 감정이 많았어요?", "잘한 점은?", "가장 아쉬운 점은?",
        "질문 2에서 가장 나빴던 순간은?", "다음에 무엇을 연습할까요?", "얼굴이 보인 시간은?",
        "얼마나 정확한가요?", "눈여겨볼 순간은?", "어느 답이 가장 좋았나요?",
        "점수를 믿어도 되나요?", "전체적으로 어땠어요?",
        "2번 질문 이야기해 줘"]}
UNANSWERED = {
    "en": [
        "What was my heart rate?", "Was I lying in the second question?", "How smart am I?",
        "What is my personality?", "How old do I look?", "Will I get the job?",
        "Am I better than other candidates?", "What was I thinking?", "Do I look attractive?",
        "How was my grammar?", "Was my answer correct: was the content good?",
        "How was my posture?", "What did my hands do?", "Is my tie straight?",
        "Was the background tidy?", "Am I depressed?", "How do I rank?", "Did I sweat?",
        "Was I honest about my confidence?", "How many calories did I burn?",
        "What is the capital of France?", "How is my accent?", "Did the interviewer like me?",
        "What salary can I ask for?", "Am I an introvert?",
        "Did I seem trustworthy to others?", "What colour is my shirt?",
        "How much do I weigh?", "Was I breathing fast?",
        "Is my composure above the average person?"],
    "ko": [
        "심박수는 얼마였나요?", "두 번째 질문에서 거짓말했나요?", "제가 똑똑해 보이나요?",
        "제 성격은 어때요?", "몇 살로 보이나요?", "합격할까요?", "다른 지원자보다 나은가요?",
        "무슨 생각하고 있었나요?", "매력 있어 보이나요?", "문법은 맞았나요?",
        "대답 내용이 좋았나요?", "자세는 어땠나요?", "손을 많이 움직였나요?",
        "넥타이는 괜찮나요?", "배경이 지저분했나요?", "제가 우울한가요?", "제 순위는요?",
        "땀이 났나요?", "자신감이 진심이었나요?", "칼로리는 얼마나 썼나요?",
        "프랑스의 수도는?", "사투리가 심했나요?", "면접관이 저를 좋아했나요?",
        "연봉은 얼마를 부를까요?", "저는 내향적인가요?", "신뢰가 갔나요?", "셔츠 색이 뭐예요?",
        "몸무게가 얼마로 보여요?", "호흡이 빨랐나요?", "침착함이 남들보다 높은가요?"]}
NUMBER = re.compile(r"\d+(?:[.:]\d+)*")


@pytest.fixture(scope="module")
def asked() -> Session:
    """With two questions."""
    return scored_again(FULL, answers=(Answer("hr_01", 0.0, 18.0), Answer("hr_02", 18.0, 40.0)))


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def told(value: object) -> Iterator[str]:
    """Everything a report says and shows, the way the pages round it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, (int, float)):
        yield f"{round(value)} {round(100 * value)}" if abs(value) <= 1 else f"{round(value)}"
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from told(one)
    elif is_dataclass(value) and not isinstance(value, Session):
        for field in fields(value):
            yield from told(getattr(value, field.name))


def held_by(report: Report) -> set[str]:
    found = set().union(*(numbers(text) for text in told(report)))
    return found | {str(len(report.answers))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_has_an_answer_and_every_number_is_the_reports(asked, language):
    report = build_report(asked, language)
    known = held_by(report)
    for question in ANSWERED[language]:
        found = reply(report, question)
        assert found.subject != "none", question
        assert found.text != say("talk.not_measured", language), question
        assert numbers(found.text) <= known, (question, found.text, numbers(found.text) - known)
        assert len(found.moments) <= 3
        for moment in found.moments:
            assert 0 <= moment.start < moment.end <= 40


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_session_makes_a_number_up(name, language):
    """Whoever was seen or not, whatever abstains."""
    report = build_report(ALL[name], language)
    known = held_by(report)
    for question in ANSWERED[language]:
        text = reply(report, question).text
        assert text
        assert numbers(text) <= known, (question, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_report_does_not_hold_was_not_measured(asked, language):
    assert len(UNANSWERED[language]) == 30
    report = build_report(asked, language)
    for question in UNANSWERED[language]:
        found = reply(report, question)
        assert (found.subject, found.moments) == ("none", ()), question
        assert found.text == say("talk.not_measured", language), question
        assert not numbers(found.text)


def test_a_score_of_one_answer_is_that_answers(asked):
    report = build_report(asked, "en")
    card = next(c for c in report.answers[1].cards if c.name == "composure")
    found = reply(report, "Why is my composure low in the second question?")
    assert found.subject == "score.composure"
    assert found.text.startswith("In question 2: ")
    assert f" {round(card.value)} (" in found.text
    assert card.moved in found.text
    second = report.answers[1].worst.second
    assert [(m.start, m.end) for m in found.moments] == [(second, second + 1)]


def test_a_question_that_was_not_asked(asked):
    report = build_report(asked, "ko")
    assert "2개" in reply(report, "7번 질문에서 침착함은?").text


def test_a_question_about_an_answer_bears_that_answers_number():
    report = build_report(scored_again(FULL, answers=(
        Answer("hr_01", 0.0, 12.0), Answer("followup.number_1", 12.0, 20.0),
        Answer("followup.team_1", 20.0, 30.0), Answer("hr_02", 30.0, 40.0))), "en")
    assert [a.name for a in report.answers] == ["1", "1-1", "1-2", "2"]
    second = report.answers[3]
    card = next(c for c in second.cards if c.name == "composure")
    assert reply(report, "composure in question 2").text.startswith("In question 2: ")
    assert (f" {round(card.value)} (" if card.value is not None else card.reason) in reply(
        report, "composure in question 2").text
    assert reply(report, "composure in question 1-2").text.startswith("In question 1-2: ")
    assert "answered: 2" in reply(report, "composure in question 3").text


@pytest.mark.parametrize(("question", "name"), [
    ("in the second question", "2"), ("question 11?", "11"), ("my 3rd answer", "3"),
    ("열두 번째 질문", "12"), ("두 번째 답", "2"), ("3번 질문", "3"), ("질문 4에서", "4"),
    ("in question 2-1", "2-1"), ("질문 1-2에서", "1-2"),
    ("in the first five seconds", None), ("how confident was I", None), ("첫인상은 어때요", None)])
def test_which_answer_is_meant(question, name):
    assert answer_name(question) == name


def test_every_subject_of_the_table_is_found_by_each_of_its_own_words():
    table = _table()
    for kind in ("score", "part", "about"):
        for name, words in table[kind].items():
            for word in (*words["en"], *words["ko"]):
                assert subject_of(word), (kind, name, word)
    for word in (*table["unmeasured"]["en"], *table["unmeasured"]["ko"]):
        assert subject_of(f"confidence {word} 자신감") is None


@pytest.mark.parametrize("question", ["0:30에 무슨 일이 있었나요?", "What happened at 0:30?"])
def test_a_time_asks_for_what_stood_out_then(asked, question):
    """The tense stretch is planted at 30 to 34 s."""
    report = build_report(asked, "en")
    found = reply(report, question)
    tension = next(m for m in report.moments if m.kind == "tension_longest")
    assert found.subject == "about.moments"
    assert tension.text in found.text
    assert any(m.start <= 30 < m.end for m in found.moments)


def test_a_time_at_which_nothing_stood_out_leads_to_its_second(asked):
    report = build_report(asked, "en")
    found = reply(report, "What happened at 0:05?")
    assert found.text == say("talk.none.moment_at", "en", clock="0:05")
    assert [(m.start, m.end) for m in found.moments] == [(5, 6)]
    assert reply(report, "What happened at 9:59?").subject == "none"
    assert reply(report, "Was I lying at 0:30?").subject == "none"
