"""Face -> aligned grey crop -> tensor: the one preprocessing.

Training, evaluation, clips and the webcam all come through ``align`` and
``to_tensor`` (networks that do not vote: ``normalised``); there is no second way in.
"""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.records import FloatArray

EYE_DISTANCE = 0.35
"""Between the eyes, as a share of the crop's side. The median of the FER2013 pictures is 0.36,
so that the usual training picture is nearly its own crop and loses little to resampling."""
NOSE = (0.50, 0.57)
"""Where the nose tip lands, as a share of the side. FER2013's median is (0.50, 0.60); a little
higher keeps the chin of an open mouth in the crop."""
PROFILE_RATIO = 0.75
"""Eye distance over the distance from the eyes to the mouth below which a head is taken as
turned. A frontal face has about 0.9; a turned one shows its eyes closer together, and
scaling by them alone would zoom into the nose."""
SHARPNESS = 0.12
"""Share of a crop's contrast that is finer than a Gaussian of 1 px, up to which it is sharpened:
5 % of FER2013's pictures have less, of those out of focus (``robustness``) 98 %."""
MOST = 6.0
"""Times its fine detail that a crop gets, at most: beyond it there is only noise."""


def alignment(landmarks: FloatArray, size: int) -> FloatArray:
    """The similarity that puts a face into its crop (seed 001: eyes level, eye distance
    fixed, nose centred).

    Args:
        landmarks: (5, 2) px: eyes, nose, mouth corners; left in the picture first.
        size: side of the crop, px.

    Returns:
        (2, 3) affine matrix from picture to crop pixel centres.
    """
    left, right, nose = landmarks[0], landmarks[1], landmarks[2]
    eyes = right - left
    to_mouth = (landmarks[3] + landmarks[4] - left - right) / 2
    span = max(np.hypot(*eyes), PROFILE_RATIO * np.hypot(*to_mouth), 1e-6)
    scale = EYE_DISTANCE * size / span
    angle = np.arctan2(eyes[1], eyes[0])
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    rotation = np.array([[c, s], [-s, c]])
    target = np.array(NOSE) * size - 0.5
    return np.column_stack([rotation, target - rotation @ nose])


def whole_picture(picture: NDArray[np.uint8], size: int) -> FloatArray:
    """The fallback where no face is found: the largest centred square, which for an
    already cropped face is nearly what ``alignment`` would give.

    Returns:
        (2, 3) affine matrix from picture to crop pixel centres.
    """
    height, width = picture.shape[:2]
    scale = size / min(height, width)
    shift = (size - scale * np.array([width, height])) / 2 + (scale - 1) / 2
    return np.column_stack([scale * np.eye(2), shift])


def grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) RGB or (H, W) -> (H, W) ITU-R 601 luma."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)  # type: ignore[return-value]


def align(image: NDArray[np.uint8], matrix: FloatArray, size: int) -> NDArray[np.uint8]:
    """Warp a picture into a crop without aliasing.

    A face larger than the crop is sampled on a finer grid first and then averaged down;
    beyond the picture its edge pixels are repeated.

    Args:
        image: (H, W, 3) RGB or (H, W) grey, uint8.
        matrix: (2, 3) from ``alignment`` or ``whole_picture``.
        size: side of the crop, px.

    Returns:
        (size, size) uint8 grey.
    """
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    k = int(np.clip(np.round(1 / scale), 1, 16))
    fine = matrix * k
    fine[:, 2] += (k - 1) / 2
    crop = cv2.warpAffine(image, fine, (size * k, size * k), flags=cv2.INTER_LINEAR,
                          borderMode=cv2.BORDER_REPLICATE)
    if k > 1:
        crop = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA)
    return grey(crop)  # type: ignore[arg-type]


def to_tensor(crops: NDArray[np.uint8]) -> torch.Tensor:
    """Crops to what the networks of expressions see: soft ones sharpened, all ``normalised``.

    Args:
        crops: (N, S, S) uint8.

    Returns:
        (N, 1, S, S) float32.
    """
    return normalised(np.stack([sharpened(crop) for crop in crops]))


def normalised(crops: NDArray[np.uint8] | NDArray[np.float32]) -> torch.Tensor:
    """Each crop with zero mean and unit variance, so that brightness and contrast of the camera
    do not reach the reading.

    Args:
        crops: (N, S, S).

    Returns:
        (N, 1, S, S) float32.
    """
    x = torch.from_numpy(np.ascontiguousarray(crops)).float().unsqueeze(1)
    std, mean = torch.std_mean(x, dim=(2, 3), keepdim=True)
    return (x - mean) / std.clamp_min(4.0)


def sharpened(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Unsharp masking of a crop that is softer than ``SHARPNESS``, by as much as brings it there:
    a lens out of focus reaches the reading less. A sharper one stays as it is.

    With fine detail D x = x - G x (G: Gaussian of 1 px) and sharpness std(D x) / std(x), it is
    x + a D x with the a that solves var(D x + a D D x) = SHARPNESS^2 var(x + a D x).

    Args:
        crop: (S, S) uint8.

    Returns:
        (S, S), grey levels, some beyond 0 to 255.
    """
    x = crop.astype(np.float32)
    detail = _detail(x)
    lacking = SHARPNESS**2 * cv2.meanStdDev(x)[1].item()**2 - cv2.meanStdDev(detail)[1].item()**2
    if lacking <= 0:
        return x
    # Of x, its detail and the detail's detail.
    spread = np.cov([x.ravel(), detail.ravel(), _detail(detail).ravel()], ddof=0)
    square = spread[2, 2] - SHARPNESS**2 * spread[1, 1]
    linear = spread[1, 2] - SHARPNESS**2 * spread[0, 1]
    root = linear + np.sqrt(max(linear**2 + square * lacking, 0.0))
    # Where there is no such a, the most was not enough.
    return x + np.float32(min(lacking / root, MOST) if root > 0 else MOST) * detail


def _detail(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return x - cv2.GaussianBlur(x, (0, 0), 1.0)
