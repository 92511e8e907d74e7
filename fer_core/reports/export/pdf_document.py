"""A4 pages and what is set on them: paragraphs, headings, bullets, tables. Knows no section."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from fer_core.reports.plots import INK, MUTED
from fer_core.reports.report import Report
from fer_core.texts import local, say

FONTS = Path(__file__).parent / "fonts"
MARGIN = 18.0
"""mm."""
COPPER, BAND, LINE = "#9C4221", "#E8B79C", "#E2D6C6"
WHOLE = 60.0
"""mm up to which a paragraph is not broken between pages."""
LABEL = 22.0
"""mm for the label beside a paragraph."""


class Document(FPDF):
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
