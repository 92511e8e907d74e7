"""Change within a face from half a second to the next: what tells a living face from a picture.

A photograph before the camera moves, tilts, comes nearer, blurs, and grows lighter and darker;
a frozen picture does nothing. Neither blinks, looks elsewhere or moves its lips. So the aligned
crop is compared with the crop half a second earlier in three steps:

1. All that a held picture can do is fitted and taken away: a homography, by inverse
   compositional Lucas-Kanade (Baker & Matthews 2004, IJCV 56(3)), coarse to fine; in the same
   least squares the camera's tone curve (a cubic), a gradient of light and a small blur (the
   second derivatives: to first order, a picture blurred along any direction).
2. What remains is looked at around eyes and mouth, smoothed: a moved lip is a blot of many
   pixels, noise is grain.
3. The grain, measured in the rest of the face, says how much of that noise alone would leave:
   so much is taken off (variances, because noise adds to change independently).

The answer is a share of the face's own contrast, so that a dark face counts like a bright one.
"""

from collections import deque
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.records import FloatArray

SIDE = 48
"""px of the crop; every constant below was measured at it."""
LAG, LATEST = 0.5, 0.8
"""s between two crops that are compared, and at most: half a second holds a blink or a syllable,
and is the same whatever the frame rate."""
NOISE = 1.15
"""What noise leaves around eyes and mouth after smoothing, in units of its grain elsewhere:
compressed photographs have 0.8 to 1.3."""
DOUBT = 0.15
"""Share of the whole remainder that always counts: where there is noise, nothing can be known to
stand quite still, as it does in a picture that the decoder repeats."""
FAR = 0.3
"""Change of an entry of the homography, in half sides of the crop, from which on the fit is not
believed: over 90 % of fits that went wrong on shaken photographs lie beyond, 5 % of all."""
WHITE, WHITE_SHARE = 245, 0.2
"""Grey level that is overexposed, and the share of the face from which on nothing can be said."""

Image = NDArray[np.float32]


class _Grid:
    """The face's oval within a crop of so many pixels; pixels in it are handled as a list."""

    def __init__(self, side: int) -> None:
        self.side = side
        y, x = np.mgrid[:side, :side].astype(np.float32)
        across, down = (x + 0.5) / side, (y + 0.5) / side
        oval = ((across - 0.5) / 0.365) ** 2 + ((down - 0.552) / 0.427) ** 2 < 1
        eyes = (abs(down - 0.335) < 0.104) & (abs(abs(across - 0.5) - 0.175) < 0.125)
        mouth = (abs(down - 0.781) < 0.135) & (abs(across - 0.5) < 0.1875)
        self.inside = np.flatnonzero(oval)
        self.moving = (eyes | mouth).ravel()[self.inside]
        # From -1 to 1 over the crop, so that a homography means the same at every size.
        self.u, self.v = ((2 * side * c - side).ravel()[self.inside] / side
                          for c in (across, down))
        self.to_unit = np.array([[2 / side, 0, 1 / side - 1], [0, 2 / side, 1 / side - 1],
                                 [0, 0, 1]])
        self.to_pixels = np.linalg.inv(self.to_unit)
        self._weight = {s: cv2.GaussianBlur(oval.astype(np.float32), (0, 0), s) + 1e-3
                        for s in (1.0, 1.6)}

    def smooth(self, values: Image, sigma: float) -> Image:
        """Gaussian mean of a list of pixels over those in the oval."""
        picture = np.zeros(self.side**2, np.float32)
        picture[self.inside] = values
        blurred = cv2.GaussianBlur(picture.reshape(self.side, self.side), (0, 0), sigma)
        return (blurred / self._weight[sigma]).ravel()[self.inside]

    def warped(self, image: Image, homography: FloatArray) -> Image:
        """The oval's pixels after ``homography``, in units of ``u`` and ``v``."""
        warped = cv2.warpPerspective(
            image, self.to_pixels @ homography @ self.to_unit, (self.side, self.side),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
        return warped.ravel()[self.inside]


_FINE, _COARSE = _Grid(SIDE), _Grid(SIDE // 2)
_IDENTITY = np.eye(3)


@dataclass(frozen=True)
class _Fit:
    homography: FloatArray
    shown: Image
    """The later picture where the earlier one lies."""
    remainder: Image
    """Their difference that no held picture makes, in the earlier one's grey levels."""


class _Template:
    """A picture that later ones are fitted to.

    Args:
        image: (S, S), slightly blurred.
        grid: of that side.
        rich: whether tone curve, light and blur are fitted too, not only gain and offset.
    """

    def __init__(self, image: Image, grid: _Grid, rich: bool) -> None:
        self._grid = grid
        self.grey = image.ravel()[grid.inside]
        self.contrast = float(self.grey.std())
        self._centred = self.grey - self.grey.mean()
        self._energy = float(self._centred @ self._centred) + 1e-3
        right, down = _slopes(image)
        gx, gy = right.ravel()[grid.inside], down.ravel()[grid.inside]
        tone = self._centred / (self.contrast + 1e-3)
        u, v = grid.u, grid.v
        along = gx * u + gy * v
        held = [gx * u, gx * v, gx, gy * u, gy * v, gy, -along * u, -along * v,
                tone, np.ones_like(tone)]
        if rich:
            (xx, xy), (_, yy) = _slopes(right), _slopes(down)
            held += [tone**2, tone**3, tone * u, tone * v, u, v,
                     *(w.ravel()[grid.inside] for w in (xx, xy, yy))]
        ways = np.array(held)
        self._scale = np.sqrt((ways**2).mean(axis=1)) + 1e-3
        self._ways = ways / self._scale[:, None]
        # A touch of ridge: a flat face leaves some of the ways without a slope.
        ridge = 1e-3 * ways.shape[1] * np.eye(len(ways), dtype=np.float32)
        self._solve = np.linalg.inv(self._ways @ self._ways.T + ridge) @ self._ways

    def fit(self, image: Image, start: FloatArray, steps: int) -> _Fit:
        """Lay a later picture over this one, from ``start`` on; the best of so many steps."""
        homography, best, least = start, None, np.inf
        for _ in range(steps):
            shown = self._grid.warped(image, homography)
            # A step of geometry takes the contrast for equal.
            gain = max(float(self._centred @ shown) / self._energy, 0.1)
            difference = shown / gain - self.grey
            found = self._solve @ difference
            remainder = difference - found @ self._ways
            if (size := float(remainder @ remainder)) < least:
                best, least = _Fit(homography, shown, remainder), size
            p = np.append(2 / self._grid.side * found[:8] / self._scale[:8], 0.0)
            p = np.maximum(np.minimum(p, 0.12), -0.12).reshape(3, 3)
            # I - p for the inverse of I + p: the next step mends what that leaves.
            homography = homography @ (_IDENTITY - p)
            homography = homography / homography[2, 2]
            if abs(p).max() < 2e-3:
                break
        assert best is not None
        return best


class _Crop:
    """A crop made ready for comparing."""

    def __init__(self, time: float, track: int, crop: NDArray[np.uint8]) -> None:
        self.time, self.track = time, track
        grey: Image = crop.astype(np.float32)
        if crop.shape != (SIDE, SIDE):
            grey = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        half = cv2.resize(grey, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
        self.fine: Image = cv2.GaussianBlur(grey, (0, 0), 0.8)
        self.coarse: Image = cv2.GaussianBlur(half, (0, 0), 1.0)

    @cached_property
    def templates(self) -> tuple[_Template, _Template]:
        """The coarse and the fine one."""
        return _Template(self.coarse, _COARSE, False), _Template(self.fine, _FINE, True)


class FaceChange:
    """Watches the candidate's face in one stream of frames."""

    def __init__(self) -> None:
        self._crops: deque[_Crop] = deque()

    def update(self, time: float, track: int, crop: NDArray[np.uint8]) -> float:
        """How much the face has changed since half a second ago.

        Args:
            time: s, later than the one before.
            track: whose face it is; another face starts anew.
            crop: (S, S) uint8 grey, aligned; compared at 48 px.

        Returns:
            The change around eyes and mouth, in standard deviations of the face's grey levels,
            0 and up; NaN where it is not known: the face was not there half a second earlier,
            it moved too fast, or the picture is overexposed.
        """
        if self._crops and self._crops[-1].track != track:
            self._crops.clear()
        later = _Crop(time, track, crop)
        self._crops.append(later)
        while len(self._crops) > 1 and self._crops[1].time <= time - LAG + 0.01:
            self._crops.popleft()
        earlier = self._crops[0]
        if not LAG - 0.01 <= time - earlier.time <= LATEST:
            return np.nan
        return _change(earlier, later)


def _change(earlier: _Crop, later: _Crop) -> float:
    coarse, fine = earlier.templates
    start = coarse.fit(later.coarse, _IDENTITY, 4).homography
    fit = fine.fit(later.fine, start, 5)
    white = np.maximum(fit.shown, fine.grey) > WHITE
    if abs(fit.homography - _IDENTITY).max() >= FAR or white.mean() >= WHITE_SHARE:
        return np.nan
    left = np.where(white, np.float32(0), fit.remainder)
    moving = _FINE.moving
    blots = _size(_FINE.smooth(left, 1.6)[moving])
    grain = _size((left - _FINE.smooth(left, 1.0))[~moving])
    change = max(blots**2 - (NOISE * grain) ** 2, 0.0) + (DOUBT * _size(left[moving])) ** 2
    # Two grey levels: a flat face has no contrast to speak of.
    return float(np.sqrt(change)) / (fine.contrast + 2)


def _size(values: Image) -> float:
    return float(np.sqrt((values**2).mean()))


def _slopes(image: Image) -> tuple[Image, Image]:
    """Slope to the right and down, grey levels per px."""
    return tuple(cv2.Sobel(image, cv2.CV_32F, dx, 1 - dx, ksize=1, scale=0.5) for dx in (1, 0))
