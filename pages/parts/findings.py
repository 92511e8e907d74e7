"""What went best and what to practise first, and every question on its own."""

import streamlit as st

from fer_core import AnswerRow, MixRow, Report, ScoreCard, say
from pages.parts.seconds import look
from pages.parts.speech import Words, draw, fill

TABS = 6
"""Questions up to which each has a tab; more are chosen from a list."""


def findings(report: Report) -> None:
    """The two strongest beside the two weakest; nothing where there are no scores."""
    sides = [(kind, found) for kind, found in
             (("strengths", report.strengths), ("weaknesses", report.weaknesses)) if found]
    if not sides:
        return
    for column, (kind, found) in zip(st.columns(len(sides)), sides, strict=True):
        with column, st.container(key=f"findings_{kind}"):
            draw('<h3 class="p-h3">{title}</h3>',
                 title=say(f"report.section.{kind}", report.language))
            for i, one in enumerate(found):
                st.button(f"**{one.label}** · {round(one.value)}  \n{one.text}",
                          key=f"{kind}_{i}", width="stretch", on_click=look,
                          args=(int(one.start),))


def answers(t: Words, report: Report) -> None:
    """Question by question; nothing for a clip without questions."""
    if not report.answers:
        return
    draw('<h2 class="p-h2">{title}</h2>', title=say("report.section.answers", report.language))
    names = [say("plot.question", report.language, number=a.name) for a in report.answers]
    with st.container(key="answers"):
        if len(names) <= TABS:
            for tab, row in zip(st.tabs(names), report.answers, strict=True):
                with tab:
                    _answer(t, row)
            return
        chosen = st.selectbox(t("answer.choose"), range(len(names)), key="answer",
                              format_func=lambda i: f"{names[i]} · {report.answers[i].text}")
        _answer(t, report.answers[chosen])


def _answer(t: Words, row: AnswerRow) -> None:
    draw('<h3 class="p-h3">{text}</h3><p class="p-small">{clock}</p>', text=row.text,
         clock=row.clock)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        reasons = {c.reason for c in row.cards}
        if len(reasons) == 1 and None not in reasons:
            draw('<p class="p-small">{reason}</p>', reason=reasons.pop())
        else:
            st.html("".join(_score(t, card) for card in row.cards))
    with right:
        if row.mix:
            st.html(_mix(t, row.mix))
        st.html(fill('<dl class="p-told"><dt>{first}</dt><dd>{a}</dd><dt>{recovery}</dt>'
                     "<dd>{b}</dd></dl>", first=t("answer.first"), a=row.first,
                     recovery=t("answer.recovery"), b=row.recovery))
        with st.container(horizontal=True, key=f"ends_{row.number}"):
            for kind, one in (("best", row.best), ("worst", row.worst)):
                if one is not None:
                    st.button(t(f"answer.{kind}", clock=one.clock, value=round(one.value),
                                text=one.text), key=f"{kind}_{row.number}", on_click=look,
                              args=(one.second,), icon=":material/schedule:")


def _score(t: Words, card: ScoreCard) -> str:
    if card.value is None or card.low is None or card.high is None:
        return fill('<div class="p-line"><b>{label}</b><span>{reason}</span></div>',
                    label=card.label, reason=card.reason)
    low, high = round(card.low), round(card.high)
    return fill('<div class="p-line"><b>{label}</b><span><strong>{value}</strong> {interval}'
                '</span><div class="p-range"><i style="left:{low}%;width:{width}%"></i>'
                '<em style="left:{value}%"></em></div></div>', label=card.label,
                value=round(card.value), interval=t("interval", low=low, high=high), low=low,
                width=max(high - low, 1))


def _mix(t: Words, mix: tuple[MixRow, ...]) -> str:
    bars = "".join(fill('<i style="width:{width}%;background:{colour}"></i>',
                        width=f"{100 * m.share:.1f}", colour=m.colour) for m in mix)
    told = " · ".join(f"{m.label} {100 * m.share:.0f}%" for m in mix if m.share >= 0.01)
    return (fill('<div class="p-mix" role="img" aria-label="{told}"><b>{title}</b><div>',
                 told=told, title=t("answer.mix")) + bars
            + fill("</div><p>{told}</p></div>", told=told))
