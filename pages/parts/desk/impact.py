"""Adverse impact, for the lead: of decisions of people alone, and never of a score."""

import streamlit as st

from fer_core import ENOUGH, Opening, Person
from pages.parts import room
from pages.parts.desk.candidates import CATEGORIES
from pages.parts.speech import Words, draw, fill, notice

COUNTED = (*((name,) for name in CATEGORIES), ("sex", "ethnicity"))
"""Categories, each alone and those that New York City's Local Law 144 wants together as well."""
COLUMNS = ("group", "people", "selected", "rate", "ratio", "interval")


def impact(t: Words, person: Person, shown: Opening) -> None:
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("impact.title"),
         text=t("impact.text"))
    chosen = st.selectbox(t("groups.category"), COUNTED, key="impact_category",
                          format_func=lambda c: t(f"groups.{'_'.join(c)}"))
    found = room.desk().scorecards.impact(person, shown.id, *chosen)
    if found.unknown:
        draw('<p class="p-small">{text}</p>', text=t("impact.unknown", count=found.unknown))
    if not found.rows:
        draw('<div class="p-empty"><p class="p-lead">{text}</p></div>',
             text=t("impact.empty", count=found.hidden))
        return
    named = {(c, v): t(f"groups.value_{v}") for c in chosen for v in CATEGORIES[c]}
    head = "".join(fill('<th scope="col">{name}</th>', name=t(f"impact.{c}")) for c in COLUMNS)
    body = "".join(fill(
        '<tr><th scope="row">{group}</th><td>{people}</td><td>{selected}</td><td>{rate}</td>'
        "<td>{ratio}</td><td>{interval}</td></tr>", group=" · ".join(
            named.get((c, v), v) for c, v in zip(chosen, r.group, strict=True)),
        people=r.people, selected=r.selected, rate=f"{r.rate:.0%}",
        ratio="–" if r.ratio is None else f"{r.ratio:.2f}",
        interval="–" if r.low is None or r.high is None else f"{r.low:.2f}–{r.high:.2f}")
        for r in found.rows)
    st.html(f'<div class="p-scroll" tabindex="0"><table class="p-table"><thead><tr>{head}</tr>'
            f"</thead><tbody>{body}</tbody></table></div>")
    if not all(r.enough for r in found.rows):
        notice(t("impact.small", enough=ENOUGH), "warn")
    if found.hidden:
        draw('<p class="p-small">{text}</p>', text=t("impact.hidden", count=found.hidden))
