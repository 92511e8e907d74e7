"""Files of weights are written in one way and read with what was told of them."""

import json

import pytest
import torch
from safetensors.torch import load_file

from fer_core.errors import ModelError
from fer_core.networks.weights import read_told, write


def test_real_numbers_become_halves_and_others_stay(tmp_path):
    turned = torch.nn.Parameter(torch.arange(6.0).reshape(2, 3)).T
    path = write({"turned": turned, "count": torch.tensor(7)}, tmp_path / "a.safetensors",
                 {"recipe": {"seed": 3}})
    kept = load_file(path)
    assert (kept["turned"].dtype, kept["count"].dtype) == (torch.float16, torch.int64)
    assert kept["turned"].tolist() == turned.tolist()
    assert read_told(path) == {"recipe": {"seed": 3}}


def test_weights_without_what_was_told_are_said(tmp_path):
    path = write({"a": torch.ones(1)}, tmp_path / "a.safetensors")
    with pytest.raises(ModelError) as caught:
        read_told(path)
    assert caught.value.key == "error.weights.recipe"
    path.with_suffix(".json").write_text(json.dumps({}))
    assert read_told(path) == {}
