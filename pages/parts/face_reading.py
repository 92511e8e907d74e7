"""One face of a picture: what was read, what the networks looked at, what would change it."""

import streamlit as st

from fer_core import Explained, FaceRead, PhotoRead, bars_figure, explained, map_figure, say
from pages.parts.photos import Seen, reader
from pages.parts.speech import Words, draw, fill, language

STATIC = {"displayModeBar": False}


def readings(t: Words, chosen: Seen, face: FaceRead) -> None:
    """What was read, in a word, how sure it is, and by whom, as bars."""
    photo, key = chosen.photo, f"{chosen.key}_{face.number}"
    best = emotion(photo, int(face.vote.argmax()))
    draw('<h3 class="p-h3">{title}</h3><p class="p-lead"><b>{best}</b> {percent}</p>',
         title=t("face", number=face.number), best=best, percent=f"{face.vote.max():.0%}")
    notes = [t(f"note.{n}") for n in ("small", "turned") if getattr(face, n)]
    if len(set(face.members.argmax(1))) > 1:
        notes.append(t("disagree", readings=", ".join(
            f"{name} → {emotion(photo, int(row.argmax()))} {row.max():.0%}"
            for name, row in zip(photo.names, face.members, strict=True))))
    for note in notes:
        draw('<p class="p-small">{text}</p>', text=note)
    st.plotly_chart(bars_figure(photo.names, face.members, face.vote, photo.labels, language()),
                    config=STATIC, key=f"bars_{key}")


def why(t: Words, chosen: Seen, face: FaceRead) -> Explained:
    """Maps and doubts of one face, asked for when somebody looks at it."""
    if face.number not in chosen.why:
        with st.spinner(t("explaining")):
            chosen.why[face.number] = explained(reader().recogniser, face.crop, face.vote)
    return chosen.why[face.number]


def doubts(t: Words, photo: PhotoRead, face: FaceRead, reasons: Explained) -> None:
    """What would change their mind, in sentences."""
    best = emotion(photo, int(face.vote.argmax()))
    flips = [t("flips", change=t(f"change.{d.change}"), percent=f"{d.vote.max():.0%}",
               other=emotion(photo, int(d.vote.argmax()))) for d in reasons.doubts if d.flips]
    if not flips:
        most = reasons.doubts[0]
        flips = [t("steady", emotion=best)]
        if most.loss > 0.005:
            flips.append(t("most", change=t(f"change.{most.change}"),
                           before=f"{face.vote.max():.0%}",
                           after=f"{face.vote.max() - most.loss:.0%}"))
    items = "".join(fill("<li>{text}</li>", text=text) for text in flips)
    st.html(fill('<h3 class="p-h3">{title}</h3>', title=t("doubts"))
            + f'<ul class="p-doubts">{items}</ul>')


def maps(t: Words, chosen: Seen, face: FaceRead) -> None:
    """A map for each network, over what it saw."""
    reasons, best = why(t, chosen, face), emotion(chosen.photo, int(face.vote.argmax()))
    draw('<h3 class="p-h3">{title}</h3><p class="p-small">{text}</p>', title=t("maps"),
         text=t("maps_note", emotion=best))
    drawn = [(t("covering", name=name), heat, True)
             for name, heat in zip(chosen.photo.names, reasons.occlusion, strict=True)]
    drawn += [(t("attention", name=name), heat, False)
              for name, heat in reasons.attention.items()]
    for column, (title, heat, signed) in zip(st.columns(len(drawn)), drawn, strict=True):
        with column:
            draw('<p class="p-small"><b>{title}</b></p>', title=title)
            st.plotly_chart(map_figure(face.crop, heat, signed), config=STATIC,
                            key=f"map_{chosen.key}_{face.number}_{title}")


def emotion(photo: PhotoRead, index: int) -> str:
    """A class in the reader's language."""
    return say(f"emotion.{photo.labels.keys[index]}", language())
