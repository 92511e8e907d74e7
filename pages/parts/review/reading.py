"""What a machine read of a clip, for whoever handed their own card in, and no more of it than gate
and candidate allow."""

import numpy as np
import streamlit as st

from fer_core import EXPRESSIONS, Opening, Person, features_allowed, say
from pages.parts import room
from pages.parts.speech import Words, draw, fill, language, notice

AHEAD = 15.0
"""Degrees up to which a head is turned to the camera."""


def reading(t: Words, person: Person, shown: Opening, clip: str) -> None:
    """Shares of the seconds in which a face was seen; or why there is nothing to see."""
    with st.expander(t("reading.title"), icon=":material/visibility:"):
        features = room.desk().readings.features(person, clip)
        if not features:
            answer = features_allowed(shown.purpose, shown.place, "reviewer", True)[EXPRESSIONS]
            notice(t("reading.consent") if answer.allowed else answer.reason[language()])
            if not answer.allowed:
                draw('<p class="p-small">{source}</p>', source=answer.source)
            return
        found = room.desk().readings.see(person, clip)
        # Whether somebody was seen stands in every timeline, whatever else was cut from it.
        seen = None if found is None else found.timeline["coverage"] > 0
        if found is None or seen is None or not seen.any():
            notice(t("reading.none"))
            return
        line = found.timeline
        draw('<p class="p-small">{text}</p>', text=t("reading.note", seconds=int(seen.sum())))
        shares = []
        if "facing" in features and "yaw" in line.columns:
            ahead = (np.abs(line["yaw"]) <= AHEAD) & (np.abs(line["pitch"]) <= AHEAD)
            shares.append((t("reading.facing"), float(ahead[seen].mean())))
        if EXPRESSIONS in features:
            means = np.nanmean(line.probabilities[seen], axis=0)
            shares += [(say(f"emotion.{key}", language()), float(mean)) for key, mean in zip(
                line.labels.keys, means, strict=True)]
        st.html("".join(fill(
            '<div class="p-emotion"><span>{label}</span><div class="p-bar">'
            '<i style="width:{width}%"></i></div><b>{percent}%</b></div>', label=label,
            width=f"{100 * share:.1f}", percent=f"{100 * share:.0f}") for label, share in shares))
