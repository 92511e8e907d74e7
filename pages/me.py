"""Profile: who somebody is to Poise, and the plan that follows from it."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from fer_core import EXPERIENCES, LANGUAGES, Profile, field_of, job_fields, say
from pages.parts import faces, frame, history, profiles
from pages.parts.clock import today
from pages.parts.speech import LANGUAGE, Words, draw, language, notice, words

SAVED = "poise.profile_saved"


def body(t: Words) -> None:
    who = profiles.person()
    assert who is not None  # the frame lets nobody else in
    store = history.store()
    profile = store.profiles.load(who) or Profile()
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    if st.session_state.pop(SAVED, False):
        notice(t("saved"), "good")
    left, right = st.columns([3, 2], gap="large")
    with left:
        changed = form(t, profile)
    if changed is not None:
        store.profiles.save(who, changed)
        if changed.language is not None and changed.language != profile.language:
            st.session_state[LANGUAGE] = st.query_params["lang"] = changed.language
        st.session_state[SAVED] = True
        st.rerun()
    with right:
        profiles.card(profile, profiles.plan(profile))
        st.page_link("pages/practice.py", label=t("to_practice"), icon=":material/videocam:")
        if (traits := faces.own()) is not None:
            st.html(f'<div class="p-mine">{faces.drawn("content", "", traits)}</div>')
        st.page_link("pages/emoticon.py", icon=":material/add_reaction:",
                     label=t("emoticon" if traits is None else "emoticon_change"))
    if profile != Profile():
        forget(t, who)


def form(t: Words, profile: Profile) -> Profile | None:
    """The profile as it is told now, once it is to be kept."""
    with st.form("profile", border=False, enter_to_submit=False):
        name = st.text_input(t("name"), profile.name, key="profile_name", max_chars=60,
                             placeholder=t("name_hint"))
        job = st.text_input(t("job"), profile.job, key="profile_job", max_chars=120,
                            placeholder=t("job_hint"))
        named = {code: words("practice")(f"sets.{code}") for code in job_fields()}
        fields = {"": t("field_auto", name=named.get(field_of(profile.job), t("field_none"))),
                  **named}
        field = st.selectbox(
            t("field"), list(fields), list(fields).index(
                profile.field if profile.field in fields else ""), help=t("field_help"),
            key=f"profile_field_{field_of(profile.job)}", format_func=fields.__getitem__)
        experience = st.segmented_control(
            t("experience"), EXPERIENCES[1:], default=profile.experience or None,
            key="profile_experience", format_func=lambda code: t(f"experience_{code}"))
        strengths = st.text_area(t("strengths"), "\n".join(profile.strengths), height=110,
                                 key="profile_strengths", max_chars=1000,
                                 placeholder=t("strengths_hint"))
        day = st.date_input(t("interview"), profile.interview, key="profile_interview",
                            min_value=min(today(), profile.interview or today()),
                            max_value=today() + timedelta(days=730), format="YYYY-MM-DD",
                            help=t("interview_help"))
        one, two = st.columns(2)
        spoken = one.segmented_control(
            t("language"), LANGUAGES, default=profile.language, key="profile_language",
            format_func=lambda code: say(f"page.frame.language_{code}", language()))
        tone = two.segmented_control(
            t("tone"), profiles.TONES, default=profile.tone, required=True, key="profile_tone",
            format_func=lambda code: t(f"tone_{code}"))
        draw('<p class="p-small">{text}</p>', text=t("private"))
        if not st.form_submit_button(t("save"), type="primary", icon=":material/check:",
                                     key="profile_save"):
            return None
    return replace(profile, name=name, job=job, field=field, experience=experience or "",
                   strengths=tuple(strengths.splitlines()), interview=day, language=spoken,
                   tone=tone or "polite")


def forget(t: Words, who: str) -> None:
    """Delete it for good."""
    with st.expander(t("delete_title")):
        sure = st.checkbox(t("delete_sure"), key="profile_sure")
        if st.button(t("delete"), key="profile_delete", disabled=not sure,
                     icon=":material/delete_forever:"):
            history.store().profiles.delete(who)
            for key in [k for k in st.session_state if str(k).startswith("profile_")]:
                del st.session_state[key]
            st.rerun()


with frame.page("profile") as t:
    body(t)
