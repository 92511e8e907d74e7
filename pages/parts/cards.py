"""Scores on the page: a large number, its interval, and the parts it is made of."""

import streamlit as st

from fer_core import PartRow, Report, Score, ScoreCard
from pages.parts.speech import Words, draw, fill


def scores(t: Words, report: Report) -> None:
    """All scores; where none could be given for one common reason, that reason once."""
    reasons = {card.reason for card in report.cards}
    if len(reasons) == 1 and None not in reasons:
        draw('<div class="p-card p-calm"><h3>{title}</h3><p>{reason}</p></div>',
             title=t("abstained"), reason=reasons.pop())
        return
    for headline in (True, False):
        chosen = [c for c in report.cards if c.headline == headline]
        for column, card in zip(st.columns(max(len(chosen), 1)), chosen, strict=False):
            with column, st.container(key=f"score_{card.name}"):
                _card(t, card, "big" if headline else "small")


def reading(score: ScoreCard | Score | None) -> str:
    """A score with its interval in a few characters; a dash where there is none."""
    if score is None or score.value is None:
        return "–"
    return f"{score.value:.0f} ({score.low:.0f}–{score.high:.0f})"


def _card(t: Words, card: ScoreCard, size: str) -> None:
    if card.value is None or card.low is None or card.high is None:
        draw('<div class="p-score {size}"><h3>{label}</h3><p>{reason}</p></div>', size=size,
             label=card.label, reason=card.reason)
        return
    low, high = round(card.low), round(card.high)
    draw('<div class="p-score {size}"><h3>{label}</h3><div class="p-value"><b>{value}</b>'
         "<span>/ 100</span></div>"
         '<div class="p-range" role="img" aria-label="{interval}">'
         '<i style="left:{low}%;width:{width}%"></i><em style="left:{value}%"></em></div>'
         '<div class="p-ends"><span>0</span><strong>{interval}</strong><span>100</span></div>'
         '<p>{about}</p><p>{moved}</p><p class="p-small">{rests} {blind}</p>'
         + ('<p class="p-small">{alone}</p>' if card.alone else "") + "</div>",
         size=size, label=card.label, value=round(card.value),
         interval=t("interval", low=low, high=high), low=low, width=max(high - low, 1),
         about=card.about, moved=card.moved, rests=card.rests, blind=card.blind,
         alone=card.alone)
    with st.expander(t("parts")):
        st.html("".join(_part(t, part) for part in card.parts)
                + fill('<p class="p-small">{seconds} · {note}</p>', note=t("weights_note"),
                       seconds=t("seconds", count=card.seconds)))


def _part(t: Words, part: PartRow) -> str:
    if part.value is None:
        how, width = t("part_unmeasured"), 0
    else:
        width = round(part.value)
        how = t("part_sum", value=f"{part.value:.0f}", weight=f"{100 * part.weight:.0f}",
                points=f"{part.points:.1f}")
    return fill('<div class="p-part"><div><b>{label}</b><span>{how}</span></div>'
                '<div class="p-bar"><i style="width:{width}%"></i></div><p>{about}</p></div>',
                label=part.label, how=how, width=width, about=part.about)
