"""What was said in reading order, its pauses and fillers marked, and its facts by rule.

Nothing here is a score or an opinion: what is found is shown with its sentence, what is not is
"not found".
"""

from dataclasses import dataclass

import numpy as np

from fer_core.records import Filler, Session, Speaking, Voice, speaking
from fer_core.records.voice import FEWEST_WORDS, Word
from fer_core.reports.answers import AnswerRow
from fer_core.texts import LANGUAGES, Language, clock, say
from fer_core.voice.said import Content, content, star

LONG_PAUSE = 1.0
"""s from which a pause is marked: those of fluent talk are shorter (Goldman-Eisler 1968)."""
SUMS = ("pace_words", "pace_syllables", "pause_share", "longest_pause", "fillers_per_100_words")
"""Of ``Speaking``, what two sessions are compared by."""
_ORDER = ("question", "pause", "filler", "word")
_PARAGRAPH = 40
"""Words after which a sentence ends its paragraph."""
_TOLD = 8
"""Numbers and repeated words that are named."""


@dataclass(frozen=True)
class Token:
    """[start, end) s of a ``kind``: question, word, filler or (long) pause; ``text`` in the
    reader's language, words as they were said."""

    kind: str
    start: float
    end: float
    text: str


@dataclass(frozen=True)
class StepRow:
    """A step of the STAR checklist, such as the situation: its ``label``, and the sentence that
    shows it with its second; "" and None where none was found."""

    name: str
    label: str
    text: str
    start: float | None

    @property
    def clock(self) -> str:
        return "" if self.start is None else clock(self.start)


@dataclass(frozen=True)
class SaidRow:
    """Of one answer, or of a clip without questions.

    Attributes:
        number: of the question, 1 for the first; 0 of a whole clip.
        name: as ``AnswerRow.name``; title: the question; "" of a whole clip.
        facts: how fast, which pauses and fillers; where words were kept how much, how often I
            and we, which numbers, which words again and again.
        steps: the checklist; empty where words were not kept, or are of a language without rules.
    """

    number: int
    name: str
    title: str
    facts: tuple[str, ...]
    steps: tuple[StepRow, ...]


def tokens(voice: Voice | None, answers: tuple[AnswerRow, ...],
           language: Language) -> tuple[Token, ...]:
    """All of it in reading order; words only where they were kept."""
    found = [Token("question", a.start, a.start, f"{a.name}. {a.text}") for a in answers]
    if voice is None:
        return tuple(found)
    found += [Token("pause", p.start, p.end, say("page.report.replay.pause", language,
                                                 seconds=f"{p.seconds:.1f}"))
              for p in voice.pauses if p.seconds >= LONG_PAUSE]
    hum = say("page.report.replay.hum", language)
    found += [Token("filler", f.start, f.end, f.text or hum) for f in voice.fillers]
    # A word that is a filler is told as one.
    found += [Token("word", w.start, w.end, w.text) for w in voice.words or ()
              if w.text and not _within(w, voice.fillers)]
    return tuple(sorted(found, key=lambda t: (t.start, _ORDER.index(t.kind))))


def _within(word: Word, fillers: tuple[Filler, ...]) -> bool:
    return any(f.text and f.start - 1e-6 <= word.start and word.end <= f.end + 1e-6
               for f in fillers)


def paragraphs(transcript: tuple[Token, ...]) -> tuple[tuple[Token, ...], ...]:
    """The same in parts that can be read: a question stands alone, a long answer is cut where a
    sentence ends."""
    found: list[list[Token]] = [[]]
    for token in transcript:
        before = found[-1][-1:]
        if token.kind == "question" or (before and before[0].kind == "question"):
            found.append([])
        found[-1].append(token)
        if len(found[-1]) >= _PARAGRAPH and token.text.endswith((".", "?", "!")):
            found.append([])
    return tuple(tuple(part) for part in found if part)


def said_rows(session: Session, answers: tuple[AnswerRow, ...],
              language: Language) -> tuple[SaidRow, ...]:
    """A row an answer in which something was heard."""
    if session.voice is None:
        return ()
    kept = {number: (words, spoken) for number, words, spoken in words_by_answer(session)}
    rows = []
    for number, start, end in _stretches(session):
        sums = speaking(session.voice, start, end)
        if not sums.speech_share > 0:
            continue
        count = sum(start <= w.start < end for w in session.voice.words or ())
        facts = _heard(sums, count, session.voice.language, bool(number), language)
        steps: tuple[StepRow, ...] = ()
        if number in kept:
            words, spoken = kept[number]
            facts += _facts(content(words, spoken), language)
            steps = _steps(words, spoken, language)
        name, title = ("", "") if not number else (answers[number - 1].name,
                                                   answers[number - 1].text)
        rows.append(SaidRow(number, name, title, facts, steps))
    return tuple(rows)


def _stretches(session: Session) -> tuple[tuple[int, float, float], ...]:
    """(number, start, end) of every answer; 0 and all of a clip without questions."""
    return tuple((n, a.start, a.end) for n, a in enumerate(session.answers, 1)) or (
        (0, 0.0, float("inf")),)


def _steps(words: tuple[Word, ...], spoken: Language, language: Language) -> tuple[StepRow, ...]:
    return tuple(StepRow(s.name, say(f"said.{s.name}", language),
                         s.sentence.text if s.sentence else "",
                         s.sentence.start if s.sentence else None) for s in star(words, spoken))


def _heard(sums: Speaking, words: int, spoken: str | None, answered: bool,
           language: Language) -> tuple[str, ...]:
    """How it was said: what the sound tells, in sentences."""
    told = []
    if spoken == "ko" or np.isnan(sums.pace_words):
        told.append(say("said.syllables", language, pace=_whole(sums.pace_syllables)))
    else:
        told.append(say("said.words", language, pace=_whole(sums.pace_words)))
    told.append(say("said.pauses", language, percent=_whole(100 * sums.pause_share),
                    longest=f"{sums.longest_pause:.1f}"))
    if words >= FEWEST_WORDS:
        told.append(say("said.fillers", language, rate=f"{sums.fillers_per_100_words:.1f}"))
    if answered:
        told.append(say("said.first", language, seconds=f"{sums.time_to_first_word:.1f}"))
    return tuple(told)


def _whole(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.0f}"


def sums(session: Session) -> dict[str, float]:
    """How a whole session was said, to be compared with another: ``SUMS`` by name, NaN where
    unknown; empty where nobody listened. Of questions only the answers: means by their seconds
    of sound, and the longest pause of them all."""
    if session.voice is None:
        return {}
    found = [speaking(session.voice, start, end) for _, start, end in _stretches(session)]
    spoken = [s for s in found if s.speech_share > 0]
    seconds = np.array([s.seconds for s in spoken])

    def together(name: str) -> float:
        values = np.array([getattr(s, name) for s in spoken], float)
        known = ~np.isnan(values)
        if not known.any():
            return float("nan")
        if name == "longest_pause":
            return float(values[known].max())
        return float(np.average(values[known], weights=seconds[known]))

    return {name: together(name) for name in SUMS}


def words_by_answer(session: Session) -> tuple[tuple[int, tuple[Word, ...], Language], ...]:
    """(number of the question, its words, their language) of every answer in which something was
    said, 0 for the whole of a clip without questions; empty where words were not kept, or are of
    a language without rules."""
    voice = session.voice
    spoken = next((code for code in LANGUAGES if voice and voice.language == code), None)
    if voice is None or not voice.text or spoken is None:
        return ()
    found = ((number, tuple(w for w in voice.words or () if start <= w.start < end))
             for number, start, end in _stretches(session))
    return tuple((number, words, spoken) for number, words in found if words)


def _facts(found: Content, language: Language) -> tuple[str, ...]:
    told = [say("said.length", language, words=found.words, seconds=round(found.seconds)),
            say("said.people", language, i=round(100 * found.i), we=round(100 * found.we))]
    told.append(say("said.numbers", language, numbers=", ".join(found.numbers[:_TOLD]))
                if found.numbers else say("said.no_numbers", language))
    if found.repeated:
        told.append(say("said.repeated", language, words=", ".join(
            f"{word} ×{count}" for word, count in found.repeated[:_TOLD])))
    if found.stumbles:
        told.append(say("said.stumbles", language, count=found.stumbles))
    return tuple(told)
