"""Whether the networks serve everybody alike: the bias card, from the results file."""

from typing import Any

import pandas as pd
import streamlit as st

from fer_core import say
from pages.parts.speech import Words, draw, language


def everybody(t: Words, entry: dict[str, Any]) -> None:
    """Neutral faces read as tense, and the recall of every class, group by group."""
    draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>', title=t("groups"),
         text=t("groups_note"))
    st.dataframe(pd.DataFrame([line for row in entry["rows"] for line in (
        _neutral(t, row, "group"), _neutral(t, row, "others"))]),
        hide_index=True, width="stretch")
    draw('<p class="p-small">{text}</p>', text=t("groups_recall"))
    st.dataframe(pd.DataFrame([
        {t("column.group"): t(f"group.{row['groups']}.{side}"),
         **{say(f"emotion.{key}", language()): _share(r["share"], r["interval"])
            for key, r in row[side]["recall"].items()}}
        for row in entry["rows"] for side in ("group", "others") if row[side]["recall"]
    ]).fillna("–"), hide_index=True, width="stretch")


def _neutral(t: Words, row: dict[str, Any], side: str) -> dict[str, object]:
    found = row[side]["neutral"]
    scored = row.get("scored", {}).get(side, found)
    return {t("column.group"): t(f"group.{row['groups']}.{side}"), "n": found["n"],
            t("column.tense"): _share(found["tense"], found["interval"]),
            t("column.scored"): _share(scored["tense"], scored["interval"]),
            **{t(f"column.{role}"): _difference(row["difference"].get(role))
               if side == "group" else "" for role in ("tension", "positive", "calm")},
            **{say(f"score.{score}.label", language()):
               _difference(row.get("scores", {}).get(score)) if side == "group" else ""
               for score in ("confidence", "composure")}}


def _share(share: float | None, interval: list[float] | None) -> str:
    return "–" if share is None or interval is None else (
        f"{100 * share:.0f} % ({100 * max(0.0, interval[0]):.0f}–{100 * interval[1]:.0f})")


def _difference(found: dict[str, Any] | None) -> str:
    return "–" if found is None else (
        f"{found['points']:+.1f} [{found['interval'][0]:+.1f}, {found['interval'][1]:+.1f}]")
