"""The log of who did what, for an admin: looked at, verified, exported. All three are in it."""

import json

import streamlit as st

from fer_core import LOCAL, Person, Verdict, say
from pages.parts import once, room
from pages.parts.clock import local
from pages.parts.speech import Words, draw, fill, guarded, language

NOBODY = {LOCAL.id: "log.local", "system": "log.system"}
"""Who is no member: whoever sits at the computer, and what it does by itself."""
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
            who=t(NOBODY[r.who]) if r.who in NOBODY else short(r.who), action=r.action,
            did=did(r.action),
            opening=short(r.opening), thing=short(r.thing), detail=told(r.detail)) for r in rows)
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


def short(word: str) -> str:
    """A pseudonym as far as it takes to tell two apart."""
    kind, _, number = word.rpartition(":")
    return f"{kind}{':' * bool(kind)}{number[:8]}…" if len(number) == 32 else word


def told(detail: str) -> str:
    return ", ".join(f"{k} {v}" for k, v in json.loads(detail).items())
