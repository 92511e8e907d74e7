"""A round cut short: kept answer by answer, and offered to the browser that it belongs to."""

import logging
from datetime import UTC, datetime
from weakref import WeakValueDictionary

import streamlit as st

from fer_core import (
    READING,
    ROUND_HOURS,
    Interview,
    LiveAnalysis,
    Manifest,
    ModelError,
    ModelName,
    PoiseError,
    Round,
    explain,
)
from pages.parts import analysis, browser, camera, history
from pages.parts.rehearsal import Rehearsal
from pages.parts.speech import Words, draw, language, notice

log = logging.getLogger("poise.pages")

KEPT, FAILED, EARLIER = "poise.round_kept", "poise.round_failed", "poise.round_earlier"

_streams: WeakValueDictionary[str, LiveAnalysis] = WeakValueDictionary()
"""Round -> the stream that it was kept from last: it may still be writing an answer down when its
page is loaded anew."""


def keep(t: Words, rehearsal: Rehearsal) -> None:
    """Keep the round wherever an answer has ended or was written down, or a question was passed
    over; nothing where sessions are not kept either. Says why it could not be kept, if so."""
    owner, live = browser.owner(), rehearsal.live
    earlier = st.session_state.get(EARLIER)
    if live is not None and earlier is not None:
        live.hearing.learn(earlier.hearing, live.sitting.takes.ended())
    stands = (rehearsal.id, rehearsal.interview.number, len(rehearsal.answers),
              0 if live is None else len(live.hearing.written.words))
    if owner is not None and history.keeping() and st.session_state.get(KEPT) != stands:
        st.session_state[KEPT] = stands
        if live is not None:
            _streams[rehearsal.id] = live
        found = rehearsal.round()
        try:
            if found is not None:
                history.store().rounds.save(rehearsal.id, owner, found.pack())
            st.session_state.pop(FAILED, None)
        except PoiseError as error:
            log.warning("an answer could not be kept: %r", error)
            st.session_state[FAILED] = error
    failed = st.session_state.get(FAILED)
    if failed is not None:
        notice(t("round.unsaved", reason=explain(failed, language())), "warn")


def forget(number: str) -> None:
    """It has become a report, or is not wanted: delete it for good."""
    for key in (KEPT, FAILED, EARLIER):
        st.session_state.pop(key, None)
    try:
        history.store().rounds.delete(number)
    except PoiseError as error:  # it will be gone when its time is up
        log.warning("a round could not be deleted: %r", error)


def offer(t: Words) -> Rehearsal | None:
    """The round that this browser left, if any: go on with it, report it or delete it.

    Returns:
        the rehearsal to go on with, once the person wants that.
    """
    owner = browser.ask_owner()
    try:
        kept = None if owner is None else history.store().rounds.newest(owner)
    except PoiseError as error:
        log.warning("a round could not be looked for: %r", error)
        return None
    if kept is None:
        return None
    try:
        found = Round.unpack(kept.data)
    except ValueError as error:
        log.warning("a round is dropped: %r", error)
        forget(kept.id)
        return None
    fits, earlier = _same_reading(found), _streams.get(kept.id)
    if earlier is not None:
        found.kept.written.learn(earlier.hearing.written, found.kept.takes)
    with st.container(key="round"):
        draw('<h3 class="p-h3">{title}</h3><p>{text}</p>', title=t("round.title"), text=t(
            "round.about", ago=_ago(t, kept.saved), total=len(found.plan.questions),
            count=len(found.answers)))
        if not fits:
            notice(t("round.networks"), "warn")
        if earlier is not None and earlier.hearing.writing:
            _writing(t, earlier)
        elif (found.words and found.kept.heard is not None
                and found.kept.written.of(found.kept.takes) is None):
            notice(t("round.unwritten"), "warn")
        with st.container(horizontal=True):
            going_on = fits and not found.complete and st.button(
                t("round.go_on", number=Interview(found.plan, number=found.number).place[0]),
                key="round_go_on", type="primary", icon=":material/play_arrow:")
            reported = st.button(
                t("round.report"), key="round_report", icon=":material/description:",
                type="secondary" if fits and not found.complete else "primary")
            discarded = st.button(t("round.discard"), key="round_discard", type="tertiary",
                                  icon=":material/delete:")
        draw('<p class="p-small">{text}</p>', text=t(
            "round.chosen" if found.kept.pictures or found.kept.written.words
            else "round.numbers", hours=ROUND_HOURS))
    if reported:
        session = found.session()
        history.keep_words(session, found.keep_words)
        analysis.finished(session)
    if reported or discarded:
        forget(kept.id)
        st.rerun()
    if not going_on:
        return None
    # The same networks vote as before, whatever this window would have chosen.
    voters = found.settings.recogniser
    st.session_state[analysis.VOTERS] = voters.members, voters.vote
    st.session_state[EARLIER] = earlier
    return Rehearsal.resumed(found, kept.id, camera.stream(found.name, found.kept))


@st.fragment(run_every=1.0)
def _writing(t: Words, earlier: LiveAnalysis) -> None:
    """That an answer is still being written down, until it is."""
    if not earlier.hearing.writing:
        st.rerun()
    notice(t("round.writing"))


def _same_reading(found: Round) -> bool:
    """Whether the answers so far were read as the rest would be, and by the same networks."""
    try:
        manifest = Manifest.read(analysis.settings().weights)
        stanzas = manifest.choose(found.settings.recogniser.members)
    except ModelError:
        return False
    return (found.models == tuple(ModelName(s.name, s.sha256) for s in stanzas)
            and found.reading == READING
            and found.muscles == (manifest.muscles and manifest.muscles.sha256)
            # Rounds of before kept none: only what they left out would differ.
            and found.accessories in (None, manifest.accessories and manifest.accessories.sha256))


def _ago(t: Words, moment: datetime) -> str:
    minutes = round((datetime.now(UTC) - moment).total_seconds() / 60)
    if minutes < 1:
        return t("round.now")
    return (t("round.minutes", count=minutes) if minutes < 90
            else t("round.hours", count=round(minutes / 60)))
