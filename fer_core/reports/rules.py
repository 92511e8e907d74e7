"""Rules over a session's seconds: what could be done differently, and what that would move.

A rule looks for its trigger in the timeline. Where it finds one it gives the seconds that
show it (the evidence) and the same timeline with the behaviour mended in them. How much
that would move each score is not guessed: the mended timeline is scored with the scoring
functions themselves, the person's resting face held as measured,

    gain of a score = its value on the mended timeline - its value on the measured one

No mend does what a law forbids: it takes no second away, stills no head below a lively one,
and gives nobody a broader smile than a natural one (``_natural``).

To add a rule: one function registered by name, and its sentences under ``coach.<name>``.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from fer_core.config import ScoringSettings
from fer_core.records import (
    COLUMNS,
    Answer,
    FloatArray,
    Scored,
    Session,
    Stretch,
    Timeline,
    Voice,
)
from fer_core.records.voice import FEWEST_WORDS
from fer_core.reports.answers import overall
from fer_core.sessions.covering import covered
from fer_core.sessions.delivery import rows_of
from fer_core.sessions.moments import AWAY
from fer_core.sessions.scored import as_scored, scoring_of, values
from fer_core.sessions.scoring import FACE_SCORES
from fer_core.sessions.signals import LIVELY_FROM, LIVELY_FULL, RESTLESS_FROM, SMILE_FULL, TOWARDS
from fer_core.sessions.timeline import nan_mean, runs_of

SHOWN = 5
"""Stretches kept as evidence, the longest; two of them are named in the sentence."""
FIRST = 5
"""s that make a first impression (Willis & Todorov 2006: 0.1 s suffices, more settles it)."""
LEVEL = 8.0
"""Degrees of roll to which advice to sit level aims: nobody sits quite level."""
LONG_PAUSE, SHORT_PAUSE = 2.0, 0.5
"""s of a pause that advice speaks of, and of one that nobody minds."""
MANY_FILLERS = 3.0
"""Hesitations per 100 words from which they are spoken of; the interviews' median is 3.7."""
SLOW_SECONDS, FASTER = 8, 1.2
"""s of slow speech that advice speaks of, and how much quicker it asks for."""
BARRIERS = ("uncover", "stay_in_view", "record_longer")
"""Rules about what kept a face from being scored; the only ones of the face where it was not."""
OF_THE_VOICE = ("shorten_pauses", "fewer_fillers", "quicken")
"""Rules that need a score of the voice; all others need one of the face."""

PART_OF = {"look_at_camera": "facing", "centre_camera": "facing", "level_head": "head_level",
           "steady_head": "head_steadiness", "nod": "head_liveliness", "recover": "relaxed",
           "release": "relaxed"}
"""Rules whose evidence is where a part was low, and which part."""


@dataclass(frozen=True, eq=False)
class View:
    """A session as the rules see it.

    Attributes:
        timeline: as it was scored.
        stretches: the answers, or the whole session where there are none.
        given: names of the scores that have a value.
        before: score -> value of the timeline as measured, of these.
        lacking: code of why the face has no score; None where it has one.
        voice: what was heard; None where nobody listened.
    """

    timeline: Timeline
    settings: ScoringSettings
    scored: Scored
    stretches: tuple[Stretch, ...]
    given: frozenset[str]
    before: dict[str, float]
    lacking: str | None = None
    voice: Voice | None = None

    @property
    def of_the_face(self) -> bool:
        """Whether the face has a score."""
        return not self.given.isdisjoint(FACE_SCORES)

    @property
    def rows(self) -> NDArray[np.bool_]:
        """(T,) the scored seconds."""
        return self.scored.rows

    def part(self, name: str) -> FloatArray:
        """(T,) 0 to 1, NaN in seconds that do not count. What the seen frames show: that a
        person was half hidden is no fault of their head."""
        return np.where(self.rows, self.scored.part(name) / 100 / np.where(
            self.rows, self.timeline["coverage"], 1.0), np.nan)


@dataclass(frozen=True, eq=False)
class Trigger:
    """What a rule found: the stretches, and the timeline with them mended. ``mended`` is
    None where there is no score to move. ``values`` fill its sentences beside when and how
    long."""

    evidence: tuple[Stretch, ...]
    mended: Timeline | None
    values: Mapping[str, str] = field(default_factory=dict)


Rule = Callable[[View], Trigger | None]
RULES: dict[str, Rule] = {}


def rule(code: str) -> Callable[[Rule], Rule]:
    """Register a rule under ``code``, which also names its sentences."""
    def register(function: Rule) -> Rule:
        RULES[code] = function
        return function
    return register


def look(session: Session) -> View:
    """What the rules need, computed once."""
    timeline = as_scored(session.timeline, session.answers)
    settings = scoring_of(session)
    whole = (Answer("", timeline.start, timeline.start + len(timeline)),)
    given = frozenset(s.name for s in session.scores if s.value is not None)
    known = values(timeline, settings, session.scored)
    reasons = (s.reason for s in session.scores if s.name in FACE_SCORES)
    return View(timeline, settings, session.scored,
                tuple(Stretch(a.start, a.end) for a in session.answers or whole),
                given, {name: value for name, value in known.items() if name in given},
                next(reasons, None) if given.isdisjoint(FACE_SCORES) else None, session.voice)


def triggers(view: View) -> dict[str, Trigger]:
    """Code -> what its rule found. Advice rests on what was measured: of a face or a voice that
    has no score nothing is told but what stood in the way."""
    asked = (code for code in RULES if code in BARRIERS or (
        bool(view.given.difference(FACE_SCORES)) if code in OF_THE_VOICE else view.of_the_face))
    return {code: trigger for code in asked if (trigger := RULES[code](view)) is not None}


def gains(view: View, mended: Timeline | None) -> dict[str, float]:
    """Score name -> points that the mended timeline adds, the resting face held."""
    if mended is None:
        return {}
    after = values(mended, view.settings, view.scored)
    return {name: after[name] - value for name, value in view.before.items() if name in after}


@rule("look_at_camera")
def _look_at_camera(view: View) -> Trigger | None:
    """Turned away for 2 s or more, though the camera stands straight ahead."""
    if abs(_median(view.timeline["yaw"][view.rows])) > TOWARDS:
        return None
    usual = view.scored.facing_pitch
    return _where(view, view.part("facing") < AWAY, 2, lambda t, rows: t.having(
        yaw=_within(t["yaw"], rows, 0.0, TOWARDS),
        pitch=_within(t["pitch"], rows, usual, TOWARDS)))


@rule("centre_camera")
def _centre_camera(view: View) -> Trigger | None:
    """The head's usual direction is off to the side: the camera is not straight ahead."""
    usual = _median(view.timeline["yaw"][view.rows])
    if abs(usual) <= TOWARDS:
        return None
    return _where(view, np.abs(view.timeline["yaw"]) > TOWARDS, 2,
                  lambda t, rows: t.having(yaw=t["yaw"] - usual))


@rule("level_head")
def _level_head(view: View) -> Trigger | None:
    """Tilted by about 11 degrees or more for 3 s."""
    return _where(view, view.part("head_level") < 0.75, 3, lambda t, rows: t.having(
        roll=_within(t["roll"], rows, 0.0, LEVEL)))


@rule("steady_head")
def _steady_head(view: View) -> Trigger | None:
    """Moving by more than 1.1 eye distances a second for 2 s."""
    return _where(view, view.part("head_steadiness") < 0.75, 2, lambda t, rows: t.having(
        motion=np.where(rows, RESTLESS_FROM, t["motion"])))


@rule("nod")
def _nod(view: View) -> Trigger | None:
    """Nearly still for 8 s or more."""
    return _where(view, view.rows & (view.timeline["motion"] < (LIVELY_FROM + LIVELY_FULL) / 2), 8,
                  lambda t, rows: t.having(motion=np.where(rows, LIVELY_FULL, t["motion"])))


@rule("recover")
def _recover(view: View) -> Trigger | None:
    """Tense for 4 s or more; mended, it lets go after 2 s."""
    runs = [r for r in runs_of(_tense(view)) if r[1] - r[0] >= 4]
    return _calmed(view, runs, [(a + 2, b) for a, b in runs])


@rule("release")
def _release(view: View) -> Trigger | None:
    """Tense for under 4 s, twice or more."""
    runs = [r for r in runs_of(_tense(view)) if r[1] - r[0] < 4]
    return _calmed(view, runs, runs) if len(runs) >= 2 else None


@rule("first_seconds")
def _first_seconds(view: View) -> Trigger | None:
    """The first 5 s of an answer 8 points or more under the rest of it, in confidence and
    composure together; mended, they are like the rest."""
    signal = overall(view.scored)
    t, found = view.timeline, []
    for stretch in view.stretches:
        begin, end = (round(v) - view.timeline.start for v in (stretch.start, stretch.end))
        rows = np.zeros(len(t), bool)
        rows[max(begin, 0):max(end, 0)] = True
        first = rows & view.rows & (np.arange(len(t)) < begin + FIRST)
        rest = rows & view.rows & ~first
        if first.sum() < 3 or rest.sum() < FIRST:
            continue
        if not nan_mean(signal[rest], axis=0) - nan_mean(signal[first], axis=0) >= 8:
            continue
        found.append((max(begin, 0), begin + FIRST))
        t = _like(t, first, rest)
    return _trigger(view, found, t) if found else None


@rule("smile")
def _smile(view: View) -> Trigger | None:
    """Hardly a smile in the session; mended, one in the 2 s that begin and end an answer."""
    labels = view.timeline.labels
    smiling = view.part("smiling")
    if not labels.role("positive").any() or not view.rows.any() \
            or np.nanmean(smiling[view.rows]) >= 0.2:
        return None
    ends = [round(v) - view.timeline.start for s in view.stretches
            for v in (s.start, s.end - 2)]
    mask = _mask(len(view.timeline), [(e, e + 2) for e in ends]) & view.rows & (smiling < 1)
    p = view.timeline.probabilities
    # A smile takes no tension away, so that it earns nothing where smiling does not count.
    tense = labels.role("tension")
    smiled = _smiling(p, labels.role("positive"), np.minimum(SMILE_FULL, 1 - p @ tense), tense)
    mended = replace(view.timeline, probabilities=np.where(mask[:, None], smiled, p))
    return _trigger(view, runs_of(mask), mended) if mask.any() else None


@rule("shorten_pauses")
def _shorten_pauses(view: View) -> Trigger | None:
    """Pauses of 2 s or more within an answer; mended, they last half a second."""
    pauses = sorted((p for p in (view.voice.pauses if view.voice else ())
                     if p.seconds >= LONG_PAUSE and any(
                         s.start <= p.start and p.end <= s.end for s in view.stretches)),
                    key=lambda p: (-p.seconds, p.start))
    if not pauses or view.voice is None:
        return None
    t, longest = view.timeline, pauses[0]
    paused = np.zeros(len(t))
    for p in pauses:
        inside = np.minimum(t.seconds + 1, p.end) - np.maximum(t.seconds, p.start)
        # What is left of it: half a second in pauses of half a second, spread over its time.
        paused += np.maximum(inside, 0) * (p.seconds - SHORT_PAUSE**2 / p.seconds)
    after = next((w.text for w in view.voice.words or () if w.start >= longest.end - 0.1), "")
    return _heard(view, tuple(Stretch(p.start, p.end) for p in pauses),
                  t.having(pause=np.maximum(t["pause"] - paused, 0)),
                  longest=f"{longest.seconds:.1f}", before=after.strip(".,?!"))


@rule("fewer_fillers")
def _fewer_fillers(view: View) -> Trigger | None:
    """Three hesitations per 100 words or more, of words enough to tell; mended, half as many."""
    t, rows = view.timeline, rows_of(view.timeline)
    said, words = t["hesitations"], float(np.nansum(t["words"][rows]))
    if (view.voice is None or words < FEWEST_WORDS
            or 100 * np.nansum(said[rows]) / words < MANY_FILLERS):
        return None
    found = [f for f in view.voice.fillers if any(
        s.start <= f.start < s.end for s in view.stretches)]
    most, times = Counter(f.text for f in found if f.text).most_common(1)[0] if any(
        f.text for f in found) else ("", 0)
    return _heard(view, tuple(Stretch(f.start, f.end) for f in found),
                  t.having(hesitations=said / 2),
                  rate=f"{100 * np.nansum(t['fillers'][rows]) / words:.1f}",
                  mostly=most if times > len(found) / 2 else "")


@rule("quicken")
def _quicken(view: View) -> Trigger | None:
    """Slow for 8 s or more, so that half of what pace is worth is lost; mended, a fifth
    quicker."""
    slow = view.scored.part("pace") < 50
    runs = [r for r in runs_of(slow) if r[1] - r[0] >= SLOW_SECONDS]
    t, rows = view.timeline, _mask(len(view.timeline), runs)
    faster = {name: np.where(rows, FASTER * t[name], t[name]) for name in ("words", "syllables")}
    # Too fast is no use for speeding up.
    if not runs or not sum(gains(view, t.having(**faster)).values()) > 0:
        return None
    return _trigger(view, runs, t.having(**faster))


@rule("uncover")
def _uncover(view: View) -> Trigger | None:
    """The lower face covered so long that there is no score."""
    runs = runs_of(covered(view.timeline))
    return _trigger(view, runs, None) if runs and view.lacking == "abstain.covered" else None


@rule("stay_in_view")
def _stay_in_view(view: View) -> Trigger | None:
    """Hidden or half hidden for 2 s or more; mended, seen and like the rest."""
    t = view.timeline
    runs = [r for r in runs_of(t["coverage"] < 0.75) if r[1] - r[0] >= 2]
    if not runs:
        return None
    if not view.of_the_face:
        return _trigger(view, runs, None)
    mask = _mask(len(t), runs)
    filled = _like(t, mask, view.rows, unknown_only=True)
    return _trigger(view, runs, filled.having(coverage=np.where(mask, 1.0, t["coverage"])))


@rule("record_longer")
def _record_longer(view: View) -> Trigger | None:
    """Too few seconds for a score, though the face was there."""
    if (view.lacking != "abstain.seconds" or not view.rows.any()
            or view.timeline.seen_share < view.settings.min_coverage):
        return None
    return _trigger(view, runs_of(view.rows), None)


def _where(view: View, mask: NDArray[np.bool_], least: int,
           mend: Callable[[Timeline, NDArray[np.bool_]], Timeline]) -> Trigger | None:
    """The scored runs of a mask that last ``least`` s, mended."""
    runs = [r for r in runs_of(mask & view.rows) if r[1] - r[0] >= least]
    if not runs:
        return None
    return _trigger(view, runs, mend(view.timeline, _mask(len(view.timeline), runs)))


def _trigger(view: View, runs: list[tuple[int, int]], mended: Timeline | None) -> Trigger:
    start, end = view.timeline.start, view.timeline.start + len(view.timeline)
    stretches = sorted((Stretch(float(start + a), float(min(start + b, end))) for a, b in runs),
                       key=lambda s: (s.start - s.end, s.start))
    return Trigger(tuple(stretches[:SHOWN]),
                   None if mended is None else _natural(view.timeline, mended))


def _heard(view: View, evidence: tuple[Stretch, ...], mended: Timeline,
           **filled: str) -> Trigger | None:
    """What a rule of the voice found; the stretches are not whole seconds."""
    longest = sorted(evidence, key=lambda s: (s.start - s.end, s.start))[:SHOWN]
    return Trigger(tuple(longest), mended, filled) if evidence else None


def _natural(before: Timeline, mended: Timeline) -> Timeline:
    """The mended timeline without what no advice may ask for: where a smile grew, it is no
    broader than a natural one, and where the head became calmer, it is not below a lively one.
    Seconds in which nobody was seen get no more credit for their head than a still one."""
    role = mended.labels.role("positive")
    p, most = mended.probabilities, np.fmax(before.probabilities @ role, SMILE_FULL)
    broad = p @ role > most + 1e-9  # NaN is not
    moved, least = mended["motion"], np.fmin(before["motion"], LIVELY_FULL)
    least = np.where(np.isnan(least), LIVELY_FROM, least)
    return replace(mended, probabilities=np.where(
        broad[:, None], _smiling(p, role, most), p)).having(motion=np.maximum(moved, least))


def _smiling(p: FloatArray, role: FloatArray, most: FloatArray,
             kept: FloatArray | float = 0.0) -> FloatArray:
    """(T, C) with P(positive) of ``most``, (T,), and all else in the proportions it had, but for
    the classes ``kept``, (C,) 0 or 1, which stay as they were. Unchanged where these are all."""
    free = (1 - role) * (1 - kept)
    if not free.any():
        return p
    held, rest = p * kept, p * free
    total, level = rest.sum(axis=1, keepdims=True), most[:, None]
    others = np.divide(rest, total, out=np.broadcast_to(free / free.sum(), p.shape).copy(),
                       where=total > 0)
    left = 1 - held.sum(axis=1, keepdims=True) - level
    return np.asarray(held + others * left + level * role / role.sum())


def _tense(view: View) -> NDArray[np.bool_]:
    return np.asarray(view.scored.tension > view.scored.tense)


def _calmed(view: View, runs: list[tuple[int, int]],
            mend: list[tuple[int, int]]) -> Trigger | None:
    """Tension above the person's own moved to the calm classes (else the positive ones)."""
    t = view.timeline
    role = t.labels.role("calm") if t.labels.role("calm").any() else t.labels.role("positive")
    if not runs or not role.any():
        return None
    tense = t.labels.role("tension")
    level = (t.probabilities @ tense)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        keep = np.minimum(1.0, view.scored.resting / level)
        calm = (t.probabilities * np.where(tense > 0, keep, 1.0)
                + level * (1 - keep) * role / role.sum())
    mask = _mask(len(t), mend)[:, None]
    return _trigger(view, runs, replace(t, probabilities=np.where(mask, calm, t.probabilities)))


def _like(timeline: Timeline, rows: NDArray[np.bool_], model: NDArray[np.bool_],
          unknown_only: bool = False) -> Timeline:
    """All that is measured on the face, in these rows as the mean of the ``model`` rows."""
    def change(values: FloatArray) -> FloatArray:
        unknown = np.isnan(values.reshape(len(values), -1)).any(axis=1)
        out = values.copy()
        out[rows & unknown if unknown_only else rows] = nan_mean(values[model], axis=0)
        return out

    return replace(timeline, probabilities=change(timeline.probabilities)).having(**{
        name: change(values) for name, values in timeline.columns.items()
        if COLUMNS[name].needs == "face"})


def _mask(length: int, runs: list[tuple[int, int]]) -> NDArray[np.bool_]:
    out = np.zeros(length, bool)
    for a, b in runs:
        out[max(a, 0):max(b, 0)] = True
    return out


def _within(values: FloatArray, rows: NDArray[np.bool_], middle: float, reach: float) -> FloatArray:
    """Clipped to ``middle`` +- ``reach`` in the rows; an unknown middle changes nothing."""
    if np.isnan(middle):
        return values
    return np.where(rows, np.clip(values, middle - reach, middle + reach), values)


def _median(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else np.nan
