"""Other architectures beside the networks that vote: what each costs and how far it got."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.speech import Words, draw


def table(t: Words, entries: list[dict[str, Any]]) -> None:
    """What ``compare --save`` found; nothing where it was not run."""
    rows = [row(t, r) for entry in entries for r in entry["rows"]]
    if not rows:
        return
    draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>',
         title=t("architectures", data=f"{entries[0]['data']} · {entries[0]['labels']}"),
         text=t("architectures_note"))
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def row(t: Words, found: dict[str, Any]) -> dict[str, object]:
    low, high = (100 * edge for edge in found["interval"])
    done, seconds = found["done"], found["seconds"]
    return {t("column.networks"): found["strategy"],
            t("column.training"): t("training_whole") if done == 1 else t(
                "training_unfinished", share=f"{100 * done:.0f}"),
            t("column.pictures"): _or_dash(found["pictures"], "{:,}"),
            t("column.minutes"): _or_dash(None if seconds is None else seconds / 60, "{:.0f}"),
            t("column.parameters"): f"{found['parameters']:.1f}",
            t("column.megabytes"): _or_dash(found["megabytes"], "{:.1f}"),
            t("column.milliseconds"): _or_dash(found["milliseconds"], "{:.1f}"),
            t("column.accuracy"): f"{100 * found['accuracy']:.1f} % ({low:.1f}–{high:.1f} %)",
            t("column.f1"): f"{found['macro_f1']:.2f}", "n": found["n"]}


def _or_dash(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
