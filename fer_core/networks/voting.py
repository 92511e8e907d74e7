"""How several networks agree on one answer.

Every rule takes probabilities (M, N, C) of M members and weights (M,), and gives
(N, C) whose rows sum to 1. The order of the members never matters, not even in the
last bit: values are sorted before they are added.
"""

from collections.abc import Callable

import numpy as np

from fer_core.records import FloatArray

Vote = Callable[[FloatArray, FloatArray], FloatArray]
VOTES: dict[str, Vote] = {}

# So small that the mean probability decides between equal shares and nothing else:
# shares of fewer than 10^6 members differ by more.
_TIE = 1e-6


def vote(name: str) -> Callable[[Vote], Vote]:
    """Register a rule under ``name``. It may trust its input: ``cast`` has checked it."""
    def register(rule: Vote) -> Vote:
        VOTES[name] = rule
        return rule
    return register


def cast(name: str, probabilities: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Let the members vote.

    Args:
        name: a rule of ``VOTES``.
        probabilities: (M, N, C), at least 0.
        weights: (M,), at least 0 and not all 0; None: all equal. Only "weighted" uses them.

    Returns:
        (N, C); rows sum to 1.

    Raises:
        KeyError: no such rule.
        ValueError: no member, a shape that does not fit, or a value that is negative or
            not finite.
    """
    rule = VOTES[name]
    members = np.asarray(probabilities, dtype=np.float64)
    if members.ndim != 3 or 0 in (members.shape[0], members.shape[2]):
        raise ValueError(f"probabilities: shape {members.shape}, expected (M, N, C)")
    say = np.ones(len(members)) if weights is None else np.asarray(weights, dtype=np.float64)
    if say.shape != (len(members),):
        raise ValueError(f"weights: shape {say.shape}, expected ({len(members)},)")
    for values in (members, say):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise ValueError("probabilities and weights must be finite and at least 0")
    if not say.sum() > 0:
        raise ValueError("the weights are all 0")
    return rule(members, say)


@vote("average")
def average(probabilities: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean probability; every member counts the same."""
    return _normalised(np.sort(probabilities, axis=0).sum(axis=0))


@vote("weighted")
def weighted(probabilities: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean probability, each member by its weight."""
    return _normalised(np.sort(probabilities * weights[:, None, None], axis=0).sum(axis=0))


@vote("majority")
def majority(probabilities: FloatArray, weights: FloatArray) -> FloatArray:
    """Share of the members whose likeliest class it is; between equal shares the mean
    probability decides, by a millionth. A member torn between k classes gives each 1/k."""
    return _normalised(_shares(probabilities) + _TIE * average(probabilities, weights))


@vote("two_of_four")
def two_of_four(probabilities: FloatArray, weights: FloatArray) -> FloatArray:
    """Seed 001's first rule, for any number of members: where half of them agree, their
    ``majority``; else, where the seed had no answer, the mean probability."""
    agreed = _shares(probabilities).max(axis=1, keepdims=True) >= 1 / 2 - _TIE
    return np.where(agreed, majority(probabilities, weights), average(probabilities, weights))


@vote("three_of_four")
def three_of_four(probabilities: FloatArray, weights: FloatArray) -> FloatArray:
    """Seed 001's second rule, for any number of members: where three quarters of them agree,
    their ``majority``; else the member that is surest of its class speaks alone."""
    agreed = _shares(probabilities).max(axis=1, keepdims=True) >= 3 / 4 - _TIE
    confidence = probabilities.max(axis=2, keepdims=True)
    surest = probabilities * (confidence == confidence.max(axis=0))
    alone = _normalised(np.sort(surest, axis=0).sum(axis=0))
    return np.where(agreed, majority(probabilities, weights), alone)


def _shares(probabilities: FloatArray) -> FloatArray:
    """(N, C) share of the members whose likeliest class it is."""
    likeliest = probabilities == probabilities.max(axis=2, keepdims=True)
    share: FloatArray = np.sort(_normalised(likeliest), axis=0).mean(axis=0)
    return share


def _normalised(values: FloatArray) -> FloatArray:
    out: FloatArray = values / values.sum(axis=-1, keepdims=True)
    return out
