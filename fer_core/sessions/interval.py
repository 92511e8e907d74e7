"""How far the mean of seconds that resemble each other may lie from the long run's.

Neighbouring seconds of a face correlate (lag 1 from 0 to .9), so S seconds are worth fewer; how
many must be estimated from the same short session, and estimating it badly is what makes usual
intervals hold the truth in 70 to 90 % of cases. Here the correlation is not estimated but
averaged over: the series is taken as a first-order autoregression about its mean,

    y_t - m = r (y_(t-1) - m) + e_t

for every r of a grid the mean given r is Student's t around its least-squares value (Zellner &
Tiao 1964), and these are mixed by how likely the series makes each r, under Jeffreys' prior
1 / sqrt(1 - r^2). The interval is the middle 95 % of the mixture.

A step of the series is two seconds: a score adds quick signals to slow ones, and on single
seconds the quick ones hide how slow the others are. How often the interval holds the long run's
value is in ``lab.coverage``, which prints it. By single seconds it held it in 87 to 97 % of such
sessions; with a second, white process beside the first in 87 to 100 %.
"""

import numpy as np

from fer_core.records import FloatArray

LARGEST = 0.96
"""Correlation between neighbouring steps above which a minute would hold one independent view."""
GRID = np.sin(np.linspace(-1.2, np.arcsin(LARGEST), 64))
"""Evenly spaced in the arcsine: there Jeffreys' prior is flat."""


def margins(values: FloatArray, level: float = 0.95) -> tuple[float, float]:
    """How far under and over their mean the long run's may lie.

    Args:
        values: (S,) no NaN, in order of time.

    Returns:
        (under, over), both 0 or more, in the values' unit; infinite for fewer than 6 values,
        0 where all are the same.
    """
    steps = values[len(values) % 2:].reshape(-1, 2).mean(axis=1)
    count = len(steps)
    if count < 3:
        return np.inf, np.inf
    d = steps - steps.mean()
    squares = float(d @ d)
    if squares < 1e-18 * count:
        return 0.0, 0.0
    r = GRID
    # Inverse of the correlation matrix given r, times its innovation variance, is tridiagonal.
    ends, ends2 = d[0] + d[-1], d[0] ** 2 + d[-1] ** 2
    weight = (1 - r) * ((count - 2) * (1 - r) + 2)
    middle = (1 - r) * r * ends / weight
    rest = ((1 + r * r) * squares - r * r * ends2 - 2 * r * float(d[1:] @ d[:-1])
            - middle * middle * weight)
    rest = np.maximum(rest, 1e-12 * squares)
    log = 0.5 * np.log(1 - r * r) - 0.5 * np.log(weight) - (count - 1) / 2 * np.log(rest)
    likely = np.exp(log - log.max())
    likely /= likely.sum()
    scale = np.sqrt(rest / ((count - 1) * weight))
    # Takes as long to import as the rest of a page, and most who come here do not score.
    from scipy.optimize import brentq
    from scipy.special import stdtr, stdtrit
    widest = float((np.abs(middle) + scale * stdtrit(count - 1, (1 + level) / 2)).max())

    def too_low(at: float, tail: float) -> float:
        return float(stdtr(count - 1, (at - middle) / scale) @ likely) - tail

    aside = float(steps.mean() - values.mean())  # a single second is left over
    under, over = (aside + brentq(too_low, -widest, widest, (tail,))
                   for tail in ((1 - level) / 2, (1 + level) / 2))
    return max(-under, 0.0), max(over, 0.0)
