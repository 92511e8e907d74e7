"""The team: who is of it, and as what. For an admin."""

import streamlit as st

from fer_core import TEAM, Member, Person
from pages.parts import room
from pages.parts.speech import Words, draw, guarded


def team(t: Words, person: Person) -> None:
    found = room.desk().openings.members(person)
    draw('<h2 class="p-h2">{title}</h2><p class="p-small">{text}</p>',
         title=t("team.title", count=len(found)),
         text=t("team.text" if room.team() else "team.alone"))
    for one in found:
        with st.expander(f"{one.name} · " + ", ".join(t(f"role.{r}") for r in sorted(one.roles))):
            form(t, person, one)
    with st.expander(t("team.add"), icon=":material/person_add:", expanded=not found):
        form(t, person, None)


def form(t: Words, person: Person, one: Member | None) -> None:
    """Somebody's name and roles; whoever is new also needs what their sign-in calls them."""
    key = one.id if one else "new"
    with st.form(f"member_{key}", border=False, clear_on_submit=one is None), guarded():
        subject = one.subject if one else st.text_input(
            t("team.subject"), key="member_subject", help=t("team.subject_help"))
        if one:
            draw('<p class="p-small">{text}</p>', text=subject)
        name = st.text_input(t("team.name"), one.name if one else "", key=f"member_name_{key}")
        roles = st.multiselect(t("team.roles"), TEAM, sorted(one.roles) if one else ["reviewer"],
                               key=f"member_roles_{key}", format_func=lambda r: t(f"role.{r}"),
                               placeholder=t("team.roles_none"))
        if st.form_submit_button(t("team.save"), type="primary" if not one else "secondary",
                                 key=f"member_save_{key}"):
            room.desk().openings.add_member(person, subject, name, roles)
            st.rerun()
    if one and one.id != person.id and st.button(t("team.remove"), key=f"member_gone_{key}",
                                                 icon=":material/person_remove:"):
        room.desk().openings.remove_member(person, one.id)
        st.rerun()
