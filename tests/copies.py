"""The same clip as another camera, light or codec would have kept it."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from tests.photographs import jpeg, noisy

Frames = Iterable[tuple[float, np.ndarray]]


def half(frames: Frames) -> Iterator[tuple[float, np.ndarray]]:
    """Half as wide and as high, in even numbers of px, as codecs want them."""
    for time, image in frames:
        height, width = (side // 4 * 2 for side in image.shape[:2])
        yield time, cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def dark(frames: Frames) -> Iterator[tuple[float, np.ndarray]]:
    """Less than half of the light, with a sensor's noise."""
    return ((t, noisy(image * 0.45, 2, t)) for t, image in frames)


def jpeg30(frames: Frames) -> Iterator[tuple[float, np.ndarray]]:
    """As JPEG of quality 30."""
    return ((t, jpeg(image, 30)) for t, image in frames)


def fifteen(frames: Frames) -> Iterator[tuple[float, np.ndarray]]:
    """15 pictures a second: each the first at or after its time."""
    due = 0.0
    for time, image in frames:
        if time >= due - 1e-6:
            yield time, image
            due = max(due + 1 / 15, time)


def mirrored(frames: Frames) -> Iterator[tuple[float, np.ndarray]]:
    """Left and right exchanged."""
    return ((t, image[:, ::-1]) for t, image in frames)


COPIES = {copy.__name__: copy for copy in (half, dark, jpeg30, fifteen, mirrored)}
