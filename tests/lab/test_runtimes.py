import json

import pytest
import torch

from fer_core.config import RecogniserSettings, Settings
from fer_core.lab import runtimes
from fer_core.networks import precision

pytestmark = pytest.mark.slow  # compiles and exports the networks

HALF = ("eager half", "half weights")
# Compiling takes half a minute, exporting ten seconds.
LEFT_OUT = ("torch.compile", "ONNX Runtime", "OpenVINO")


def compared(monkeypatch, **settings):
    """A table of few measurements, with one runtime that is not there."""
    def absent(networks, where):
        raise runtimes.Absent("not here")

    monkeypatch.setattr(runtimes, "REPEATS", 1)
    monkeypatch.setattr(runtimes, "BATCHES", (1, 2))
    kept = {k: v for k, v in runtimes.RUNTIMES.items() if k not in LEFT_OUT}
    monkeypatch.setattr(runtimes, "RUNTIMES", {**kept, "no such thing": absent})
    return runtimes.compare(Settings(recogniser=RecogniserSettings(device="cpu"), **settings))


@pytest.fixture(scope="module")
def result():
    with pytest.MonkeyPatch.context() as patch:
        yield compared(patch)


def test_every_runtime_reads_the_same(result):
    rows = result["runtimes"]
    assert rows["eager float32"]["speedup"] == dict.fromkeys(runtimes.BATCHES, 1.0)
    assert rows["eager float32"]["difference"] == 0
    assert rows["channels last"]["difference"] < 0.03
    assert rows["int8 (dynamic)"]["difference"] < 0.2
    assert rows["no such thing"] == {"absent": "not here"}
    for name in HALF:
        if precision.has_units("cpu", torch.bfloat16):
            assert rows[name]["difference"] < 0.03
        else:
            assert rows[name] == {"absent": "not on this processor"}


def test_the_table_and_the_limit(result):
    text = runtimes.describe(result)
    assert all(name in text for name in runtimes.RUNTIMES)
    assert f"the product runs in {result['precision']}" in text
    assert 0 < result["limit_share"] < 2
    assert 5e8 < result["flops"] < 3e9
    assert json.loads(json.dumps(result))["device"] == "cpu"


def test_a_precision_that_the_processor_lacks_is_named_and_not_run(monkeypatch):
    monkeypatch.setattr(precision, "has_units", lambda device, kind: kind is torch.float32)
    result = compared(monkeypatch, precision="auto")
    assert result["precision"] == "float32"
    assert all(result["runtimes"][n] == {"absent": "not on this processor"} for n in HALF)
    assert result["limit_share"] > 0
    assert runtimes.describe(result).count("not on this processor") == len(HALF)


def test_where_the_products_own_row_is_absent_the_others_are_still_compared(monkeypatch):
    """Half precision forced upon a processor that would have to emulate it."""
    monkeypatch.setattr(precision, "has_units", lambda device, kind: kind is torch.float32)
    result = compared(monkeypatch, precision="bfloat16")
    assert result["runtimes"]["channels last"] == {"absent": "not on this processor"}
    assert result["runtimes"]["int8 (dynamic)"]["ms"]
    assert (result["limit_share"], result["faces_per_second"]) == (None, None)
    assert "faces/s" not in runtimes.describe(result)
