"""What a live page shows of the newest readings. Drawn as plain markup, because a chart that
is redrawn every second flickers."""

from collections.abc import Iterator
from math import isnan

from fer_core import (
    HEADLINE,
    LABEL_SETS,
    SILENT,
    FloatArray,
    LabelSet,
    Level,
    LiveAnalysis,
    Pace,
    Snapshot,
    Timeline,
    bare,
    say,
)
from pages.parts.speech import Words, fill, language

SECONDS = 30
QUIETEST, LOUD, FULLEST = -60.0, -12.0, 0.0
"""dB below full scale: the ends of the meter; from ``LOUD`` on it nears what clips."""


def strip(t: Words, live: LiveAnalysis) -> str:
    """The last 30 seconds as a band of expressions, the newest on the right."""
    recent = live.recent()
    colours = [] if recent is None else [
        "" if isnan(row[0]) else f"linear-gradient({_bands(recent.labels, row)})"
        for row in bare(recent).probabilities[-SECONDS:]]
    cells = ["<i></i>"] * (SECONDS - len(colours)) + [
        f'<i style="background:{colour}"></i>' if colour else "<i></i>" for colour in colours]
    return (fill('<figure class="p-strip" role="img" aria-label="{label}">', label=t("strip"))
            + f"<div>{''.join(cells)}</div>"
            + fill("<figcaption><span>{past}</span><span>{now}</span></figcaption></figure>",
                   past=t("strip_past"), now=t("strip_now")))


def _bands(labels: LabelSet, row: FloatArray) -> str:
    """One second as the stops of a gradient, a band an expression."""
    stops, at = [], 0.0
    for emotion, share in zip(labels.classes, row, strict=True):
        stops.append(f"{emotion.colour} {100 * at:.0f}% {100 * (at + share):.0f}%")
        at += share
    return ",".join(stops)


def scores(t: Words, live: LiveAnalysis, neutral: Timeline | None) -> str:
    """Rolling scores of the face with their intervals; a dash and the reason where they abstain.

    ``neutral``: the take of the person's quiet face, or None.
    """
    return _tiles(*_scores(t, live, neutral, HEADLINE))


def voice(t: Words, live: LiveAnalysis, neutral: Timeline | None) -> str:
    """The same of the voice, and the pace; nothing where it is not heard."""
    if not live.hearing.wanted:
        return ""
    return _tiles(*_scores(t, live, neutral, ("delivery",)),
                  _tile(t("pace"), _rate(live.pace()), t("pace_unit")))


def _scores(t: Words, live: LiveAnalysis, neutral: Timeline | None, names: tuple[str, ...]
            ) -> Iterator[str]:
    found = {s.name: s for s in live.scores(neutral)}
    for name in names:
        score = found.get(name)
        if score is None or score.value is None:
            masked = score is not None and score.reason == "abstain.covered"
            value, about = "–", (say("plot.covered", language()) if masked
                                 else t("rolling_wait"))
        else:
            value, about = f"{score.value:.0f}", t(
                "rolling_last", low=f"{score.low:.0f}", high=f"{score.high:.0f}", seconds=SECONDS)
        yield _tile(say(f"score.{name}.label", language()), value, about)


def _tiles(*tiles: str) -> str:
    return '<div class="p-lives">' + "".join(tiles) + "</div>"


def _tile(label: str, value: str, about: str) -> str:
    return fill('<div class="p-live"><span>{label}</span><b>{value}</b><small>{about}</small>'
                "</div>", label=label, value=value, about=about)


def _rate(now: Pace | None) -> str:
    """Syllables a minute of Korean, words of English: to the nearest ten, because they are found
    by ear, while a report counts words."""
    value = None if now is None else now.syllables if language() == "ko" else now.words
    return "–" if value is None else f"≈ {round(value, -1):.0f}"


NO_HINT = '<p class="p-hint" role="status"></p>'


def hint(t: Words, live: LiveAnalysis) -> str:
    """A gentle word where the person who answers is silent or hurries; else an empty line."""
    now = live.pace()
    code = ("" if now is None else "silent" if now.silence >= SILENT
            else "fast" if now.fast(language()) else "")
    return fill('<p class="p-hint" role="status">{text}</p>',
                text=t(f"hint.{code}") if code else "")


def meter(t: Words, level: Level | None) -> str:
    """How loud the microphone is just now, as a bar."""
    loudness = QUIETEST if level is None else level.loudness
    share = min(max((loudness - QUIETEST) / (FULLEST - QUIETEST), 0.0), 1.0)
    kind = "clips" if level is not None and level.clips else "loud" if loudness > LOUD else ""
    return fill('<div class="p-meter {kind}" role="meter" aria-valuemin="0" aria-valuemax="100" '
                'aria-valuenow="{percent}" aria-label="{name}"><span>{name}</span>'
                '<i><u style="width:{percent}%"></u></i></div>',
                kind=kind, percent=f"{100 * share:.0f}", name=t("meter"))


def bars(seen: Snapshot, labels: str) -> str:
    """Every expression's share of the newest reading."""
    spoken = language()
    row = seen.probabilities
    classes = LABEL_SETS[labels].classes
    lines = []
    for emotion, percent in zip(classes, [0] * len(classes) if row is None else _percents(row),
                                strict=True):
        lines.append(fill(
            '<div class="p-share"><span>{name}</span><i><u style="width:{percent}%;'
            'background:{colour}"></u></i><b>{percent}</b></div>',
            name=say(f"emotion.{emotion.key}", spoken), percent=percent,
            colour=emotion.colour))
    return '<div class="p-shares">' + "".join(lines) + "</div>"


def _percents(row: FloatArray) -> list[int]:
    """Shares as whole percents whose sum is theirs: the largest remainders are rounded up."""
    exact = [100 * float(share) for share in row]
    found = [int(value) for value in exact]
    short = round(sum(exact)) - sum(found)
    for i in sorted(range(len(exact)), key=lambda i: found[i] - exact[i])[:short]:
        found[i] += 1
    return found


def votes(t: Words, seen: Snapshot, labels: str) -> str:
    """What each network and all of them together take the newest face for."""
    rows = dict(seen.members)
    if seen.probabilities is not None:
        rows[t("ensemble")] = seen.probabilities
    classes, spoken = LABEL_SETS[labels].classes, language()
    columns = []
    for name, row in rows.items():
        best = sorted(range(len(classes)), key=lambda i: -row[i])[:3]
        percents = _percents(row)
        lines = "".join(fill(
            '<li><i style="background:{colour}"></i>{emotion}<b>{percent} %</b></li>',
            colour=classes[i].colour, emotion=say(f"emotion.{classes[i].key}", spoken),
            percent=percents[i]) for i in best)
        columns.append(fill('<div class="p-vote"><h4>{name}</h4><ul>', name=name)
                       + lines + "</ul></div>")
    return '<div class="p-votes">' + "".join(columns) + "</div>"
