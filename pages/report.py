"""Report: what went well, what to do next time, every second, and how it was computed."""

from dataclasses import replace

import streamlit as st

from fer_core import (
    ReportError,
    Session,
    build_report,
    explain,
    from_json,
    sample_session,
    say,
)
from pages.parts import (
    analysis,
    cards,
    coaching,
    diary,
    downloads,
    findings,
    frame,
    history,
    rating,
    replay,
    rescoring,
    said,
    seconds,
    talk,
    working,
)
from pages.parts.speech import Words, draw, drop_zone, fill, language, notice

SHOWN, SAMPLE = "poise.shown", "poise.sample"


def body(t: Words) -> None:
    fresh = st.session_state.pop(analysis.FRESH, False)
    if fresh and "sample" in st.query_params:
        del st.query_params["sample"]
    sample = "sample" in st.query_params
    kept = SAMPLE if sample else analysis.SESSION
    session = st.session_state.get(kept) or (sample_session() if sample else None)
    if session is None:
        empty(t)
        return
    shown = (session.source.sha256, session.created)
    if st.session_state.get(SHOWN) != shown:  # another session: forget the second looked at
        st.session_state[SHOWN] = shown
        st.session_state.pop(seconds.SECOND, None)
    if fresh:
        rating.expect(session)

    def keep(changed: Session, *, gone: bool = False) -> None:
        st.session_state[kept] = changed
        if not sample:
            history.remember(changed, gone=gone)

    session = coaching.styled(session, keep)

    def forget_pictures() -> None:
        if history.forget_pictures(session):
            st.session_state[kept] = replace(session, pictures={})

    def forget_words() -> None:
        if history.forget_words(session):
            st.session_state[kept] = session.without_words()

    def keep_words() -> None:
        history.keep_words(session)
        history.remember(session)

    report = build_report(session, language())
    if sample:
        banner(t)
    else:
        history.complaint()
    draw('<h1 class="p-h1">{title}</h1><p class="p-name">{subtitle}</p>'
         '<p class="p-small">{disclaimer}</p>', title=report.title, subtitle=report.subtitle,
         disclaimer=t("disclaimer"))
    if not sample and rating.asked(t, session, keep):
        return
    if report.warnings:
        bullets(t("warnings"), [w.text for w in report.warnings], "p-note warn")
    draw('<div class="p-card p-summary"><h3>{title}</h3><p>{text}</p></div>',
         title=say("report.section.summary", report.language), text=" ".join(report.summary))
    cards.scores(t, report)
    rescoring.rescoring(t, report, keep)
    rating.gap(t, report)
    if not sample:
        diary.after(session)
    findings.findings(report)
    coaching.coaching(t, report, keep)
    replay.section(t, report, lambda changed: keep(changed, gone=True))
    said.section(t, report, forget_words,
                 keep_words if history.keeping() and not history.keeps_words(session) else None)
    seconds.explorer(t, report, forget_pictures)
    findings.answers(t, report)
    talk.follow(t, report)
    talk.talk(t, report)
    if report.people:
        bullets(t("people"), report.people, "p-card")
    working.working(t, report)
    downloads.downloads(session, report.language)


def empty(t: Words) -> None:
    """No session: where to get one."""
    draw('<div class="p-empty"><h1 class="p-h1">{title}</h1><p class="p-lead">{text}</p></div>',
         title=t("empty.title"),
         text=f"{t('empty.text')} {t('empty.history') if history.keeping() else ''}")
    with st.container(key="cta", horizontal=True):
        st.page_link("pages/upload.py", label=t("to_upload"), icon=":material/movie:")
        st.page_link("pages/report.py", label=t("to_sample"), icon=":material/description:",
                     query_params={"sample": "1"})
        if history.keeping():
            st.page_link("pages/history.py", label=t("to_history"),
                         icon=":material/calendar_month:")
    with drop_zone(t):
        saved = st.file_uploader(t("open_saved"), "json", key="saved", max_upload_size=50)
    if saved is None:
        return
    try:
        st.session_state[analysis.SESSION] = from_json(saved.getvalue().decode("utf-8", "replace"))
    except ReportError as error:
        notice(explain(error, language()), "bad")
    else:
        st.rerun()


def banner(t: Words) -> None:
    """That this is the sample, and the way to one's own."""
    with st.container(key="sample", horizontal=True, vertical_alignment="center"):
        draw("<span>{text}</span>", text=t("sample_banner"))
        if st.session_state.get(analysis.SESSION):
            st.page_link("pages/report.py", label=t("to_own"), icon=":material/arrow_back:")
        else:
            st.page_link("pages/upload.py", label=t("to_upload"), icon=":material/movie:")


def bullets(title: str, lines: list[str] | tuple[str, ...], style: str) -> None:
    """A titled list in a box."""
    items = "".join(fill("<li>{line}</li>", line=line) for line in lines)
    st.html(fill('<div class="{style}"><h3>{title}</h3><ul>', style=style, title=title)
            + items + "</ul></div>")


with frame.page("report") as t:
    body(t)
