"""A session told in the reader's language: pure data, no charts."""

from dataclasses import dataclass

import numpy as np

from fer_core.records import Advice, Exchange, Moment, QualityWarning, Session
from fer_core.reports.answers import AnswerRow, MixRow, SecondRow, answer_row
from fer_core.reports.cards import HEADLINE, Finding, PartRow, ScoreCard, card, findings
from fer_core.reports.coach import advise
from fer_core.reports.ratings import GapRow, gap_rows
from fer_core.reports.rules import BARRIERS, PART_OF
from fer_core.reports.transcript import SaidRow, StepRow, Token, said_rows, tokens
from fer_core.reports.working import (
    ModelRow,
    WorkedPart,
    WorkedScore,
    held,
    limits,
    model_rows,
    worked,
)
from fer_core.sessions.covering import bare
from fer_core.sessions.interview import wording
from fer_core.sessions.scored import VERSION, is_older
from fer_core.sessions.scoring import FACE_SCORES
from fer_core.texts import Language, clock, say

__all__ = ["HEADLINE", "AnswerRow", "Finding", "GapRow", "MixRow", "ModelRow", "MomentRow", "Note",
           "PartRow", "Report", "SaidRow", "ScoreCard", "SecondRow", "StepRow", "Token",
           "WorkedPart", "WorkedScore", "build_report", "clock", "notes"]


@dataclass(frozen=True)
class MomentRow:
    """A stretch worth looking at, start and end in s, ``clock`` as m:ss.

    Attributes:
        text: what was measured. meaning: what it means and does not mean.
        duration: the length in words, such as "4 s".
        picture: JPEG, only where the person agreed to keep pictures; else None.
    """

    kind: str
    start: float
    end: float
    clock: str
    title: str
    text: str
    duration: str = ""
    meaning: str = ""
    picture: bytes | None = None


@dataclass(frozen=True)
class Note:
    """A sentence with the code of what it is about."""

    code: str
    text: str


@dataclass(frozen=True, eq=False)
class Report:
    """All that a page or a file shows of a session.

    Attributes:
        summary: three sentences; one more where the voice alone has a score; one where nobody was
            seen or heard.
        strengths, weaknesses: up to two each, the first the most so.
        answers: one row a question; empty for a clip without questions.
        transcript: what was heard in reading order, words only where they were kept; the
            questions alone where nobody listened.
        typed: what was typed instead of said, under the questions' wordings.
        said: facts of what was said and its checklist; empty where words were not kept.
        coaching: at most five, the one that would move the scores most first.
        coach_note: who wrote the coaching, in a sentence.
        worked: every score that has a value, opened.
        models: who read the expressions.
        limits: what the numbers cannot know.
        pictures_note: whether pictures are kept, in a sentence.
        self_rating: the person's own rating beside the scores; empty where it was skipped.
        facts: what was measured and how to redo it.
        recipe_note: that the scores are of an older recipe, in a sentence; "" where they are
            today's.
        former: the scores by the recipe before, where the session was scored anew;
            ``former_note``: which that was.
    """

    session: Session
    language: Language
    title: str
    subtitle: str
    summary: tuple[str, ...]
    cards: tuple[ScoreCard, ...]
    moments: tuple[MomentRow, ...]
    warnings: tuple[Note, ...]
    people: tuple[str, ...]
    facts: tuple[str, ...]
    strengths: tuple[Finding, ...] = ()
    weaknesses: tuple[Finding, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    coaching: tuple[Advice, ...] = ()
    coach_note: str = ""
    worked: tuple[WorkedScore, ...] = ()
    models: tuple[ModelRow, ...] = ()
    limits: tuple[str, ...] = ()
    pictures_note: str = ""
    self_rating: tuple[GapRow, ...] = ()
    recipe_note: str = ""
    former: tuple[ScoreCard, ...] = ()
    former_note: str = ""
    transcript: tuple[Token, ...] = ()
    said: tuple[SaidRow, ...] = ()
    typed: tuple[Exchange, ...] = ()


def build_report(session: Session, language: Language) -> Report:
    """Tell a session in a language."""
    source, former = session.source, session.former
    version = session.scored.recipe.version
    cards = tuple(card(score, len(session.timeline), language,
                       session.scored.by_network(score.name))
                  for score in session.scores)
    coaching, coach_note = _coaching(session, language)
    strengths, weaknesses = findings(session, cards, {
        PART_OF[a.code]: a.evidence for a in reversed(coaching) if a.code in PART_OF}, language)
    answers = tuple(answer_row(session, number, language)
                    for number in range(1, len(session.answers) + 1))
    return Report(
        session, language, title=say("report.title", language),
        subtitle=say("report.subtitle", language, name=source.name, clock=clock(source.duration)),
        summary=_summary(session, cards, strengths, weaknesses, coaching, language), cards=cards,
        moments=tuple(_moment(m, session.pictures, language) for m in session.moments),
        warnings=notes(session.warnings, language),
        people=tuple(say("report.people.row", language, first=clock(p.first), last=clock(p.last),
                         seconds=p.seconds) for p in session.people),
        facts=_facts(session, language), strengths=strengths, weaknesses=weaknesses,
        answers=answers, transcript=tokens(session.voice, answers, language),
        said=said_rows(session, answers, language), typed=tuple(
            Exchange(wording(e.question, language), e.text) for e in session.typed),
        coaching=coaching, coach_note=coach_note,
        worked=worked(session, language), models=model_rows(session, language),
        limits=limits(language), pictures_note=say(
            f"report.pictures.{'kept' if session.pictures else 'none'}", language),
        self_rating=gap_rows(session, language),
        recipe_note=say("report.older", language, version=version, today=VERSION)
        if is_older(session.scored) else "",
        former=() if former is None else tuple(
            card(s, len(session.timeline), language) for s in former.scores),
        former_note="" if former is None else say(
            "report.former", language, version=former.recipe.version))


def notes(warnings: tuple[QualityWarning, ...], language: Language) -> tuple[Note, ...]:
    """Doubts as sentences."""
    return tuple(Note(w.code, say(f"warning.{w.code}", language, **w.values)) for w in warnings)


def _coaching(session: Session, language: Language) -> tuple[tuple[Advice, ...], str]:
    """Kept words of a language model where they are in this language, else the rules'."""
    written = session.written
    if written is not None and written.language == language:
        return written.advice, say("report.coach.model", language, model=written.model)
    advice = advise(session, language)
    return advice, say(f"report.coach.{_coach_note(session, advice)}", language)


def _coach_note(session: Session, advice: tuple[Advice, ...]) -> str:
    """Code of the sentence above the advice."""
    given = {score.name for score in session.scores if score.value is not None}
    if is_older(session.scored):
        return "older"
    if not given.isdisjoint(FACE_SCORES):
        return "rules" if advice else "none"
    of_barriers = {one.code in BARRIERS for one in advice}
    if True in of_barriers:
        return "partly" if False in of_barriers else "face_barrier" if given else "barrier"
    return "voice" if advice else "voice_none" if given else "unscored"


def _moment(moment: Moment, pictures: dict[int, bytes], language: Language) -> MomentRow:
    seconds = round(moment.end - moment.start)
    return MomentRow(
        moment.kind, moment.start, moment.end, clock(moment.start),
        say(f"moment.{moment.kind}.title", language),
        say(f"moment.{moment.kind}.text", language, percent=round(100 * moment.value),
            seconds=seconds, distance=f"{moment.value:.2f}"),
        say("report.duration", language, seconds=seconds),
        say(f"moment.{moment.kind}.meaning", language), pictures.get(moment.middle))


def _summary(session: Session, cards: tuple[ScoreCard, ...], strengths: tuple[Finding, ...],
             weaknesses: tuple[Finding, ...], coaching: tuple[Advice, ...],
             language: Language) -> tuple[str, ...]:
    """What was seen, how it scored, what to do next."""
    heard = tuple(say("report.summary.heard", language, label=one.label, value=round(one.value),
                      low=round(one.low or 0.0), high=round(one.high or 0.0))
                  for one in cards if one.name not in FACE_SCORES and one.value is not None)
    then = (say("report.summary.advice", language, title=coaching[0].title) if coaching
            else say("report.summary.again", language))
    if not session.timeline.seen.any():
        none = say("report.summary.none" if session.timeline.analysed.any()
                   else "abstain.not_analysed", language)
        return (none, *heard, then) if heard else (none,)
    timeline = bare(session.timeline)
    counts = np.bincount(timeline.probabilities[timeline.seen].argmax(axis=1), minlength=1)
    seen = say("report.summary.dominant", language, seconds=int(counts.sum()),
               count=int(counts.sum()),
               emotion=say(f"emotion.{timeline.labels.keys[int(counts.argmax())]}", language),
               percent=round(100 * float(counts.max()) / counts.sum())
               ) if counts.sum() else say("report.summary.covered", language)
    scores: dict[str, object] = {}
    for one in cards:
        if one.headline and one.value is not None:
            scores[one.name] = round(one.value)
            scores[f"{one.name}_low"], scores[f"{one.name}_high"] = (
                round(one.low or 0.0), round(one.high or 0.0))
    if len(scores) < 3 * len(HEADLINE) or not strengths:
        reason = next((one.reason for one in cards if one.reason), None)
        return seen, reason or say("report.summary.none", language), *heard, then
    best = strengths[0]
    if coaching:
        last = say("report.summary.first", language, best=best.label, best_clock=best.clock,
                   title=coaching[0].title)
    elif not weaknesses:
        last = say("report.summary.keep", language, best=best.label, best_clock=best.clock)
    else:
        last = say("report.summary.next", language, best=best.label, best_clock=best.clock,
                   worst=weaknesses[0].label, worst_clock=weaknesses[0].clock)
    return seen, say("report.summary.scores", language, **scores), last


def _facts(session: Session, language: Language) -> tuple[str, ...]:
    timeline = session.timeline
    return (
        say("report.fact.seconds", language, total=len(timeline),
            seen=int(bare(timeline).seen.sum()),
            fps=f"{session.settings['video']['fps']:g}"),
        say("report.fact.models", language, models=" + ".join(m.name for m in session.models)),
        *(say(key, language) for key in (
            "report.worked.how", "report.worked.unmeasured_weights", "report.fact.interval",
            "report.fact.weights")),
        *held(session, language))
