"""Why a face was read as it was: what the networks looked at, and what would change their mind."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from timm.layers import Attention

from fer_core.faces.alignment import to_tensor
from fer_core.networks.recogniser import Recogniser
from fer_core.records import FloatArray

PATCH, STRIDE = 12, 4
"""px of the grey square that covers a part of the 48-px crop, and of its steps."""
PARTS: dict[str, tuple[float, float, float, float]] = {
    "brows": (0.12, 0.12, 0.88, 0.29), "eyes": (0.12, 0.27, 0.88, 0.47),
    "nose": (0.36, 0.42, 0.64, 0.66), "mouth": (0.26, 0.65, 0.74, 0.92),
    "left": (0.0, 0.0, 0.5, 1.0), "right": (0.5, 0.0, 1.0, 1.0)}
"""Parts of the aligned crop that are covered: left, top, right, bottom as shares of its side.
Eyes, nose and mouth lie where ``faces.alignment`` puts them; left and right are the picture's."""
BLUR = 2.0
"""px of the crop (standard deviation): a face of a dozen pixels."""
Change = Literal["brows", "eyes", "nose", "mouth", "left", "right", "mirrored", "blurred"]


@dataclass(frozen=True, eq=False)
class Doubt:
    """A change of the crop, and what would be read then.

    Attributes:
        change: a key of ``PARTS`` (covered by the crop's mean grey), ``mirrored`` or ``blurred``.
        vote: (C,) what the networks would agree on.
        flips: whether that is another expression.
        loss: by how much the probability of the expression falls; negative where it rises.
    """

    change: Change
    vote: FloatArray
    flips: bool
    loss: float


@dataclass(frozen=True, eq=False)
class Explained:
    """Why one crop was read as it was.

    Attributes:
        occlusion: (M, S, S) how much the vote's class loses, in probability, where a part of
            the face is covered (Zeiler & Fergus, arXiv:1311.2901); negative where it gains.
        attention: name -> (S, S) attention rollout, of the networks that have attention,
            0 to 1 (Abnar & Zuidema, arXiv:2005.00928).
        doubts: every change that was tried, those that flip the reading first, then by loss.
    """

    occlusion: FloatArray
    attention: dict[str, FloatArray]
    doubts: tuple[Doubt, ...]


def explained(recogniser: Recogniser, crop: NDArray[np.uint8], vote: FloatArray) -> Explained:
    """Maps and doubts of one face; asks each network some 110 times.

    Args:
        crop: (S, S) from ``faces.alignment.align``; ``vote``: (C,) what was read from it.
    """
    index = int(vote.argmax())
    names = (n.name for n in recogniser.names)
    maps = {name: rollout(network, crop) for name, network in
            zip(names, recogniser.networks, strict=True)}
    return Explained(occlusion(recogniser, crop, index),
                     {k: v for k, v in maps.items() if v is not None},
                     doubts(recogniser, crop, vote))


def doubts(recogniser: Recogniser, crop: NDArray[np.uint8], vote: FloatArray
           ) -> tuple[Doubt, ...]:
    """What would change the reading: every part covered, the face mirrored, the face blurred."""
    changed = changes(crop)
    votes = recogniser.vote(recogniser.members(np.stack(list(changed.values()))))
    index = int(vote.argmax())
    found = [Doubt(name, read, int(read.argmax()) != index, float(vote[index] - read[index]))
             for name, read in zip(changed, votes, strict=True)]
    return tuple(sorted(found, key=lambda d: (not d.flips, -d.loss)))


def changes(crop: NDArray[np.uint8]) -> dict[Change, NDArray[np.uint8]]:
    """Name -> (S, S) the crop so changed."""
    size = len(crop)
    out: dict[Change, NDArray[np.uint8]] = {}
    for name, part in PARTS.items():
        x1, y1, x2, y2 = (round(share * size) for share in part)
        covered = crop.copy()
        covered[y1:y2, x1:x2] = np.uint8(crop.mean())
        out[name] = covered  # type: ignore[index]
    out["mirrored"] = crop[:, ::-1].copy()
    out["blurred"] = cv2.GaussianBlur(crop, (0, 0), BLUR)  # type: ignore[assignment]
    return out


def occlusion(recogniser: Recogniser, crop: NDArray[np.uint8], index: int) -> FloatArray:
    """(M, S, S) loss of the probability of class ``index`` where the crop is covered by a square
    of its mean grey, averaged over the squares that cover a pixel."""
    size = len(crop)
    corners = [(y, x) for y in range(0, size - PATCH + 1, STRIDE)
               for x in range(0, size - PATCH + 1, STRIDE)]
    covered = np.repeat(crop[None], len(corners) + 1, axis=0)
    for i, (y, x) in enumerate(corners, start=1):
        covered[i, y:y + PATCH, x:x + PATCH] = np.uint8(crop.mean())
    read = recogniser.members(covered)[..., index]
    loss, times = np.zeros((len(read), size, size)), np.zeros((size, size))
    for i, (y, x) in enumerate(corners, start=1):
        loss[:, y:y + PATCH, x:x + PATCH] += (read[:, 0] - read[:, i])[:, None, None]
        times[y:y + PATCH, x:x + PATCH] += 1
    return loss / np.maximum(times, 1)


@torch.inference_mode()
def rollout(network: torch.nn.Module, crop: NDArray[np.uint8]) -> FloatArray | None:
    """(S, S) how much of each place reaches the classifier through the attention of all blocks,
    scaled to 0..1; None for a network without attention.

    Each block's attention, mean over its heads, is mixed half and half with the shortcut, and
    the blocks are multiplied; the classifier averages all tokens.
    """
    layers = [m for m in network.modules() if isinstance(m, Attention)]
    if not layers:
        return None
    seen: list[torch.Tensor] = []

    def keep(layer: Attention, args: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        x = args[0]
        n, tokens, _ = x.shape
        q, k, _ = layer.qkv(x).reshape(n, tokens, 3, layer.num_heads, -1).permute(2, 0, 3, 1, 4)
        scores = layer.q_norm(q) @ layer.k_norm(k).transpose(-2, -1) * layer.scale
        seen.append(scores.softmax(-1).mean(1)[0])

    hooks = [layer.register_forward_hook(keep) for layer in layers]
    try:
        device = next(network.parameters()).device
        network(to_tensor(crop[None]).to(device))
    finally:
        for hook in hooks:
            hook.remove()
    total = torch.eye(len(seen[0]), device=seen[0].device)
    for attention in seen:
        total = (attention + torch.eye(len(attention), device=attention.device)) / 2 @ total
    reach = total.mean(0)
    # A class token, where there is one, is no place in the picture.
    side = int(len(reach) ** 0.5)
    grid = reach[-side * side:].reshape(1, 1, side, side).float()
    full = F.interpolate(grid, size=crop.shape, mode="bicubic", align_corners=False)[0, 0]
    low, high = full.min(), full.max()
    return ((full - low) / (high - low).clamp_min(1e-9)).cpu().numpy().astype(np.float64)
