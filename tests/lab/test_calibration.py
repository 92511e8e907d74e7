import numpy as np
import pytest
import torch

from fer_core.config import RecogniserSettings, Settings
from fer_core.emotions import LABEL_SETS, heads
from fer_core.lab import calibration, training
from fer_core.lab.calibration import calibrate
from fer_core.lab.datasets import Samples
from fer_core.lab.reliability import of_event
from fer_core.networks import models, recogniser
from fer_core.networks.recogniser import Manifest, Recogniser


def test_what_is_found_undoes_planted_overconfidence_and_is_kept(tmp_path):
    """Labels drawn from the network's own probabilities at temperature 2."""
    torch.manual_seed(0)
    model = models.create("test_resnet", 15)
    torch.nn.init.normal_(model.fc.weight)
    weights = training.export(model, training.Recipe("test_resnet"), heads("ferplus+fer2013"),
                              tmp_path)
    recogniser.install(weights, "mixer", tmp_path / "weights")
    settings = Settings(weights=tmp_path / "weights", cache=tmp_path, precision="float32",
                        recogniser=RecogniserSettings(device="cpu"))
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

    def likelihood(reader):
        return np.mean([np.log(reader.read(pictures, head)[np.arange(400), labels]).mean()
                        for head, labels in zip(reader.heads, drawn, strict=True)])

    samples = {head: validation(head) for head in heads("ferplus+fer2013")}
    drawn = [s.label for s in samples.values()]
    before = likelihood(Recogniser(settings))
    monkey = pytest.MonkeyPatch()
    monkey.setattr("fer_core.lab.calibration.landmarks",
                   lambda samples, settings: np.full((len(samples), 5, 2), np.nan))
    with monkey.context():
        found = calibrate(settings, samples.__getitem__)
    assert likelihood(Recogniser(settings)) > before + 0.1
    stanza = Manifest.read(settings.weights).models[0]
    assert stanza.temperatures == tuple(c.temperature for c in found.values())
    assert stanza.biases == tuple(c.biases for c in found.values())


def drawn_from(logits, temperature, biases):
    """Labels drawn from what (N, C) logits say once calibrated."""
    p = recogniser.softmax(logits / temperature + biases)
    draw = np.random.default_rng(1).random((len(p), 1))
    return np.minimum((p.cumsum(1) < draw).sum(1), logits.shape[1] - 1)


PLANTED = np.array([0.5, -1.0, 0.0, 0.8, 0.0, 0.0, -0.3])
LOGITS = np.random.default_rng(0).normal(0, 2, (1, 20_000, 7))


def test_planted_biases_are_found_as_they_are():
    label = drawn_from(LOGITS[0], 1.5, PLANTED)
    found = calibration._fit(LOGITS, label, np.ones(len(label)), lambda members: members[0])
    assert found.temperature == pytest.approx(1.5, rel=0.05)
    np.testing.assert_allclose(found.biases - np.mean(found.biases), PLANTED - PLANTED.mean(),
                               atol=0.08)


def test_the_tilt_lifts_rare_and_emphasised_classes(monkeypatch):
    """The weighted likelihood is greatest at probabilities times the classes' weights."""
    monkeypatch.setattr(calibration, "EMPHASIS", {"fear": 1.5})
    label = drawn_from(LOGITS[0], 1.5, PLANTED)
    weights = calibration._tilt(label, LABEL_SETS["fer2013"])
    assert weights.mean() == pytest.approx(1)
    found = calibration._fit(LOGITS, label, weights, lambda members: members[0])
    lifted = PLANTED - 0.25 * np.log(np.bincount(label)) + np.log([1, 1, 1.5, 1, 1, 1, 1])
    np.testing.assert_allclose(found.biases - np.mean(found.biases), lifted - lifted.mean(),
                               atol=0.08)


def test_the_vote_is_calibrated_not_its_members():
    """Labels follow the mean of two members at half their temperature: that is what is found,
    though neither member alone says so."""
    rng = np.random.default_rng(2)
    members = rng.normal(0, 1.5, (2, 20_000, 3))
    average = lambda p: p.mean(0)  # noqa: E731
    true = average(recogniser.softmax(members / 0.5))
    label = (true.cumsum(1) < rng.random((len(true), 1))).sum(1)
    found = calibration._fit(members, label, np.ones(len(label)), average)
    assert found.temperature == pytest.approx(0.5, rel=0.1)
    said = average(recogniser.softmax(members / found.temperature + np.array(found.biases)))
    one = label == 0
    vote, member = (of_event(p[:, 0], one)["ece"] for p in (
        said, recogniser.softmax(members[0] / found.temperature)))
    assert vote < 0.02 < member


def test_a_class_without_a_picture_keeps_its_place():
    logits = np.random.default_rng(0).normal(0, 1, (1, 300, 8))
    label = logits[0, :, :7].argmax(1)
    found = calibration._fit(logits, label, np.ones(300), lambda members: members[0])
    assert all(abs(b) < 5 for b in found.biases)
