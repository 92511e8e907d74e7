"""Published networks are taken over weight by weight."""

import json

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file

from fer_core.lab import backbones
from fer_core.networks import models

WIDTH = 4


def test_the_descriptor_fits_by_name_and_shape(tmp_path):
    model = models.create("poise_dlib", 15)
    entries, content = [], b""
    rng = np.random.default_rng(0)
    for name, value in model.network.state_dict().items():
        if name.startswith("head"):
            continue
        parts = name.removeprefix("blocks.").split(".")
        layer, kind = parts[-2].rstrip("12"), parts[-1]
        within = "/".join([*parts[:-2], *([f"conv{parts[-2][-1]}"] if len(parts) > 2 else [])])
        place = within or "conv32_down"
        if layer == "scale":
            full = f"{place}/scale/{'weights' if kind == 'weight' else 'biases'}"
        else:
            full = f"{place}/conv/{'filters' if kind == 'weight' else 'bias'}"
        shape = list(value.shape)
        if full.endswith("filters"):
            shape = [*shape[2:], 3 if place == "conv32_down" else shape[1], shape[0]]
        coded = {"quantization": {"scale": 0.01, "min": -1.0}} if "64" in full else {}
        kind_of = np.uint8 if coded else np.float32
        content += rng.integers(0, 200, shape).astype(kind_of).tobytes()
        entries.append({"name": full, "shape": shape, **coded})
    (tmp_path / "face_recognition_model-weights_manifest.json").write_text(
        json.dumps([{"weights": entries}]))
    (tmp_path / "face_recognition_model.bin").write_bytes(content)
    backbones.dlib(tmp_path, tmp_path / "dlib.safetensors")
    found, own = load_file(tmp_path / "dlib.safetensors"), model.state_dict()
    assert {k for k in own if k not in found} == {"network.head.weight", "network.head.bias"}
    assert all(found[k].shape == own[k].shape for k in found)
    assert found["network.blocks.conv64_1.scale1.bias"].max() <= 1.0
    assert model(torch.zeros(1, 1, 48, 48)).shape == (1, 15)


def _vit():
    """A graph with the names of ``vit_s_focus.onnx``, four wide."""
    rng = np.random.default_rng(0)
    held, nodes = {}, []

    def product(name, rows, columns):
        held[f"w{len(nodes)}"] = rng.normal(size=(rows, columns)).astype(np.float32)
        nodes.append(helper.make_node("MatMul", ["x", f"w{len(nodes)}"], ["x"], name=name))

    prefix = "backbone.embeddings."
    held |= {prefix + "cls_token": np.ones((1, 1, WIDTH), np.float32),
             prefix + "patch_embeddings.projection.weight": np.ones((WIDTH, 3, 14, 14), np.float32),
             prefix + "patch_embeddings.projection.bias": np.ones(WIDTH, np.float32),
             "first": np.ones((1, 1, WIDTH), np.float32),
             "grid": np.ones((1, 37 * 37, WIDTH), np.float32),
             "backbone.layernorm.weight": np.ones(WIDTH, np.float32),
             "backbone.layernorm.bias": np.ones(WIDTH, np.float32)}
    for n in range(12):
        layer, inside = f"backbone.encoder.layer.{n}.", f"/backbone/encoder/layer.{n}/"
        held |= {layer + name: np.full(WIDTH, n, np.float32) for name in (
            "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias", "mlp.fc1.bias",
            "mlp.fc2.bias", "layer_scale1.lambda1", "layer_scale2.lambda1",
            "attention.output.dense.bias",
            *(f"attention.attention.{p}.bias" for p in ("query", "key", "value")))}
        for part in ("key", "value", "query"):  # as they lie in the file
            product(f"{inside}attention/attention/{part}/MatMul", WIDTH, WIDTH)
        product(f"{inside}attention/output/dense/MatMul", WIDTH, WIDTH)
        product(f"{inside}mlp/fc1/MatMul", WIDTH, 2 * WIDTH)
        product(f"{inside}mlp/fc2/MatMul", 2 * WIDTH, WIDTH)
    nodes += [helper.make_node("Concat", ["first", "x"], ["y"], axis=1,
                               name="/backbone/embeddings/Concat_6"),
              helper.make_node("Reshape", ["grid", "s"], ["z"],
                               name="/backbone/embeddings/Reshape_1")]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [x], [x], [
        numpy_helper.from_array(v, k) for k, v in held.items()])
    return helper.make_model(graph), {n.name: held[n.input[1]] for n in nodes[:-2]}


def test_attention_is_taken_over_in_timms_order(tmp_path):
    model, products = _vit()
    onnx.save(model, str(tmp_path / "vit.onnx"))
    backbones.dino(tmp_path / "vit.onnx", tmp_path / "dino.safetensors")
    found = load_file(tmp_path / "dino.safetensors")
    inside = "/backbone/encoder/layer.3/attention/attention/"
    wanted = np.concatenate([products[f"{inside}{p}/MatMul"].T for p in ("query", "key", "value")])
    assert found["network.blocks.3.attn.qkv.weight"].numpy() == pytest.approx(wanted, abs=2e-3)
    assert found["network.pos_embed"].shape == (1, 1 + 64, WIDTH)
    assert found["network.patch_embed.proj.weight"].unique().tolist() == [3.0]
