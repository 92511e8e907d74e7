"""What to do differently on camera next time, in words: the rules' findings, offline.

``rules`` finds the seconds; here the findings are ordered by what mending them would move, at
most five kept, and worded in the reader's language and the person's chosen style.

Advice speaks of behaviour in certain seconds, never of the person; ``TRAITS`` is what no
sentence may contain, whoever wrote it.
"""

import re

from fer_core.records import Advice, CoachStyle, Line, Session
from fer_core.reports.rules import Trigger, gains, look, triggers
from fer_core.sessions.scored import is_older
from fer_core.texts import Language, between, say

MOST = 5
"""Pieces of advice: nobody practises more at once."""
WITH_A_WORD = ("before", "mostly")
"""Values that are a word of the person's: told in a phrase of their own, or not at all."""
LEAST_GAIN = 0.5
"""Points over all scores together under which an advice is not worth a person's time."""

TRAITS = re.compile(
    r"성격|인성|인품|성실|소심|내성적|외향|게으|정직|거짓|똑똑|멍청|예민|나약|오만|건방|무례|매력|"
    r"타고난|의지가|신뢰할|자신감(?:이|은)? ?(?:없|부족|있는 사람)|불안한 사람|못생|예쁜|잘생|우울|"
    r"합격|탈락|채용"
    r"|\b(?:personalit\w*|character|intelligen\w*|smart|stupid|lazy|shy|timid|introver\w*|"
    r"extrover\w*|dishonest\w*|honest\w*|liar|arrogan\w*|rude|insecure|charisma\w*|talent\w*|"
    r"attractive|ugly|weak|sincer\w*|trustworth\w*|neurotic\w*|depress\w*|diligen\w*|"
    r"(?:confident|nervous|anxious|cold|warm) (?:person|people|man|woman|candidate)|"
    r"you are (?:confident|nervous|anxious|cold|weak)|hire[ds]?|hiring|reject(?:ed|ion))\b",
    re.IGNORECASE)
"""Words that make a trait of behaviour, a diagnosis or a hiring decision, in both languages."""


def advise(session: Session, language: Language) -> tuple[Advice, ...]:
    """At most ``MOST``, the one that would move the scores most first, in the style that the
    session asks for; the same words every time. None on scores of an older recipe: what today's
    would gain says nothing of them."""
    if is_older(session.scored):
        return ()
    view = look(session)
    found = [(code, trigger, gains(view, trigger.mended))
             for code, trigger in triggers(view).items()]
    kept = [(code, trigger, gain) for code, trigger, gain in found
            if not gain or sum(gain.values()) >= LEAST_GAIN]
    # Whatever stands in the way of a score comes first, the longest before the others.
    kept.sort(key=lambda row: (bool(row[2]), -sum(row[2].values()), -_lasts(row[1]), row[0]))
    return tuple(_advice(code, trigger, gain, session.coach, language)
                 for code, trigger, gain in kept[:MOST])


def _lasts(trigger: Trigger) -> float:
    """s of its evidence."""
    return sum(s.end - s.start for s in trigger.evidence)


def kinds(style: CoachStyle) -> tuple[str, ...]:
    """Which sentences a style has, in reading order: why and exercise always.

    Short leaves empathy and comfort out unless nothing else was asked for; long adds how to
    check next time.
    """
    focus = style.focus or ("advice", "comfort", "empathy")
    feeling = tuple(k for k in ("empathy", "comfort") if k in focus)
    if style.length == "short":
        return (*(() if "advice" in focus else feeling[:1]), "why", "exercise")
    check = ("check",) if style.length == "long" and "advice" in focus else ()
    return ("seen", *feeling, "why", "exercise", *check)


def _advice(code: str, trigger: Trigger, gain: dict[str, float], style: CoachStyle,
            language: Language) -> Advice:
    named = sorted(trigger.evidence[:2], key=lambda s: s.start)
    values = {"when": say("coach.and", language).join(between(s.start, s.end) for s in named),
              "seconds": round(_lasts(trigger)),
              **trigger.values, **{name: say(f"coach.{name}", language, word=word) if word else ""
                                   for name in WITH_A_WORD
                                   if (word := trigger.values.get(name)) is not None}}
    return Advice(code, say(f"coach.{code}.title", language), trigger.evidence, gain, tuple(
        Line(kind, say(f"coach.{code}.{style.tone}.{kind}", language, **values), trigger.evidence)
        for kind in kinds(style)))
