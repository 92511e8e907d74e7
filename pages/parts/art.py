"""The picture of the product: creases that an iron presses flat."""

from __future__ import annotations

import math
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from pages.parts.speech import Words, draw

if TYPE_CHECKING:  # comes with the networks, which the home page does not wait for
    from fer_core import Progress

LINES = 7


def creases(flat: float, width: int = 640, height: int = 220) -> str:
    """A picture of lines: wrinkled on the right of ``flat`` (0 to 1), smooth before.

    Args:
        flat: the share of the width that is pressed already.
    """
    paths = []
    for line in range(LINES):
        level = height * (line + 0.5) / LINES
        points = []
        for x in range(0, width + 1, 5):
            wrinkled = min(1.0, max(0.0, (x / width - flat) * 5)) * 0.42 * height / LINES
            wave = math.sin(x / 17 + 1.9 * line) + 0.6 * math.sin(x / 7.3 + 3.1 * line)
            points.append(f"{x},{level + wrinkled * wave:.1f}")
        accent = (' stroke="#C0623A" stroke-opacity="0.9" stroke-width="2.4"'
                  if line == LINES // 2 else "")
        paths.append(f'<polyline vector-effect="non-scaling-stroke"{accent} '
                     f'points="{" ".join(points)}"/>')
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           f'preserveAspectRatio="none" fill="none" stroke="#B08D66" stroke-opacity="0.5" '
           f'stroke-width="1.5">'
           f'{"".join(paths)}</svg>')
    return ('<img class="p-creases" alt="" src="data:image/svg+xml;base64,'
            f'{b64encode(svg.encode()).decode()}">')


def ironing(t: Words, name: str, progress: Progress | None) -> None:
    """How far an analysis is, as cloth being pressed, with the numbers in words."""
    fraction = progress.fraction if progress else None
    percent = "…" if fraction is None else f"{fraction:.0%}"
    facts = [t(f"stage.{progress.stage}" if progress else "stage.waiting")]
    if progress is not None and progress.frames:
        facts.append(t("frames", count=f"{progress.frames:,}"))
        if progress.remaining is not None and progress.stage == "reading":
            facts.append(left(t, progress.remaining))
    draw('<div class="p-iron" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
         f'aria-valuenow="{round(100 * (fraction or 0))}" aria-label="{escape(t("progress"))}">'
         f"{creases(fraction or 0, height=110)}"
         '<div class="p-iron-row"><b>{percent}</b><span>{facts}</span></div>'
         '<p class="p-small p-name">{name}</p></div>',
         percent=percent, facts=" · ".join(facts), name=name)


def left(t: Words, seconds: float) -> str:
    """Time left, in words."""
    if seconds < 60:
        return t("left_seconds", count=max(1, round(seconds)))
    return t("left_minutes", count=math.ceil(seconds / 60))
