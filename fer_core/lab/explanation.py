"""What each network read in a picture, and what it looked at."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from timm.layers import Attention

from fer_core.faces.alignment import align, alignment, to_tensor
from fer_core.media.decode import decode
from fer_core.media.pictures import around
from fer_core.networks.recogniser import Recogniser
from fer_core.pipeline import Analyser
from fer_core.records import FloatArray

PATCH, STRIDE = 12, 4
"""px of the grey square that covers a part of the 48-px crop, and of its steps."""
FACES = 6
"""At most so many faces of one picture are read, the largest first."""


@dataclass(frozen=True, eq=False)
class Look:
    """One face of a picture.

    Attributes:
        picture: (H, W, 3) uint8 RGB, the face cut out of the picture with some margin.
        crop: (S, S) uint8, what the networks saw.
        names: the M networks.
        members: (M, C) what each read; ``vote`` (C,) what they agreed on.
        occlusion: (M, S, S) how much the vote's class loses, in probability, where a part of
            the face is covered (Zeiler & Fergus, arXiv:1311.2901); negative where it gains.
        attention: name -> (S, S) attention rollout, of the networks that have attention,
            0 to 1 (Abnar & Zuidema, arXiv:2005.00928).
    """

    picture: NDArray[np.uint8]
    crop: NDArray[np.uint8]
    names: tuple[str, ...]
    members: FloatArray
    vote: FloatArray
    occlusion: FloatArray
    attention: dict[str, FloatArray]


def look(analyser: Analyser, data: bytes, name: str = "") -> tuple[Look, ...]:
    """Read every face of a picture file, the largest first; empty where there is none.

    Args:
        data: the bytes of the file; ``name`` is only said when they are no picture.

    Raises:
        DatasetError: the bytes are no picture.
    """
    picture = decode(data, name)
    recogniser = analyser.recogniser
    looks = []
    for face in sorted(analyser.detector.detect(picture), key=lambda f: -f.size)[:FACES]:
        crop = align(picture, alignment(face.landmarks, recogniser.crop), recogniser.crop)
        members = recogniser.members(crop[None])
        vote = recogniser.vote(members)[0]
        names = tuple(n.name for n in recogniser.names)
        maps = {name: rollout(network, crop) for name, network in
                zip(names, recogniser.networks, strict=True)}
        looks.append(Look(around(picture, face, 0.25), crop, names, members[:, 0], vote,
                          occlusion(recogniser, crop, int(vote.argmax())),
                          {k: v for k, v in maps.items() if v is not None}))
    return tuple(looks)


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
