"""Models: who votes and how, and what was measured."""

from typing import Any

import pandas as pd
import streamlit as st

from fer_core import (
    VOTES,
    Manifest,
    ModelName,
    Settings,
    calibration_figure,
    confusion_figure,
    is_stale,
    read_results,
    reliability_figure,
)
from pages.parts import analysis, architectures, frame, groups, people
from pages.parts.speech import Words, draw, language, notice

STATIC = {"displayModeBar": False}


def body(t: Words) -> None:
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    stanzas = Manifest.read(Settings().weights).models
    voters(t, [s.name for s in stanzas])
    st.page_link("pages/photo.py", label=t("try_photo"), icon=":material/photo_camera:")
    names = tuple(ModelName(s.name, s.sha256) for s in stanzas)
    measured(t, names)
    people.held(t, names)
    card(t)


def voters(t: Words, names: list[str]) -> None:
    """Choose who votes and how; kept for the session, used by every analysis from now on."""
    draw('<h2 class="p-h2">{title}</h2>', title=t("voters"))
    chosen, rule = st.session_state.get(analysis.VOTERS, ((), "average"))
    left, right = st.columns(2, gap="large")
    members = left.multiselect(t("members"), names, default=list(chosen) or names, key="members")
    vote = right.selectbox(t("vote"), list(VOTES), index=list(VOTES).index(rule), key="vote",
                           format_func=lambda v: t(f"vote_{v}"))
    if not members:
        notice(t("nobody"), "warn")
        return
    whole = len(members) == len(names)
    st.session_state[analysis.VOTERS] = ((() if whole else tuple(members)), vote)
    draw('<p class="p-small">{text}</p>', text=t("voters_note"))


def measured(t: Words, models: tuple[ModelName, ...]) -> None:
    """What ``evaluate``, ``robustness`` and ``bias`` found, from the results file alone."""
    draw('<h2 class="p-h2">{title}</h2>', title=t("measured"))
    entries = read_results(Settings().weights)
    if not entries:
        notice(t("not_measured"), "warn")
        return
    if any(is_stale(e, models) for e in entries):
        notice(t("stale"), "warn")
    entries = [e for e in entries if not is_stale(e, models)]
    evaluations = [e for e in entries if e["kind"] == "evaluation"]
    if evaluations:
        st.dataframe(pd.DataFrame([row(t, e) for e in evaluations]), hide_index=True,
                     width="stretch")
        draw('<p class="p-small">{text}</p>', text=t("leaks_note"))
        votes = [e for e in evaluations if len(e["models"]) > 1] or evaluations
        chosen = votes[st.selectbox(t("details"), range(len(votes)), key="details",
                                    format_func=lambda i: name(t, votes[i]))]
        left, right = st.columns(2, gap="large")
        with left:
            draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>',
                 title=t("calibration", ece=f"{100 * chosen['ece']:.1f}"),
                 text=t("calibration_note"))
            st.plotly_chart(calibration_figure(chosen, language()), config=STATIC)
        if chosen.get("roles"):
            with right:
                draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>',
                     title=t("reliability"), text=t("reliability_note"))
                st.plotly_chart(reliability_figure(chosen, language()), config=STATIC)
        draw('<h3 class="p-h3">{title}</h3>', title=t("confusion"))
        st.plotly_chart(confusion_figure(chosen, language()), config=STATIC)
    for entry in (e for e in entries if e["kind"] == "robustness"):
        draw('<h3 class="p-h3">{title}</h3>', title=t("robustness", data=name(t, entry)))
        st.dataframe(pd.DataFrame([
            {t("column.picture"): t(f"spoilt.{key}"), t("column.accuracy"): _percent(r["accuracy"]),
             t("column.drop"): f"{r['drop']:.1f}", "n": r["n"]}
            for key, r in entry["table"].items()]), hide_index=True, width="stretch")
    architectures.table(t, [e for e in entries if e["kind"] == "comparison"])
    for entry in (e for e in entries if e["kind"] == "bias"):
        groups.everybody(t, entry)


def row(t: Words, entry: dict[str, Any]) -> dict[str, object]:
    low, high = entry["interval"]
    return {t("column.networks"): " + ".join(m["name"] for m in entry["models"]),
            t("column.data"): f"{entry['data']} · {entry['labels']}", "n": entry["n"],
            t("column.accuracy"): (f"{_percent(entry['accuracy'])} "
                                   f"({_percent(low)}–{_percent(high)})"),
            t("column.balanced"): _percent(entry.get("balanced_accuracy")),
            t("column.clean"): _percent(entry["without_leaks"]["accuracy"]),
            t("column.majority"): _percent(entry.get("majority", {}).get("accuracy")),
            t("column.f1"): f"{entry['macro_f1_basic']:.2f}",
            t("column.ece"): f"{100 * entry['ece']:.1f}", t("column.date"): entry["date"]}


def name(t: Words, entry: dict[str, Any]) -> str:
    return (f"{' + '.join(m['name'] for m in entry['models'])} · {entry['data']} · "
            f"{entry['labels']}")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def card(t: Words) -> None:
    path = Settings().weights / "MODEL_CARD.md"
    if path.is_file():
        with st.expander(t("card")):
            st.markdown(path.read_text("utf-8"))


with frame.page("models") as t:
    body(t)
