"""What an interviewer would ask after each answer, of a session whose words were kept."""

from fer_core.records import Session
from fer_core.sessions.followups import FollowUp, follow_ups
from fer_core.sessions.interview import FOLLOW_UP
from fer_core.texts import LANGUAGES


def asked_next(session: Session) -> dict[int, tuple[FollowUp, ...]]:
    """Number of the answer, from 1 -> questions that fit what was said in it, no question twice.

    In the language that was spoken; empty where no words were kept, or in another language. An
    answer in which nothing was heard is left out: silence and a deaf microphone look alike.
    """
    voice = session.voice
    if voice is None or not voice.words:
        return {}
    language = next((known for known in LANGUAGES if known == voice.language), None)
    if language is None:
        return {}
    found: dict[int, tuple[FollowUp, ...]] = {}
    asked = {a.question.removeprefix(f"{FOLLOW_UP}.") for a in session.answers}
    for number, answer in enumerate(session.answers, 1):
        said = " ".join(w.text for w in voice.words if answer.start <= w.start < answer.end
                        and w.text)
        if said:
            found[number] = follow_ups(said, language, asked)
            asked |= {one.id for one in found[number]}
    return {number: questions for number, questions in found.items() if questions}
