"""Practice: choose the questions, check the camera, answer, read the report."""

import random
from typing import TypeVar

import streamlit as st

from fer_core import ModelError, Plan, choose_questions, explain, own_questions
from pages.parts import analysis, camera, clock, diary, follow_up, frame, profiles, rounds
from pages.parts.camera_step import PROBE, camera_allowed, checks
from pages.parts.interview_step import feedback, questions, recorded
from pages.parts.rehearsal import Rehearsal
from pages.parts.speech import Words, draw, language, notice

REHEARSAL, STEP, NOTHING = "poise.rehearsal", "poise.practice_step", "poise.practice_nothing"
CHOICES = "poise.practice_choices"
Value = TypeVar("Value")


def body(t: Words) -> None:
    if st.session_state.get(analysis.FRESH):
        st.session_state.pop(STEP, None)
        analysis.onward()
        return
    if analysis.running() is not None:
        draw('<h1 class="p-h1">{title}</h1>', title=t("progress_title"))
        analysis.panel()
        return
    rehearsal = st.session_state.get(REHEARSAL)
    step = st.session_state.get(STEP, "setup")
    if rehearsal is None or step == "setup":
        setup(t)
    else:
        stage(t, rehearsal, step)


def stage(t: Words, rehearsal: Rehearsal, step: str) -> None:
    """Camera on the left, the step on the right. Both steps draw the camera at the same place
    of the page: elsewhere, the browser would connect it anew."""
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t(f"{step}_title"),
         lead=t(f"{step}_lead"))
    with st.container(key="asking"):
        if step == "camera" and not camera_allowed(t, rehearsal):
            return
    left, right = st.columns(2, gap="large")
    with left, st.container(key="camera"):
        if rehearsal.live is None:
            recorded(t, rehearsal)
        else:
            # Another attempt is another stream: a lost connection does not come back by itself.
            camera.show(rehearsal.live, f"practice_camera_{st.session_state.get(PROBE, 1)}")
    with left:
        if step == "run" and rehearsal.live is not None and (
                rehearsal.feedback or (rehearsal.hears and rehearsal.hints)):
            feedback(rehearsal, rehearsal.live)
    with right:
        (checks if step == "camera" else questions)(rehearsal)


def setup(t: Words) -> None:
    """What is asked, how long, and what the person wants to see meanwhile."""
    draw('<h1 class="p-h1">{title}</h1><p class="p-lead">{lead}</p>', title=t("title"),
         lead=t("lead"))
    failure = analysis.failure()
    if failure is not None:
        notice(explain(failure, language()), "bad")
    if st.session_state.pop(NOTHING, False):
        notice(t("nothing"), "warn")
    try:  # the networks load while the person chooses
        live = camera.stream(t("session_name", date=f"{clock.now():%Y-%m-%d %H:%M}"))
    except ModelError as error:
        notice(explain(error, language()), "bad")
        return
    resumed = rounds.offer(t)
    analysis.find()
    if analysis.running() is not None:  # a round that the browser recorded
        st.rerun()
    if resumed is not None:
        to_camera(resumed)
    profile = profiles.mine()
    plan = profiles.plan(profile)
    sets = (*profiles.sets(profile), "own")
    kept = st.session_state.setdefault(CHOICES, {"set": profiles.due(profile, plan)})

    def keep(name: str, value: Value) -> Value:
        kept[name] = value
        return value

    left, right = st.columns([3, 2], gap="large")
    with left:
        chosen = keep("set", st.selectbox(
            t("set"), sets, sets.index(kept.get("set", sets[0])), key="set",
            format_func=lambda name: t(f"sets.{name}")))
        if chosen == "own":
            own = own_questions(keep("own", st.text_area(
                t("own"), kept.get("own", ""), key="own", placeholder=t("own_hint"), height=150)))
            st.caption(t("own_count", count=len(own)))
        else:
            own = ()
            count = keep("count", st.slider(t("count"), 1, 12, kept.get("count", 3), key="count"))
            draw('<p class="p-small">{about}</p>', about=t(f"about.{chosen}"))
        profiles.reminder(profile, plan)
        one, two = st.columns(2)
        preparation = keep("preparation", one.select_slider(
            t("preparation"), (0, 5, 10, 20, 30, 60), kept.get("preparation", 10),
            format_func=lambda s: t("seconds", count=s), key="preparation"))
        answer = keep("answer", two.select_slider(
            t("answer"), (15, 30, 45, 60, 90, 120, 180), kept.get("answer", 60),
            format_func=lambda s: t("seconds", count=s), key="answer"))
        follow, model, model_said = follow_up.choices(t, keep, kept, analysis.listener().writes)
        diary.before()
    with right, st.container(key="options"):
        speak = keep("speak", st.toggle(t("speak"), kept.get("speak", True), key="speak",
                                        help=t("speak_help")))
        feedback = keep("feedback", st.toggle(t("feedback"), kept.get("feedback", True),
                                              key="feedback", help=t("feedback_help")))
        sound = keep("sound", st.toggle(t("sound"), kept.get("sound", True), key="sound",
                                        help=t("sound_help")))
        said = sound and analysis.listener().writes and keep("words", st.toggle(
            t("words"), kept.get("words", True), key="words", help=t("words_help")))
        keep_words = bool(said) and keep("keep_words", st.toggle(
            t("keep_words"), kept.get("keep_words", False), key="keep_words",
            help=t("keep_words_help")))
        hints = sound and keep("hints", st.toggle(t("hints"), kept.get("hints", True),
                                                  key="hints", help=t("hints_help")))
        emoticon = keep("emoticon", st.toggle(t("emoticon"), kept.get("emoticon", False),
                                              key="emoticon", help=t("emoticon_help")))
        mirror = keep("mirror", st.toggle(t("mirror"), kept.get("mirror", False),
                                          key="mirror", help=t("mirror_help")))
        save = keep("save", st.toggle(t("save"), kept.get("save", False), key="save",
                                      help=t("save_help")))
        pictures = keep("pictures", st.toggle(t("pictures"), kept.get("pictures", False),
                                              key="pictures", help=t("pictures_help")))
        draw('<p class="p-small">{heard} {text}</p>',
             heard=t("words_kept" if keep_words else "words_on" if said
                     else "sound_on" if sound else "sound_off"),
             text=t("save_on" if save else "pictures_on" if pictures else "save_off"))
    if st.button(t("to_camera"), type="primary", key="to_camera", icon=":material/videocam:",
                 disabled=chosen == "own" and not own):
        asked = own or choose_questions(chosen, count, random.randrange(1 << 30))
        live.rewind(0)
        live.sitting.pictures = pictures
        to_camera(Rehearsal(
            live.name, Plan(tuple(asked), preparation, answer, follow > 0), speak, feedback,
            save, pictures, live, sound=sound,
            style="emoticon" if emoticon else "mirror" if mirror else "box" if feedback
            else "none",
            words=said, keep_words=keep_words, hints=hints, follow=follow, model=model,
            model_said=model_said))
    draw('<p class="p-small">{text}</p>', text=t("local"))


def to_camera(rehearsal: Rehearsal) -> None:
    """On to the camera's check."""
    if rehearsal.live is not None:
        rehearsal.live.draw = camera.overlay(rehearsal.style)
    st.session_state[REHEARSAL], st.session_state[STEP] = rehearsal, "camera"
    st.session_state.pop(PROBE, None)
    st.rerun()


with frame.page("practice") as t:
    body(t)
