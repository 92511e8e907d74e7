"""A model's follow-up question against a real local server: streamed, checked, or refused."""

import json

import pytest

from fer_core.config import CoachSettings
from fer_core.errors import CoachError
from fer_core.reports.model_interviewer import LONGEST, ModelInterviewer, checked
from fer_core.texts import LANGUAGES, explain
from tests.model_server import model_server, send

QUESTION = {"ko": "자기소개를 해 주세요.", "en": "Please introduce yourself."}
RULE = {"ko": "예를 하나 들어 주시겠어요?", "en": "Can you give an example?"}
WELL = {"ko": "그 이야기를 예로 하나 들려주시겠어요?", "en": "Could you tell me of one such time?"}
SAID = {"ko": "매출을 30 퍼센트 올렸습니다", "en": "I raised sales by 30 percent"}


def streamed(*pieces: str, end: bytes = b"data: [DONE]\n\n"):
    """A server that writes them one by one, as OpenAI and Ollama do."""
    def answer(handler, request, stop):
        assert request["stream"] is True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for piece in ("", *pieces):
            handler.wfile.write(b"data: " + json.dumps({"choices": [{"delta": {
                "role": "assistant", "content": piece}}]}, ensure_ascii=False).encode() + b"\n\n")
        handler.wfile.write(end)
    return answer


def ask(answer, language, said=""):
    with model_server(answer) as server:
        model = ModelInterviewer(CoachSettings(url=server.url, model="test", timeout=20))
        try:
            found = list(model.ask(QUESTION[language], RULE[language], language, said))
        finally:
            ask.sent = server.bodies[0].decode()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_grows_as_it_is_written(language):
    text = WELL[language]
    found = ask(streamed(text[:6], text[6:12], text[12:]), language)
    assert found[-1] == text
    assert len(found) > 3
    assert all(text.startswith(part) for part in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_sent_only_where_it_may(language):
    ask(streamed(WELL[language]), language)
    assert SAID[language] not in ask.sent
    assert QUESTION[language] in ask.sent
    ask(streamed(WELL[language]), language, SAID[language])
    assert SAID[language] in ask.sent


@pytest.mark.parametrize(("text", "language", "why"), [
    ("", "ko", "format"),
    ("What came of it?", "ko", "language"), ("왜요?", "en", "language"),
    ("하나? 둘?", "ko", "format"), ("Tell me about it", "en", "format"),
    ("Did you sell 40 of them?", "en", "numbers"), ("Are you a shy person?", "en", "traits"),
    ("Could you " + "really " * 30 + "tell me?", "en", "length"),
    ("<b>왜</b> 그랬나요?", "ko", "language")])
def test_what_no_interviewer_here_says_is_refused(text, language, why):
    assert len(text) < 4 * LONGEST
    with pytest.raises(CoachError) as caught:
        ask(streamed(text), language)
    assert caught.value.key == f"error.coach.refused.{why}"
    assert explain(caught.value, language)


def test_a_number_that_was_said_may_be_asked_about():
    assert checked("그 30 퍼센트는 어떻게 재셨나요?", SAID["ko"], "ko").startswith("그 30")


@pytest.mark.parametrize(("answer", "key"), [
    (lambda h, r, s: send(h, b"{}", 500), "status"),
    (lambda h, r, s: send(h, b"data: nonsense\n"), "refused.format"),
    (lambda h, r, s: send(h, b"data: {\"choices\": []}\n"), "refused.format"),
    (lambda h, r, s: send(h, b"x" * 300_000), "refused.length"),
    (streamed("a" * 5000), "refused.length")])
def test_a_broken_server_is_a_sentence(answer, key):
    with pytest.raises(CoachError) as caught:
        ask(answer, "en")
    assert caught.value.key == f"error.coach.{key}"
