"""Correlations with intervals that know that one person's interviews are alike."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.stats import rankdata

from fer_core.records import FloatArray

RESAMPLES = 2000
FOLDS = 10


def numbered(people: Sequence[str] | NDArray[np.int64]) -> NDArray[np.int64]:
    """(N,) 0, 1, ... for the names or numbers (N,): equal ones, equal numbers."""
    return np.unique(np.asarray(people), return_inverse=True)[1].astype(np.int64)


def interval(statistic: Callable[[NDArray[np.int64]], FloatArray], people: NDArray[np.int64],
             resamples: int = RESAMPLES) -> FloatArray:
    """95 % percentile interval by a bootstrap over people (Efron & Tibshirani 1993): who is
    drawn comes with all that is known of them.

    Args:
        statistic: rows (n,) -> (K,) values.
        people: (N,) number of the person of each row.

    Returns:
        (2, K) low and high; NaN where the statistic was never defined.
    """
    rows = [np.flatnonzero(people == p) for p in range(int(people.max()) + 1)]
    rng = np.random.default_rng(0)
    drawn = np.stack([statistic(np.concatenate([rows[p] for p in rng.integers(
        len(rows), size=len(rows))])) for _ in range(resamples)])
    known = ~np.isnan(drawn).all(axis=0)
    out = np.full((2, drawn.shape[1]), np.nan)
    out[:, known] = np.nanpercentile(drawn[:, known], [2.5, 97.5], axis=0)
    return out


def pearson(x: FloatArray, y: FloatArray) -> FloatArray:
    """(K,) correlation of x (N,) with each column of y (N, K); NaN where one never varies."""
    a, b = x - x.mean(), y - y.mean(axis=0)
    scale = np.sqrt((a @ a) * (b * b).sum(axis=0))
    out: FloatArray = np.divide(a @ b, scale, out=np.full(y.shape[1], np.nan),
                                where=scale > 1e-12)
    return out


def spearman(x: FloatArray, y: FloatArray) -> FloatArray:
    """(K,) rank correlation of x (N,) with each column of y (N, K)."""
    return pearson(rankdata(x), rankdata(y, axis=0))


def reliability(ratings: FloatArray) -> float:
    """Reliability of the mean of all judges: ICC(1, k) of Shrout & Fleiss 1979.

    Args:
        ratings: (N, J) of J judges; rows that a judge left open are not used.

    Returns:
        1 where judges never differ; 0 or less where the means differ by chance alone.
    """
    full = ratings[~np.isnan(ratings).any(axis=1)]
    judges = full.shape[1]
    between = judges * full.mean(axis=1).var(ddof=1)
    within = full.var(axis=1, ddof=1).mean()
    return float(1 - within / between)


def one_judge(ratings: FloatArray) -> float:
    """Correlation of one judge's rating with the mean of the others', every judge and interview
    taken together, so that a severe judge counts as one who disagrees. ``ratings`` (N, J)."""
    return float(pearson(*_against_others(ratings, slice(None)))[0])


def one_order(ratings: FloatArray) -> float:
    """As ``one_judge``, of the order alone: each judge's own correlation with the mean of the
    others, averaged over the judges. A score's r knows no severity either."""
    return float(np.mean([pearson(*_against_others(ratings, slice(j, j + 1)))[0]
                          for j in range(ratings.shape[1])]))


def _against_others(ratings: FloatArray, judges: slice) -> tuple[FloatArray, FloatArray]:
    """(n,) ratings of these judges and (n, 1) means of all others, open ones left out."""
    known = ~np.isnan(ratings)
    others = ((np.nansum(ratings, axis=1, keepdims=True) - np.nan_to_num(ratings))
              / np.maximum(known.sum(axis=1, keepdims=True) - 1, 1))[:, judges]
    chosen = known[:, judges]
    return ratings[:, judges][chosen], others[chosen][:, None]


def weights(x: FloatArray, y: FloatArray) -> FloatArray:
    """(K,) weights, none below 0, of the columns of x (N, K) in the best sum for y (N,), each
    in standard deviations, so that they compare (least squares: Lawson & Hanson 1974)."""
    return np.asarray(nnls((x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std())[0])


def shares(x: FloatArray, y: FloatArray) -> FloatArray:
    """(K,) ``weights`` as shares of their sum; NaN where all are 0."""
    found = weights(x, y)
    total = float(found.sum())
    return found / total if total > 0 else np.full(len(found), np.nan)


def foretold(x: FloatArray, y: FloatArray, people: NDArray[np.int64],
             seed: int = 0) -> FloatArray:
    """(N,) what ``weights`` of other people say of each row: ten folds, one person in one fold;
    ``seed`` deals them."""
    fold = np.random.default_rng(seed).permutation(int(people.max()) + 1)[people] % FOLDS
    out = np.empty(len(y))
    for k in np.unique(fold):
        rest = fold != k
        slopes = weights(x[rest], y[rest]) * y[rest].std() / x[rest].std(axis=0)
        out[~rest] = y[rest].mean() + (x[~rest] - x[rest].mean(axis=0)) @ slopes
    return out


def figure(value: float, bounds: FloatArray) -> dict[str, Any]:
    """{r, interval} rounded to three places, None where undefined."""
    if np.isnan(value):
        return {"r": None, "interval": None}
    return {"r": round(float(value), 3), "interval": [round(float(b), 3) for b in bounds]}
