"""What was held against people: scores against ratings, weights against judges."""

from typing import Any

import pandas as pd
import streamlit as st

from fer_core import ModelName, Settings, is_stale, read_validation, say
from pages.parts.speech import Words, draw, language, notice

MAIN = ("RecommendHiring", "Overall", "Engaged", "Focused", "Calm")
"""Ratings of an interview that a score leans on."""


def held(t: Words, models: tuple[ModelName, ...]) -> None:
    """Every score beside what people said, and how far people agree among themselves."""
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("people"),
         text=t("people_note"))
    entries = read_validation(Settings().weights)
    current = [e for e in entries if not is_stale({"models": e.get("models", [])}, models)]
    if not current:
        notice(t("people_none"), "warn")
        return
    for entry in current:
        (_clips if entry["kind"] == "clips" else _judges)(t, entry)
        draw('<p class="p-small">{text}</p>', text=entry["source"])


def _clips(t: Words, entry: dict[str, Any]) -> None:
    draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>',
         title=t("people_clips", n=entry["n"], people=entry["people"]),
         text=t("people_clips_note", version=entry["version"]))
    ratings = list(dict.fromkeys(r for s in entry["scores"].values() for r in s["ratings"]))
    rows = [{t("column.score"): say(f"score.{name}.label", language()),
             t("column.middle"): _middle(row["middle"]),
             **{say(f"rating.{r}", language()): _r(row["ratings"].get(r)) for r in ratings}}
            for name, row in entry["scores"].items()]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    missing = [say(f"score.{n}.label", language()) for n in entry["scores"]
               if n not in entry["held"]]
    if missing:
        draw('<p class="p-small">{text}</p>', text=t("people_without", labels=", ".join(missing)))


def _judges(t: Words, entry: dict[str, Any]) -> None:
    draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>',
         title=t("people_judges", n=entry["n"], people=entry["people"]),
         text=t("people_judges_note"))
    rows = []
    for name in MAIN:
        fit = next(f for f in entry["fits"] if f["target"] == name)
        panel = entry["ratings"][name]
        rows.append({
            t("column.rating"): say(f"rating.{name}", language()), t("column.foretold"): _r(fit),
            **{t("column.share", name=say(f"rating.{i}", language())): _share(w)
               for i, w in fit["weights"].items()},
            t("column.one"): f"{panel['one']:.2f}",
            t("column.panel"): f"{panel['reliability']:.2f}"})
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if "delivery" in entry:
        _voice(t, entry)


def _voice(t: Words, entry: dict[str, Any]) -> None:
    """How far what a microphone hears, and face and voice together, agree with the judges."""
    draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>', title=t("people_voice"),
         text=t("people_voice_note", n=entry["n"], r=f"{entry['delivery']['overall']['r']:.2f}",
                weights=", ".join(f"{say(f'part.{part}.label', language())} {100 * weight:.0f} %"
                                  for part, weight in entry["weights"].items())))
    names = [name.capitalize() for name in entry["delivery"]]
    st.dataframe(pd.DataFrame([
        {t("column.foretold_by"): t(f"voice.{title}"),
         **{say(f"rating.{name}", language()): _between(entry[title][name.lower()])
            for name in names}} for title in ("delivery", "without_words", "with_face")]
        + [{t("column.foretold_by"): t("voice.one"),
            **{say(f"rating.{name}", language()): f"{entry['ratings'][name]['one']:+.2f}"
               for name in names}}]), hide_index=True, width="stretch")


def _between(row: dict[str, float]) -> str:
    return f"{row['r']:+.2f} [{row['low']:+.2f}, {row['high']:+.2f}]"


def _r(row: dict[str, Any] | None) -> str:
    if not row or row["r"] is None:
        return "–"
    return f"{row['r']:+.2f} [{row['interval'][0]:+.2f}, {row['interval'][1]:+.2f}]"


def _share(row: dict[str, Any]) -> str:
    return "–" if row["r"] is None else f"{100 * row['r']:.0f} %"


def _middle(values: list[float] | None) -> str:
    return "–" if values is None else f"{values[0]:.0f}–{values[2]:.0f}"
