"""How the scores went: from session to session, and two sessions side by side."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from fer_core import (
    SUMS,
    Change,
    Entry,
    Store,
    changes,
    differing,
    gap,
    gap_changes,
    say,
    spread,
    sums,
    trend_figure,
)
from pages.parts.cards import reading
from pages.parts.clock import zone
from pages.parts.rating import RATED
from pages.parts.rescoring import rescoring_both
from pages.parts.speech import Words, draw, fill, language


def trend(t: Words, store: Store, entries: Sequence[Entry]) -> None:
    """Each score from session to session, and whether the last step is a real one."""
    if len(entries) < 2:
        return
    draw('<h2 class="p-h2">{title}</h2>', title=t("trend"))
    st.plotly_chart(trend_figure(entries, language(), zone()), key="trend",
                    config={"displayModeBar": False})
    found, other = _steps(t, entries, entries[1], entries[0])
    lines = [*_told(t, found), *filter(None, [other]), *_gap_steps(t, entries)]
    st.html("<ul class='p-facts'>" + "".join(fill("<li>{line}</li>", line=x) for x in lines)
            + "</ul>")
    rescoring_both(t, store, entries[1], entries[0], "trend")


def _steps(t: Words, entries: Sequence[Entry], before: Entry, after: Entry
           ) -> tuple[dict[str, Change | None], str]:
    """From one session to another: score -> its change, None for those that are not on one scale;
    and why they are not, in words."""
    labels = {name: say(f"score.{name}.label", language()) for name in before.scores}
    why: dict[tuple[str, ...], list[str]] = {}
    for name, score in before.scores.items():
        other = differing(before.basis, after.basis, name)
        if other and name in after.scores and None not in (score.value, after.scores[name].value):
            why.setdefault(other, []).append(name)
    apart = [name for names in why.values() for name in names]
    found = changes({n: s for n, s in before.scores.items() if n not in apart}, after.scores,
                    _spreads(entries, after))
    told = " ".join(
        t("change.apart" if found or len(why) > 1 else "change.other",
          labels=", ".join(labels[name] for name in names),
          what=", ".join(t(f"change.basis.{place}") for place in other))
        for other, names in why.items())
    return {c.name: c for c in found} | dict.fromkeys(apart), told


def _spreads(entries: Sequence[Entry], like: Entry) -> dict[str, float]:
    """How much the person's sessions on one scale with this one differ anyway, score by score."""
    return {name: spread([e.scores[name] for e in reversed(entries) if name in e.scores
                          and not differing(e.basis, like.basis, name)])
            for name in like.scores}


def _told(t: Words, found: Mapping[str, Change | None]) -> list[str]:
    """A sentence for each real change, and one for all others."""
    def step(change: Change) -> str:
        return t("change.step", label=say(f"score.{change.name}.label", language()),
                 before=f"{change.before:.0f}", after=f"{change.after:.0f}",
                 least=f"{change.least:.0f}")

    known = [c for c in found.values() if c is not None]
    same = ", ".join(step(c) for c in known if not c.real)
    return [*(f"{step(c)}. {_verdict(t, c)}" for c in known if c.real),
            *([f"{same}. {t('change.same')}"] if same else [])]


def _verdict(t: Words, change: Change) -> str:
    if not change.real:
        return t("change.same_one", least=f"{change.least:.0f}")
    return t("change.up" if change.delta > 0 else "change.down", sure=change.sure)


def _gap_steps(t: Words, entries: Sequence[Entry]) -> list[str]:
    """Whether the own ratings come closer to the measured scores, first to last."""
    rated = [[g for e in reversed(entries)
              if not differing(e.basis, entries[0].basis, name)
              for g in (gap(e.own.get(name), e.scores.get(name)),) if g is not None]
             for name in RATED]
    found = gap_changes([(one[0], one[-1]) for one in rated if len(one) > 1],
                        _spreads(entries, entries[0]))
    return [t("gap." + ("same" if not c.real else "closing" if c.delta < 0 else "opening"),
              label=say(f"score.{c.name}.label", language()), before=f"{c.before:.0f}",
              after=f"{c.after:.0f}") for c in found]


def compare(t: Words, store: Store, entries: Sequence[Entry], before: Entry,
            after: Entry) -> None:
    """Two sessions side by side, the earlier on the left.

    ``entries``: all, to know how much the person's sessions differ anyway.
    """
    rows, (found, other) = "", _steps(t, entries, before, after)
    for name in before.scores:
        a, b = before.scores[name], after.scores.get(name)
        label = say(f"score.{name}.label", language())
        rows += fill("<tr><th>{label}</th><td>{a}</td><td>{b}</td><td>{text}</td></tr>",
                     label=label, a=reading(a), b=reading(b),
                     text=t("change.none") if name not in found
                     else "" if (change := found[name]) is None else _verdict(t, change))
    for kind in sorted({*before.emotions, *after.emotions}):
        shares = [e.emotions.get(kind, 0) / max(sum(e.emotions.values()), 1)
                  for e in (before, after)]
        rows += fill("<tr><th>{label}</th><td>{a}</td><td>{b}</td><td></td></tr>",
                     label=say(f"emotion.{kind}", language()), a=f"{shares[0]:.0%}",
                     b=f"{shares[1]:.0%}")
    said = [sums(store.load(e.id)) for e in (before, after)]
    for name in SUMS if any(said) else ():
        left, right = (_sum(name, one.get(name, float("nan"))) for one in said)
        rows += fill("<tr><th>{label}</th><td>{a}</td><td>{b}</td><td></td></tr>",
                     label=t(f"sum.{name}"), a=left, b=right)
    st.html(fill('<div class="p-card p-scroll"><h3>{title}</h3><table class="p-table"><thead><tr>'
                 "<th></th><th>{a}</th><th>{b}</th><th>{change}</th></tr></thead><tbody>",
                 title=t("compare"), a=before.name, b=after.name, change=t("change.title"))
            + rows + "</tbody></table>" + fill("<p>{text}</p>", text=other) + "</div>")
    rescoring_both(t, store, before, after, "compare")


def _sum(name: str, value: float) -> str:
    if math.isnan(value):
        return "–"
    if name == "pause_share":
        return f"{value:.0%}"
    return f"{value:.0f}" if name.startswith("pace") else f"{value:.1f}"
