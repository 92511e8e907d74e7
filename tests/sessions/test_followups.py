"""Follow-up questions fit what was said, in both languages, and never come twice."""

import pytest

from fer_core.sessions.followups import _kinds, follow_ups
from fer_core.texts import LANGUAGES

LONG = {"ko": "저는 그날 아침부터 자료를 정리하고 여러 사람에게 물어보면서 "
              "하나씩 확인해 나갔습니다. " * 3,
        "en": "That day I began by sorting the papers, then asked several people and checked each "
              "point, one after the other, until late in the evening. " * 3}
SAID = {
    "ko": {"silent": "", "unknown": "잘 모르겠습니다.", "number": "매출을 30% 올렸습니다.",
           "conflict": "선배와 갈등이 있었습니다.", "failure": "제가 큰 실수를 했습니다.",
           "weakness": "제 단점은 느린 결정입니다.", "customer": "손님이 화를 내셨습니다.",
           "deadline": "마감이 아주 빠듯했습니다.", "leading": "동아리 회장을 맡았습니다.",
           "team": "동료들이 도와주었습니다.", "motive": "귀사에 오고 싶었습니다.",
           "learning": "학교에서 통계를 배웠습니다.", "making": "앱을 설계했습니다.",
           "strength": "저는 끈기가 있습니다.", "general": "저는 늘 먼저 인사합니다.",
           "goal": "좋은 교사가 되고 싶습니다.", "no_result": LONG["ko"],
           "short": "네, 좋아합니다."},
    "en": {"silent": " ", "unknown": "I'm not sure.", "number": "Sales rose by 30 percent.",
           "conflict": "I had a conflict with my boss.", "failure": "I made a big mistake.",
           "weakness": "My weakness is deciding slowly.", "customer": "A guest was angry.",
           "deadline": "The deadline was very near.", "leading": "I was captain of the club.",
           "team": "A colleague helped me.", "motive": "I applied because I like it.",
           "learning": "I learned statistics at school.", "making": "I designed an app.",
           "strength": "I am diligent.", "general": "I usually greet people first.",
           "goal": "I want to become a teacher.", "no_result": LONG["en"], "short": "Yes, I do."}}


@pytest.mark.parametrize(("language", "kind"), [
    (language, kind) for language in LANGUAGES for kind in SAID[language]])
def test_a_question_fits_what_was_said(language, kind):
    assert follow_ups(SAID[language][kind], language)[0].kind == kind


def test_a_told_result_is_not_asked_for():
    said = LONG["en"] + "In the end it was solved."
    kinds = [f.kind for f in follow_ups(said, "en", most=20)]
    assert "no_result" not in kinds
    assert "result" in kinds


def test_sixty_questions_all_different_in_both_languages():
    for language in LANGUAGES:
        written = [question[language] for kind in _kinds() for question in kind.questions]
        assert len(written) == len(set(written)) == 60
        assert all(text.strip() for text in written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_never_the_same_twice(language):
    """The same answer over and over: at most two at a time, each of its own kind, until all that
    fit were asked."""
    asked: list[str] = []
    while found := follow_ups("팀 team 30", language, asked):
        assert len(found) <= 2
        assert len({f.kind for f in found}) == len(found)
        asked += [f.id for f in found]
    assert len(asked) == len(set(asked)) > 9


def test_who_says_nothing_is_only_helped_on():
    assert {f.kind for f in follow_ups("…", "ko", most=5)} == {"silent"}


@pytest.mark.parametrize(("language", "said", "figure"), [
    ("ko", "저는 1989년에 서울에서 태어났습니다.", False), ("ko", "2000명을 만났습니다.", True),
    ("ko", "2019년에 30명을 이끌었습니다.", True), ("ko", "3년 동안 일했습니다.", True),
    ("en", "I was born in 1989.", False), ("en", "We served 2000 customers.", True),
    ("en", "In 12 weeks we were done.", True)])
def test_a_year_is_no_figure_to_ask_about(language, said, figure):
    assert ("number" in [f.kind for f in follow_ups(said, language, most=9)]) == figure
