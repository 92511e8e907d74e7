"""The pitch of a voice by autocorrelation.

Of every 40 ms window, Hann-weighted, the autocorrelation is divided by that of the weights; a
peak at the lag of one period is a candidate, and of all candidates the path that jumps least is
taken. Weights of the costs are Praat's. Reference: Boersma 1993, "Accurate short-term analysis
of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound", IFA
Proceedings 17, 97-110.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from fer_core.records.sound import RATE

HOP = 160
"""Samples between two values: 10 ms."""
FLOOR, CEILING = 75.0, 500.0
"""Hz. A lower or higher voice is rarer than a halved or doubled one."""
WINDOW = round(3 * RATE / FLOOR)
"""Samples of a window: three periods of the lowest pitch."""
_SIZE = 1024  # of the transform: the window, and lags of one period without wrapping round
_CANDIDATES = 5
_VOICED, _SILENT = 0.45, 0.03  # thresholds: of the autocorrelation, of the loudest peak
_OCTAVE, _JUMP, _CHANGE = 0.01, 0.35, 0.14  # costs: of low pitch, of an octave, of voicing


def pitch(samples: NDArray[np.float32], peak: float) -> NDArray[np.float32]:
    """Hz of every window, NaN where it is not voiced.

    Args:
        samples: ((n - 1) * HOP + WINDOW,) the windows' samples, -1 to 1.
        peak: the loudest sample of the stretch, which quiet windows are silent against.

    Returns:
        (n,) float32.
    """
    windows = sliding_window_view(samples, WINDOW)[::HOP].astype(np.float64)
    windows = windows - windows.mean(axis=1, keepdims=True)
    loud = np.abs(windows).max(axis=1)
    hz, strengths = _candidates(windows)
    silence = np.maximum(0, 2 - loud / max(peak, 1e-9) / (_SILENT / (1 + _VOICED)))
    return _path(hz, np.column_stack([_VOICED + silence, strengths]))


def _candidates(windows: NDArray[np.float64]
                ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hz and strength of the likeliest periods, (n, _CANDIDATES) each; strength -inf: none."""
    weights = np.hanning(WINDOW)
    shortest, longest = int(RATE / CEILING), int(np.ceil(RATE / FLOOR))
    found = _autocorrelation(windows * weights)[:, :longest + 2]
    found /= _autocorrelation(weights[None])[:, :longest + 2]
    # A peak lies between lags: through it and its neighbours goes a parabola.
    before, here, after = found[:, :-2], found[:, 1:-1], found[:, 2:]
    bend = np.minimum(before - 2 * here + after, -1e-12)
    offset = (before - after) / (2 * bend)
    height = here - (before - after) * offset / 4
    whole = np.arange(1, here.shape[1] + 1)
    is_peak = (here > before) & (here >= after) & (here > _VOICED / 2) & (whole > shortest)
    lag = whole + np.where(is_peak, offset, 0)
    strength = np.where(is_peak, np.minimum(height, 1) - _OCTAVE * np.log2(FLOOR * lag / RATE),
                        -np.inf)
    best = np.argpartition(-strength, _CANDIDATES, axis=1)[:, :_CANDIDATES]
    return (RATE / np.take_along_axis(lag, best, axis=1),
            np.take_along_axis(strength, best, axis=1))


def _autocorrelation(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, lags) of each row, 1 at lag 0; 0 where the row is silent."""
    spectrum = np.fft.rfft(windows, _SIZE)
    found = np.fft.irfft(np.abs(spectrum) ** 2, _SIZE)
    return np.asarray(found / np.maximum(found[:, :1], 1e-12))


def _path(hz: NDArray[np.float64], strength: NDArray[np.float64]) -> NDArray[np.float32]:
    """Hz along the best path (Viterbi); candidate 0 is "not voiced"."""
    count = len(hz)
    octaves = np.column_stack([np.full(count, np.nan), np.log2(hz)])
    total = strength[0].copy() if count else np.zeros(0)
    came = np.zeros(strength.shape, np.int8)
    for i in range(1, count):
        cost = _JUMP * np.abs(octaves[i - 1][:, None] - octaves[i][None])
        cost[0, :] = cost[:, 0] = _CHANGE
        cost[0, 0] = 0.0
        ways = total[:, None] - cost
        came[i] = ways.argmax(axis=0)
        total = ways.max(axis=0) + strength[i]
    found = np.full(count, np.nan, np.float32)
    at = int(total.argmax()) if count else 0
    for i in range(count - 1, -1, -1):
        if at:
            found[i] = hz[i, at - 1]
        at = int(came[i, at])
    return found
