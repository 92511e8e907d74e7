"""A session as a PDF to print and keep: A4, its font inside, its charts as lines and areas."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from io import BytesIO
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from fer_core.records import Session
from fer_core.reports.export.pdf_charts import TimelineChart, height_of, step_of
from fer_core.reports.plots import INK, MUTED
from fer_core.reports.report import AnswerRow, Report, ScoreCard, build_report
from fer_core.texts import Language, between, local, say

FONTS = Path(__file__).parent / "fonts"
MARGIN = 18.0
"""mm."""
COPPER, BAND, LINE, PAPER, WARN = "#9C4221", "#E8B79C", "#E2D6C6", "#FBF7F0", "#FFF8E8"
WHOLE = 60.0
"""mm up to which a paragraph is not broken between pages."""
LABEL = 22.0
"""mm for the label beside a paragraph."""
ACROSS = 5
"""Pictures beside one another."""


def to_pdf(session: Session, language: Language, zone: tzinfo | None = None) -> bytes:
    """``report.pdf``: all of the report. The same session gives the same bytes.

    Args:
        zone: the reader's, in which times are told; None for the system's.
    """
    report = build_report(session, language)
    pdf = _Document(report, zone)
    for part in (_opening, _scores, _timeline, _answers, _moments, _coaching, _self_rating,
                 _computed, _models, _limits):
        part(pdf, report)
    return bytes(pdf.output())


class _Document(FPDF):
    """A4 pages with a head and a foot."""

    def __init__(self, report: Report, zone: tzinfo | None) -> None:
        super().__init__(format="A4")
        self.report = report
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font("sans", style, FONTS / f"PoiseSansKR-{name}.ttf")
            # Bold lacks the rare syllables; they are drawn regular rather than as boxes.
            self.add_font("wide", style, FONTS / "PoiseSansKR-Regular.ttf")
        self.set_fallback_fonts(["wide"])
        self._known = set(cast(TTFFont, self.fonts["wide"]).cmap)
        self.set_margins(MARGIN, 20, MARGIN)
        self.set_auto_page_break(True, 20)
        self.set_title(self.known(f"{report.title} · {report.session.source.name}"))
        self.set_author("Poise")
        self.set_creator("Poise")
        self.set_lang(report.language)
        created = local(report.session.created or "1980-01-02", zone)
        self.set_creation_date(created)
        self.created = (created.isoformat(" ", "minutes") if report.session.created else "")
        self.add_page()

    def known(self, text: str) -> str:
        """The text with a box for what the font lacks: file names hold anything."""
        return "".join(c if ord(c) in self._known or c in "\n" else "□" for c in text)

    def header(self) -> None:
        if self.page_no() == 1:
            return
        self.set_font("sans", size=8)
        self.set_text_color(MUTED)
        self.set_y(10)
        name, room = self.known(self.report.session.source.name), self.epw * 0.6
        while self.get_string_width(name) > room:
            name = name[:-2] + "…"
        self.cell(self.epw / 2, 5, f"{self.report.title} · {name}")
        self.cell(self.epw / 2, 5, self.created[:10], align="R")
        self.set_y(20)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("sans", size=8)
        self.set_text_color(MUTED)
        self.cell(0, 5, say("report.export.page", self.report.language, page=self.page_no(),
                            pages="{nb}"), align="C")

    def t(self, key: str, **values: object) -> str:
        return say(key, self.report.language, **values)

    def room(self, height: float) -> None:
        """A new page unless so many mm are left on this one."""
        if self.get_y() + height > self.page_break_trigger:
            self.add_page()

    def text_block(self, text: str, size: float = 10, bold: bool = False, colour: str = INK,
                   after: float = 1.5, indent: float = 0.0) -> None:
        """A paragraph."""
        self.set_font("sans", "B" if bold else "", size)
        self.set_text_color(colour)
        words, wide = self.known(text), self.epw - indent
        self.set_x(self.l_margin + indent)
        tall = cast(float, self.multi_cell(wide, size * 0.56, words, align="L", dry_run=True,
                                           output=MethodReturnValue.HEIGHT))
        if tall < WHOLE:
            self.room(tall)
        self.set_x(self.l_margin + indent)
        self.multi_cell(wide, size * 0.56, words, align="L", new_x=XPos.LMARGIN,
                        new_y=YPos.NEXT)
        self.ln(after)

    def labelled(self, label: str, text: str, size: float = 10, indent: float = LABEL) -> None:
        """A paragraph beside a short label."""
        before = self.page_no(), self.get_y()
        self.text_block(text, size, after=0.8, indent=indent)
        after = self.page_no(), self.get_y()
        page, top = before if after[0] == before[0] else (after[0], self.t_margin)
        self.set_font("sans", "B", size - 1)
        self.set_text_color(MUTED)
        if page == after[0]:
            self.text(self.l_margin, top + size * 0.41, self.known(label))

    def heading(self, name: str, keep: float = 30.0) -> None:
        """A section's title, never alone at the foot of a page."""
        self.room(keep + 14)
        self.ln(4)
        title = self.t(f"report.section.{name}")
        self.start_section(title)
        self.text_block(title, 15, bold=True, colour=COPPER, after=0.5)
        self.set_draw_color(LINE)
        self.set_line_width(0.3)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(2.5)

    def subheading(self, text: str, keep: float = 20.0) -> None:
        self.room(keep + 7)
        self.text_block(text, 11.5, bold=True, after=1)

    def bullets(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.labelled("•", line, indent=4.5)
        self.ln(1)

    def grid(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float],
             numbers: Sequence[int] = (), size: float = 9) -> None:
        """A table that breaks between rows and repeats its head.

        Args:
            widths: relative.
            numbers: columns set flush right.
        """
        self.set_font("sans", size=size)
        self.set_text_color(INK)
        self.set_draw_color(LINE)
        self.set_fill_color("#FFFFFF")
        align = tuple("RIGHT" if i in numbers else "LEFT" for i in range(len(head)))
        with self.table(col_widths=tuple(widths), text_align=align, padding=(1.1, 1.6),
                        line_height=size * 0.52,
                        headings_style=FontFace(emphasis="BOLD", color=MUTED),
                        borders_layout=TableBordersLayout.HORIZONTAL_LINES) as table:
            for cells in (head, *rows):
                row = table.row()
                for cell in cells:
                    row.cell(self.known(cell))
        self.ln(3)


def _opening(pdf: _Document, report: Report) -> None:
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


def _scores(pdf: _Document, report: Report) -> None:
    for card in report.cards:
        if card.headline and card.value is not None:
            _score_bar(pdf, card)
    _score_table(pdf, report.cards)
    if report.former:
        pdf.subheading(report.former_note)
        _score_table(pdf, report.former)
    for name, rows in (("strengths", report.strengths), ("weaknesses", report.weaknesses)):
        if rows:
            pdf.subheading(pdf.t(f"report.section.{name}"))
            pdf.bullets(f"{row.label} · {row.value:.0f} — {row.text}" for row in rows)


def _score_bar(pdf: _Document, card: ScoreCard) -> None:
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
    pdf.text_block(card.about, 9, colour=MUTED, indent=34, after=3)


def _score_table(pdf: _Document, cards: Sequence[ScoreCard]) -> None:
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


def _timeline(pdf: _Document, report: Report) -> None:
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


def _answers(pdf: _Document, report: Report) -> None:
    if not report.answers:
        return
    pdf.heading("answers", keep=60)
    for row in report.answers:
        _answer(pdf, row)


def _answer(pdf: _Document, row: AnswerRow) -> None:
    pdf.subheading(f"{pdf.t('plot.question', number=row.number)} · {row.text}", keep=45)
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


def _moments(pdf: _Document, report: Report) -> None:
    pdf.heading("moments")
    if report.moments:
        pdf.grid([pdf.t(f"report.export.{n}") for n in ("time", "duration", "moment", "meaning")],
                 ((m.clock, m.duration, f"{m.title}\n{m.text}", m.meaning)
                  for m in report.moments), (14, 14, 38, 40))
        _pictures(pdf, report)
    else:
        pdf.text_block(pdf.t("page.report.no_moments"))
    pdf.text_block(report.pictures_note, 8.5, colour=MUTED)


def _pictures(pdf: _Document, report: Report) -> None:
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


def _coaching(pdf: _Document, report: Report) -> None:
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


def _self_rating(pdf: _Document, report: Report) -> None:
    if not report.self_rating:
        return
    pdf.heading("self_rating")
    pdf.grid(("", *(pdf.t(f"report.export.{n}") for n in ("own", "measured_value", "interval")),
              ""),
             ((row.label, f"{row.own:.0f}", "–" if row.measured is None else f"{row.measured:.0f}",
               "–" if row.measured is None else f"{row.low:.0f}–{row.high:.0f}", row.text)
              for row in report.self_rating), (28, 18, 18, 18, 46), (1, 2, 3))


def _computed(pdf: _Document, report: Report) -> None:
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


def _models(pdf: _Document, report: Report) -> None:
    pdf.heading("models")
    pdf.grid((pdf.t("report.export.model"), pdf.t("report.export.accuracy"), "SHA-256"),
             ((m.name, m.accuracy, m.sha256) for m in report.models), (18, 46, 40), size=8.5)


def _limits(pdf: _Document, report: Report) -> None:
    pdf.heading("limits")
    pdf.bullets(report.limits)
