import json

import pytest

from fer_core.config import RecogniserSettings, Settings
from fer_core.lab import runtimes


@pytest.fixture
def result(monkeypatch):
    monkeypatch.setattr(runtimes, "REPEATS", 1)

    def broken(networks, device):
        raise runtimes.Absent("not here")

    # Compiling takes half a minute.
    kept = {k: v for k, v in runtimes.RUNTIMES.items() if k not in ("torch.compile", "OpenVINO")}
    monkeypatch.setattr(runtimes, "RUNTIMES", {**kept, "no such thing": broken})
    return runtimes.compare(Settings(recogniser=RecogniserSettings(device="cpu")))


def test_every_runtime_reads_the_same(result):
    """What the product runs, bfloat16 autocast, stays within 0.02 of float32."""
    rows = result["runtimes"]
    assert rows["eager float32"]["speedup"] == dict.fromkeys(runtimes.BATCHES, 1.0)
    assert rows["eager float32"]["difference"] == 0
    assert rows["eager bfloat16"]["difference"] < 0.02
    assert rows["int8 (dynamic)"]["difference"] < 0.2
    assert rows["no such thing"] == {"absent": "not here"}


def test_the_table_and_the_limit(result):
    text = runtimes.describe(result)
    for name in runtimes.RUNTIMES:
        assert name in text
    assert 0 < result["limit_share"] < 2
    assert 5e8 < result["flops"] < 3e9
    assert json.loads(json.dumps(result))["device"] == "cpu"
