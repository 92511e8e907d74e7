"""A session as a PDF to print and keep: A4, its font inside, its charts as lines and areas."""

from collections.abc import Sequence
from datetime import tzinfo
from io import BytesIO

from fer_core.records import Session
from fer_core.reports.export.pdf_charts import TimelineChart, height_of, step_of
from fer_core.reports.export.pdf_document import BAND, COPPER, LINE, Document
from fer_core.reports.plots import INK, MUTED
from fer_core.reports.report import AnswerRow, Report, ScoreCard, build_report
from fer_core.reports.transcript import paragraphs
from fer_core.texts import Language, between, clock

ACROSS = 5
"""Pictures beside one another."""


def to_pdf(session: Session, language: Language, zone: tzinfo | None = None) -> bytes:
    """``report.pdf``: all of the report. The same session gives the same bytes.

    Args:
        zone: the reader's, in which times are told; None for the system's.
    """
    report = build_report(session, language)
    pdf = Document(report, zone)
    for part in (_opening, _scores, _timeline, _answers, _moments, _said, _typed, _coaching,
                 _self_rating, _computed, _models, _limits):
        part(pdf, report)
    return bytes(pdf.output())


def _opening(pdf: Document, report: Report) -> None:
    pdf.text_block("Poise", 11, bold=True, colour=COPPER, after=0)
    pdf.text_block(report.title, 22, bold=True, after=1)
    pdf.text_block(report.subtitle, 10.5, colour=MUTED, after=0.5)
    pdf.text_block(pdf.t("page.report.disclaimer"), 9.5, colour=MUTED, after=0.5)
    pdf.text_block(pdf.t("report.export.measured", created=pdf.created,
                         sha=report.session.source.sha256[:16]), 8.5, colour=MUTED, after=2)
    if report.recipe_note:
        pdf.text_block(report.recipe_note, 10, bold=True, after=2)
    if report.warnings:
        pdf.subheading(pdf.t("page.report.warnings"))
        pdf.bullets(w.text for w in report.warnings)
    pdf.heading("summary")
    for line in report.summary:
        pdf.text_block(line, 11, after=1)
    pdf.ln(2)


def _scores(pdf: Document, report: Report) -> None:
    for card in report.cards:
        if card.headline and card.value is not None:
            _score_bar(pdf, card)
    _score_table(pdf, report.cards)
    for card in report.cards:
        if not card.headline and card.value is not None:
            pdf.subheading(card.label)
            _basis(pdf, card)
    if report.former:
        pdf.subheading(report.former_note)
        _score_table(pdf, report.former)
    for name, rows in (("strengths", report.strengths), ("weaknesses", report.weaknesses)):
        if rows:
            pdf.subheading(pdf.t(f"report.section.{name}"))
            pdf.bullets(f"{row.label} · {row.value:.0f} — {row.text}" for row in rows)


def _score_bar(pdf: Document, card: ScoreCard) -> None:
    """The value, its interval as a band, what it says."""
    assert card.value is not None
    assert card.low is not None
    assert card.high is not None
    pdf.room(28)
    top = pdf.get_y()
    pdf.set_font("sans", "B", 26)
    pdf.set_text_color(COPPER)
    pdf.text(pdf.l_margin, top + 10, f"{card.value:.0f}")
    wide = pdf.get_string_width(f"{card.value:.0f}")
    pdf.set_font("sans", size=9)
    pdf.set_text_color(MUTED)
    pdf.text(pdf.l_margin + wide + 1.5, top + 10, "/ 100")
    left, width = pdf.l_margin + 34, pdf.epw - 34
    pdf.set_font("sans", "B", 11.5)
    pdf.set_text_color(INK)
    pdf.text(left, top + 4, card.label)
    pdf.set_fill_color(LINE)
    pdf.rect(left, top + 6.5, width, 3, style="F")
    pdf.set_fill_color(BAND)
    pdf.rect(left + width * card.low / 100, top + 6.5,
             max(width * (card.high - card.low) / 100, 0.4), 3, style="F")
    pdf.set_fill_color(COPPER)
    pdf.rect(left + width * card.value / 100 - 0.4, top + 5.9, 0.8, 4.2, style="F")
    pdf.set_y(top + 11.5)
    pdf.text_block(pdf.t("page.report.interval", low=round(card.low), high=round(card.high)),
                   9, indent=34, after=0)
    pdf.text_block(card.about, 9, colour=MUTED, indent=34, after=0.5)
    _basis(pdf, card, indent=34)


def _basis(pdf: Document, card: ScoreCard, indent: float = 0.0) -> None:
    """What moved the score, what it rests on, what it cannot know."""
    for line in card.basis:
        pdf.text_block(line, 9, colour=MUTED, indent=indent, after=0.5)
    pdf.ln(2.5)


def _score_table(pdf: Document, cards: Sequence[ScoreCard]) -> None:
    if not cards:
        return
    reasons = {card.reason for card in cards}
    if len(reasons) == 1 and None not in reasons and "" not in reasons:
        pdf.text_block(f"{pdf.t('page.report.abstained')} {reasons.pop()}")
        return
    rows = [(card.label, card.reason or "", "", "") if card.value is None else
            (card.label, f"{card.value:.0f}", f"{card.low:.0f}–{card.high:.0f}",
             f"{card.seconds}") for card in cards]
    pdf.room(12)
    pdf.grid(("", *(pdf.t(f"report.export.{name}") for name in ("score", "interval", "seconds"))),
             rows, (40, 22, 22, 22), (1, 2, 3))


def _timeline(pdf: Document, report: Report) -> None:
    timeline = report.session.timeline
    pdf.heading("timeline", keep=height_of(timeline) if len(timeline) else 10)
    if len(timeline):
        pdf.set_y(TimelineChart(pdf, report).draw())
        note = pdf.t("report.export.lines")
        if step_of(len(timeline)) > 1:
            note += " " + pdf.t("report.export.step", seconds=step_of(len(timeline)))
        pdf.text_block(note, 8.5, colour=MUTED)
    if report.people:
        pdf.subheading(pdf.t("page.report.people"))
        pdf.bullets(report.people)


def _answers(pdf: Document, report: Report) -> None:
    if not report.answers:
        return
    pdf.heading("answers", keep=60)
    for row in report.answers:
        _answer(pdf, row)


def _answer(pdf: Document, row: AnswerRow) -> None:
    pdf.subheading(f"{pdf.t('plot.question', number=row.name)} · {row.text}", keep=45)
    pdf.text_block(row.clock, 9, colour=MUTED)
    _score_table(pdf, row.cards)
    if row.mix:
        pdf.room(14)
        x, top = pdf.l_margin, pdf.get_y()
        for share in row.mix:
            pdf.set_fill_color(share.colour)
            pdf.rect(x, top, pdf.epw * share.share, 3.5, style="F")
            x += pdf.epw * share.share
        pdf.set_y(top + 4.5)
        pdf.text_block(" · ".join(f"{m.label} {100 * m.share:.0f}%" for m in row.mix
                                  if m.share >= 0.01), 9, colour=MUTED)
    for name, text in (("first", row.first), ("recovery", row.recovery)):
        pdf.text_block(pdf.t(f"page.report.answer.{name}"), 9, bold=True, colour=MUTED, after=0)
        pdf.text_block(text)
    for kind, one in (("best", row.best), ("worst", row.worst)):
        if one is not None:
            pdf.text_block(pdf.t(f"page.report.answer.{kind}", clock=one.clock,
                                 value=f"{one.value:.0f}", text=one.text), after=0.8)
    pdf.ln(4)


def _moments(pdf: Document, report: Report) -> None:
    pdf.heading("moments")
    if report.moments:
        pdf.grid([pdf.t(f"report.export.{n}") for n in ("time", "duration", "moment", "meaning")],
                 ((m.clock, m.duration, f"{m.title}\n{m.text}", m.meaning)
                  for m in report.moments), (14, 14, 38, 40))
        _pictures(pdf, report)
    else:
        pdf.text_block(pdf.t("page.report.no_moments"))
    pdf.text_block(report.pictures_note, 8.5, colour=MUTED)


def _pictures(pdf: Document, report: Report) -> None:
    """The kept pictures in rows of ``ACROSS``, each over its clock and title."""
    kept = [(m, m.picture) for m in report.moments if m.picture is not None]
    width = pdf.epw / ACROSS
    for i in range(0, len(kept), ACROSS):
        pdf.room(width + 10)
        top = pdf.get_y()
        for column, (moment, picture) in enumerate(kept[i:i + ACROSS]):
            x = pdf.l_margin + pdf.c_margin + column * width
            pdf.image(BytesIO(picture), x, top, width - 4, width - 4, keep_aspect_ratio=True,
                      alt_text=f"{moment.clock} {moment.title}")
            pdf.set_font("sans", size=8)
            pdf.set_text_color(MUTED)
            pdf.set_xy(x - pdf.c_margin, top + width - 3)
            pdf.multi_cell(width - 4, 4, f"{moment.clock} {moment.title}", align="L")
        pdf.set_y(top + width + 9)


def _said(pdf: Document, report: Report) -> None:
    """The transcript with its marks, then facts and checklist of every answer."""
    voice = report.session.voice
    if voice is None:
        return
    pdf.heading("said")
    pdf.text_block(pdf.t("report.export.said_brackets") if voice.text
                   else pdf.t("page.report.replay.no_words"), 8.5, colour=MUTED)
    for part in paragraphs(report.transcript):
        if part[0].kind == "question":
            pdf.subheading(part[0].text)
        else:
            pdf.labelled(clock(part[0].start), " ".join(
                one.text if one.kind == "word" else f"[{one.text}]" for one in part), indent=14)
    for row in report.said:
        pdf.subheading(f"{pdf.t('plot.question', number=row.name)} · {row.title}"
                       if row.number else pdf.t("said.title"), keep=45)
        pdf.bullets(row.facts)
        if row.steps:
            pdf.grid((pdf.t("said.star"), "", "", ""),
                     ((step.label, pdf.t("said.found" if step.text else "said.missing"),
                       step.clock, step.text) for step in row.steps), (22, 18, 12, 60))
    if voice.text and report.said:
        pdf.text_block(pdf.t("said.note"), 8.5, colour=MUTED)


def _typed(pdf: Document, report: Report) -> None:
    if report.typed:
        pdf.heading("typed")
    for one in report.typed:
        pdf.subheading(one.question)
        pdf.text_block(one.text)


def _coaching(pdf: Document, report: Report) -> None:
    pdf.heading("coaching", keep=45)
    pdf.text_block(report.coach_note, 9, colour=MUTED)
    for i, advice in enumerate(report.coaching, 1):
        pdf.subheading(f"{i}. {advice.title}", keep=30)
        gains = " · ".join(pdf.t("report.coach.gain", label=pdf.t(f"score.{name}.label"),
                                 points=f"{points:+.1f}")
                           for name, points in advice.gains.items() if abs(points) >= 0.05)
        if gains:
            pdf.text_block(gains, 9.5, bold=True, colour=COPPER, after=0.8)
        for line in advice.lines:
            pdf.labelled(pdf.t(f"page.report.coach.line_{line.kind}"), line.text)
        seconds = ", ".join(between(s.start, s.end)
                            for s in sorted(advice.evidence, key=lambda s: s.start))
        pdf.text_block(f"{pdf.t('report.export.evidence')}: {seconds}", 8.5, colour=MUTED,
                       after=3)


def _self_rating(pdf: Document, report: Report) -> None:
    if not report.self_rating:
        return
    pdf.heading("self_rating")
    pdf.grid(("", *(pdf.t(f"report.export.{n}") for n in ("own", "measured_value", "interval")),
              ""),
             ((row.label, f"{row.own:.0f}", "–" if row.measured is None else f"{row.measured:.0f}",
               "–" if row.measured is None else f"{row.low:.0f}–{row.high:.0f}", row.text)
              for row in report.self_rating), (28, 18, 18, 18, 46), (1, 2, 3))


def _computed(pdf: Document, report: Report) -> None:
    pdf.heading("computed", keep=50)
    head = [pdf.t(f"page.report.worked.{n}") for n in ("part", "value", "weight", "points", "from")]
    for score in report.worked:
        pdf.subheading(score.label, keep=35)
        rows = []
        for part in score.parts:
            known = part.value is not None
            source = (pdf.t("page.report.worked.seconds", column=part.column,
                            seconds=part.seconds) if known
                      else pdf.t("page.report.part_unmeasured"))
            if known and part.weakest:
                source += " · " + pdf.t("page.report.worked.weakest", weakest=part.weakest)
            rows.append((f"{part.label}\n{part.about}", f"{part.value:.2f}" if known else "–",
                         f"{part.weight:.3g}", f"{part.points:.2f}", source))
        pdf.grid(head, rows, (46, 16, 15, 16, 42), (1, 2, 3), size=8.5)
        pdf.text_block(score.formula, 8.5, colour=MUTED, after=3)
    pdf.bullets(report.facts)


def _models(pdf: Document, report: Report) -> None:
    pdf.heading("models")
    pdf.grid((pdf.t("report.export.model"), pdf.t("report.export.accuracy"), "SHA-256"),
             ((m.name, m.accuracy, m.sha256) for m in report.models), (18, 46, 40), size=8.5)


def _limits(pdf: Document, report: Report) -> None:
    pdf.heading("limits")
    pdf.bullets(report.limits)
