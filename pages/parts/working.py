"""How the numbers came about, and what they cannot know."""

import streamlit as st

from fer_core import Report, WorkedPart, say
from pages.parts.speech import Words, fill


def working(t: Words, report: Report) -> None:
    """Every score opened, the models, the limits."""
    language = report.language
    with st.container(key="working"):
        st.html(fill('<h2 class="p-h2">{title}</h2>', title=say(
            "report.section.computed", language)))
        for score in report.worked:
            with st.expander(f"{score.label}: {score.formula.rsplit(' ', 1)[-1]}"):
                st.html(_table(t, score.parts)
                        + fill('<p class="p-formula">{formula}</p>', formula=score.formula))
        st.html("<ul class='p-facts'>" + "".join(fill("<li>{line}</li>", line=line)
                                               for line in report.facts) + "</ul>")
        left, right = st.columns(2, gap="medium")
        with left:
            rows = "".join(fill(
                "<tr><td><b>{name}</b> <code>{sha}</code><small>{accuracy}</small></td></tr>",
                name=m.name, accuracy=m.accuracy, sha=m.sha256[:12]) for m in report.models)
            st.html(fill('<h3 class="p-h3">{title}</h3><table class="p-table">', title=say(
                "report.section.models", language)) + rows + "</table>")
        with right:
            st.html(fill('<h3 class="p-h3">{title}</h3><ul class="p-facts">', title=say(
                "report.section.limits", language)) + "".join(
                fill("<li>{line}</li>", line=line) for line in report.limits) + "</ul>")


def _table(t: Words, parts: tuple[WorkedPart, ...]) -> str:
    head = "".join(fill("<th>{name}</th>", name=t(f"worked.{c}"))
                   for c in ("part", "value", "weight", "points", "from"))
    return (f'<div class="p-scroll"><table class="p-table p-parts"><thead><tr>{head}</tr></thead>'
            "<tbody>" + "".join(_row(t, part) for part in parts) + "</tbody></table></div>")


def _row(t: Words, part: WorkedPart) -> str:
    if part.value is None:
        value, source = "–", t("part_unmeasured")
    else:
        value, source = f"{part.value:.2f}", t("worked.seconds", column=part.column,
                                               seconds=part.seconds)
        if part.weakest:
            source += " · " + t("worked.weakest", weakest=part.weakest)
    return fill("<tr><td><b>{label}</b><small>{about}</small></td><td>{value}</td>"
                "<td>{weight}</td><td>{points}</td><td>{source}</td></tr>", label=part.label,
                about=part.about, value=value, weight=f"{part.weight:.3g}",
                points=f"{part.points:.2f}", source=source)
