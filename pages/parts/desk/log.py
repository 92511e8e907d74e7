"""The log of who did what, for an admin: looked at, verified, exported. All three are in it."""

import json
import re

import streamlit as st

from fer_core import LOCAL, SYSTEM, Person, Verdict, feature_name, say
from pages.parts import once, room
from pages.parts.clock import local
from pages.parts.speech import Words, draw, fill, guarded, language

NOBODY = {LOCAL.id: "log.local", SYSTEM.id: "log.system"}
"""Who is no member: whoever sits at the computer, and what it does by itself."""
SETS = {"decision": "review.decision", "kind": "desk.objection", "roles": "desk.role"}
"""A detail whose values are of a fixed set -> where the pages say each of them."""
VERDICT = "verdict"
COLUMNS = ("line", "time", "who", "action", "opening", "thing", "detail")


def log(t: Words, person: Person) -> None:
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>', title=t("log.title"),
         text=t("log.text"))
    with st.container(horizontal=True):
        if st.button(t("log.verify"), key="log_verify", icon=":material/verified_user:"):
            with guarded():
                once.tell(VERDICT, room.desk().log.verify(person))
        st.download_button(t("log.export"), lambda: room.desk().log.export(person),
                           "poise-log.csv", "text/csv", key="log_export", on_click="ignore",
                           icon=":material/table:")
    found = once.told(VERDICT)
    if isinstance(found, Verdict):
        verdict(found)
        once.close(VERDICT)
    with guarded():
        rows = room.desk().log.newest(person)
        if not rows:
            draw('<div class="p-empty"><p class="p-lead">{text}</p></div>', text=t("log.empty"))
            return
        head = "".join(fill('<th scope="col">{name}</th>', name=t(f"log.{c}")) for c in COLUMNS)
        body = "".join(fill(
            '<tr><td>{line}</td><td>{time}</td><td>{who}</td><td title="{action}">{did}</td>'
            "<td>{opening}</td><td>{thing}</td><td>{detail}</td></tr>", line=r.line,
            time=local(r.time).strftime("%m-%d %H:%M:%S"),
            who=t(NOBODY[r.who]) if r.who in NOBODY else short(t, r.who), action=r.action,
            did=did(r.action), opening=short(t, r.opening), thing=short(t, r.thing),
            detail="; ".join(told(*one) for one in json.loads(r.detail).items())) for r in rows)
        st.html(f'<div class="p-scroll" tabindex="0"><table class="p-table p-log"><thead><tr>{head}'
                f"</tr></thead><tbody>{body}</tbody></table></div>")


def verdict(found: Verdict) -> None:
    """Of the chain, gone through line by line."""
    lines = [say(f"desk.audit.{f.kind}", language(), line=f.line) for f in found.faults]
    lines.append(say(f"desk.audit.{'broken' if lines else 'intact'}", language(),
                     lines=found.lines, mark=found.mark))
    st.html(fill('<div class="p-note {kind}" role="status">',
                 kind="bad" if found.faults else "good")
            + "".join(fill('<p class="p-plain">{line}</p>', line=line) for line in lines)
            + "</div>")


def did(action: str) -> str:
    """An action in words; as the log has it where it is of another version."""
    try:
        return say(f"desk.action.{action}", language())
    except KeyError:
        return action


def short(t: Words, word: str) -> str:
    """A pseudonym as far as it takes to tell two apart."""
    kind, _, number = word.rpartition(":")
    if word == "candidate:gone":
        return t("log.gone")
    if len(number) != 32 or kind not in ("", "candidate", "clip"):
        return word
    return t(f"log.{kind}", number=number[:8]) if kind else f"{number[:8]}…"


def told(key: str, value: str | int | bool | None) -> str:
    """A detail in words; as the log has it where it is of another version."""
    spoken = language()
    try:
        if isinstance(value, str) and (".." in value or key == "observed"):
            return f"{say(f'desk.detail.{key}', spoken)}: {changed(value)}"
        return say(f"desk.detail.{'not_' if value is False else ''}{key}", spoken,
                   value=worded(key, value))
    except KeyError:
        pass
    try:
        return feature_name(key, spoken, team=True)
    except KeyError:
        return f"{key} {value}"


def changed(value: str) -> str:
    """What a setting was and is; of what is observed, what came and what went."""
    spoken = language()
    if ".." in value:
        return " → ".join(one if one.isdecimal() else say(f"desk.detail.value.{one}", spoken)
                          for one in value.split("..", 1))
    return ", ".join(say(f"desk.detail.{'came' if sign == '+' else 'went'}", spoken,
                         what=feature_name(one, spoken, team=True))
                     for sign, one in re.findall(r"([+-])(\w+)", value))


def worded(key: str, value: str | int | bool | None) -> object:
    """The value of a detail as people read it.

    Raises:
        KeyError: it is of no set that is known.
    """
    if key in SETS:
        return ", ".join(say(f"page.{SETS[key]}.{one}", language())
                         for one in str(value).split("+"))
    if key == "share":
        return str(value)[:8]
    if isinstance(value, int):
        # Questions are counted from 1 where people read of them.
        return {"question": value + 1, "bytes": f"{value / 1e6:.1f}"}.get(key, value)
    return value
