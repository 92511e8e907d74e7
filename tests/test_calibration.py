import numpy as np
import pytest
import torch

from fer_core import models, recogniser, training
from fer_core.calibration import calibrate
from fer_core.config import RecogniserSettings, Settings
from fer_core.datasets import Samples
from fer_core.emotions import heads
from fer_core.recogniser import Manifest, Recogniser


def test_the_temperature_undoes_planted_overconfidence(tmp_path):
    """Labels drawn from the network's own probabilities at temperature 2 must give 2 back."""
    torch.manual_seed(0)
    model = models.create("poise_mixer", 15)
    torch.nn.init.normal_(model.head.weight)
    weights = training.export(model, training.Recipe("poise_mixer"), heads("ferplus+fer2013"),
                              tmp_path)
    recogniser.install(weights, "mixer", tmp_path / "weights")
    settings = Settings(weights=tmp_path / "weights", cache=tmp_path, recogniser=RecogniserSettings(
        device="cpu", precision="float32"))
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 255, (400, 48, 48)).astype(np.uint8)
    logits = Recogniser(settings).logits(pictures)[0]
    assert np.ptp(logits, axis=1).mean() > 2

    def validation(head):
        part = logits[:, :8] if head.name == "ferplus" else logits[:, 8:]
        p = recogniser.softmax(part / 2)
        label = (p.cumsum(1) < rng.random((len(p), 1))).sum(1)
        return Samples(head, list(pictures), np.eye(len(head.classes))[label], label,
                       np.zeros(len(label), bool))

    monkey = pytest.MonkeyPatch()
    monkey.setattr("fer_core.calibration.landmarks",
                   lambda samples, settings: np.full((len(samples), 5, 2), np.nan))
    with monkey.context():
        found = calibrate(settings, validation)
    assert found["ferplus"] == pytest.approx(2, rel=0.35)
    assert found["fer2013"] == pytest.approx(2, rel=0.35)
    assert Manifest.read(settings.weights).models[0].temperatures == tuple(found.values())
