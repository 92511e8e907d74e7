"""Planted behaviour: tables of a second a row, as the laws of the scores describe it."""

import numpy as np

from fer_core.emotions import LABEL_SETS
from fer_core.records import Timeline

LABELS = LABEL_SETS["ferplus"]
KEYS = LABELS.keys
SECONDS = 60


def wander(rng, seconds, spread, lag=0.8):
    """(seconds,) a first-order autoregression about 0 with this standard deviation."""
    out = np.empty(seconds)
    out[0] = rng.normal(0, spread)
    for t in range(1, seconds):
        out[t] = lag * out[t - 1] + rng.normal(0, spread * np.sqrt(1 - lag * lag))
    return out


def expression(rng, seconds=SECONDS, **shares):
    """(seconds, C) about these shares; what is left moves small among the other classes."""
    rest = [k for k in KEYS if k not in shares]
    p = np.zeros((seconds, len(KEYS)))
    for key, share in shares.items():
        p[:, KEYS.index(key)] = np.clip(share + wander(rng, seconds, 0.15 * share), 0, 1)
    left = max(1 - sum(shares.values()), 0.0)
    for key in rest:
        p[:, KEYS.index(key)] = left / len(rest) * np.exp(wander(rng, seconds, 0.4))
    return p / p.sum(axis=1, keepdims=True)


def behaviour(seed=0, seconds=SECONDS, p=None, yaw=4.0, pitch=3.0, roll=2.0, motion=0.2,
              start=0):
    """A living session: natural talk unless told otherwise; spreads in degrees, mean motion."""
    rng = np.random.default_rng(seed)
    if p is None:
        p = natural(rng, seconds)
    return Timeline(LABELS, p, {
        "coverage": np.ones(seconds), "yaw": wander(rng, seconds, yaw),
        "pitch": wander(rng, seconds, pitch), "roll": wander(rng, seconds, roll),
        "motion": motion * np.exp(wander(rng, seconds, 0.3))}, start)


def natural(rng, seconds=SECONDS):
    """Neutral .5 to .6, happiness .2 to .3, the rest small and moving."""
    return expression(rng, seconds, neutral=0.55, happiness=0.25)


def take(seed=99, seconds=5, **shares):
    """A neutral take: a quiet face."""
    rng = np.random.default_rng(seed)
    return behaviour(seed, seconds, expression(rng, seconds, **shares or {"neutral": 0.8}),
                     yaw=2, pitch=2, motion=0.08)


def share_of(timeline, share=0.35, blocks=3):
    """(T,) some stretches of the session that make up this share of it."""
    rows, seconds = np.zeros(len(timeline), bool), len(timeline)
    length = round(share * seconds / blocks)
    for block in range(blocks):
        first = round((block + 0.3) * seconds / blocks)
        rows[first:first + length] = True
    return rows


def put(timeline, rows, **columns):
    """These columns set to a value, or moved where a function is given, in these rows."""
    return timeline.having(**{
        name: np.where(rows, value(timeline[name]) if callable(value) else value, timeline[name])
        for name, value in columns.items()})


def gone(timeline, rows):
    """Nobody seen in these rows; the camera runs."""
    out = timeline.each(lambda v: np.where(rows if v.ndim == 1 else rows[:, None], np.nan, v))
    return out.having(coverage=np.where(rows, 0.0, timeline["coverage"]))


def moved(timeline, rows, source, target, share=1.0):
    """A share of one class's probability given to another in these rows."""
    p = timeline.probabilities.copy()
    i, j = KEYS.index(source), KEYS.index(target)
    amount = share * p[rows, i]
    p[rows, i] -= amount
    p[rows, j] += amount
    return Timeline(timeline.labels, p, timeline.columns, timeline.start)


def photograph(seed=0, seconds=SECONDS, noise=0.3):
    """The same face all the time, but for what detection makes of it."""
    rng = np.random.default_rng(seed)
    face = expression(rng, 1, neutral=0.55, happiness=0.25)[0]
    p = np.clip(face + rng.normal(0, 0.01, (seconds, len(KEYS))), 1e-4, 1)
    return Timeline(LABELS, p / p.sum(axis=1, keepdims=True), {
        "coverage": np.ones(seconds), "yaw": 3 + rng.normal(0, noise, seconds),
        "pitch": -2 + rng.normal(0, noise, seconds), "roll": 1 + rng.normal(0, noise, seconds),
        "motion": rng.uniform(0, 0.03, seconds)})
