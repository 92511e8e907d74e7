"""What a machine read of a clip, for whoever handed their own card in, and no more of it than gate
and candidate allow."""

import numpy as np
import streamlit as st

from fer_core import EXPRESSIONS, Observed, Opening, Person, Shown, features_allowed, say
from pages.parts import room
from pages.parts.speech import Words, draw, fill, language, notice

AHEAD = 15.0
"""Degrees up to which a head is turned to the camera."""


def reading(t: Words, person: Person, shown: Opening, clip: str) -> None:
    """Shares of the seconds in which a face was seen; or why there is nothing to see."""
    with st.expander(t("reading.title"), icon=":material/visibility:"):
        desk = room.desk()
        features = desk.readings.features(person, clip)
        if not features:
            answer = features_allowed(shown.purpose, shown.place, "reviewer", True)[EXPRESSIONS]
            notice(t("reading.consent") if answer.allowed else answer.reason[language()])
            if not answer.allowed:
                draw('<p class="p-small">{source}</p>', source=answer.source[language()])
            return
        # In this order: the log tells of the first look, and with a reading also of what.
        read = desk.readings.see(person, clip)
        found = desk.observations.see(person, clip)
        if facing(found) is not None:
            features -= {"facing"}
        seen = networks(t, read, features) + observed(t, found)
        if not seen:
            notice(t("reading.none"))
        st.html("".join(seen))


def networks(t: Words, found: Shown | None, features: frozenset[str]) -> list[str]:
    """What the networks read, as markup; of the seconds in which somebody was seen."""
    # Whether somebody was seen stands in every timeline, whatever else was cut from it.
    seen = None if found is None else found.timeline["coverage"] > 0
    if found is None or seen is None or not seen.any():
        return []
    line = found.timeline
    shares = []
    if "facing" in features and "yaw" in line.columns:
        ahead = (np.abs(line["yaw"]) <= AHEAD) & (np.abs(line["pitch"]) <= AHEAD)
        shares.append((t("reading.facing"), float(ahead[seen].mean())))
    if EXPRESSIONS in features:
        means = np.nanmean(line.probabilities[seen], axis=0)
        shares += [(say(f"emotion.{key}", language()), float(mean)) for key, mean in zip(
            line.labels.keys, means, strict=True)]
    note = fill('<p class="p-small">{text}</p>', text=t("reading.note", seconds=int(seen.sum())))
    return [note, *(bar(label, share) for label, share in shares)] if shares else []


def observed(t: Words, found: Observed | None) -> list[str]:
    """What was observed without them."""
    if found is None:
        return []
    lines = []
    if (share := facing(found)) is not None:
        lines.append(bar(t("reading.facing"), share))
    if found.pace is not None and not np.isnan(found.pace):
        lines.append(fill("<p>{text}</p>", text=t("reading.pace", pace=f"{found.pace:.1f}")))
    if found.pauses is not None:
        longest = max((end - start for start, end in found.pauses), default=0.0)
        lines.append(fill("<p>{text}</p>", text=t(
            "reading.pauses", count=len(found.pauses), longest=f"{longest:.1f}")))
    note = fill('<p class="p-small">{text}</p>', text=t("reading.observed"))
    return [note, *lines] if lines else []


def facing(found: Observed | None) -> float | None:
    """The observed share, which is shown rather than what the networks read."""
    share = None if found is None else found.facing
    return None if share is None or np.isnan(share) else share


def bar(label: str, share: float) -> str:
    return fill('<div class="p-emotion"><span>{label}</span><div class="p-bar">'
                '<i style="width:{width}%"></i></div><b>{percent}%</b></div>', label=label,
                width=f"{100 * share:.1f}", percent=f"{100 * share:.0f}")
