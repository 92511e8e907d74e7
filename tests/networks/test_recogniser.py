import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fer_core.config import RecogniserSettings, Settings, choose_threads
from fer_core.emotions import LABEL_SETS, heads
from fer_core.errors import ModelError, WeightsCorrupt, WeightsMissing
from fer_core.lab import training
from fer_core.networks import models, recogniser
from fer_core.networks.recogniser import Manifest, Recogniser, choose_device


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A weights folder of two untrained networks, written by the product's own export."""
    base = tmp_path_factory.mktemp("models")
    for name in ("vit", "mixer"):
        torch.manual_seed(len(name))
        recipe = training.Recipe(f"poise_{name}")
        made = training.export(models.create(recipe.architecture, 8), recipe, heads("ferplus"),
                               base)
        recogniser.install(made, name, base / "weights")
    return base / "weights"


def settings(folder, **recogniser_settings):
    return Settings(weights=folder, precision="float32", recogniser=RecogniserSettings(
        **{"device": "cpu"} | recogniser_settings))


CROPS = np.random.default_rng(0).integers(0, 255, (5, 48, 48)).astype(np.uint8)


def test_the_average_of_the_members(folder):
    r = Recogniser(settings(folder))
    members = r.members(CROPS)
    assert members.shape == (2, 5, 8)
    np.testing.assert_allclose(r.read(CROPS), members.mean(0))
    np.testing.assert_allclose(r.read(CROPS).sum(1), 1)
    assert [m.name for m in r.names] == ["vit", "mixer"]


@pytest.fixture(scope="module")
def two_heads(tmp_path_factory):
    base = tmp_path_factory.mktemp("heads")
    torch.manual_seed(3)
    made = training.export(models.create("poise_mixer", 15), training.Recipe("poise_mixer"),
                           heads("ferplus+fer2013"), base)
    recogniser.install(made, "mixer", base / "weights")
    return base / "weights"


def test_each_head_answers_for_its_annotators_and_the_first_for_poise(two_heads):
    r = Recogniser(settings(two_heads))
    plus, plain = LABEL_SETS["ferplus"], LABEL_SETS["fer2013"]
    assert r.labels == plus
    assert r.read(CROPS, plain).shape == (5, 7)
    np.testing.assert_allclose(r.read(CROPS), r.read(CROPS, plus))
    np.testing.assert_allclose(r.read(CROPS, LABEL_SETS["aihub"]), r.read(CROPS))


def test_temperatures_soften_each_head_by_itself(two_heads, tmp_path):
    for file in two_heads.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = Manifest.read(tmp_path)
    warm = manifest.models[0].model_copy(update={"temperatures": (1.0, 100.0)})
    Manifest(models=(warm,)).write(tmp_path)
    before, after = Recogniser(settings(two_heads)), Recogniser(settings(tmp_path))
    plus, plain = LABEL_SETS["ferplus"], LABEL_SETS["fer2013"]
    np.testing.assert_allclose(before.read(CROPS, plus), after.read(CROPS, plus))
    np.testing.assert_allclose(after.read(CROPS, plain), 1 / 7, atol=0.02)


def test_biases_lift_a_class_of_their_head(two_heads, tmp_path):
    for file in two_heads.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    plus, plain = LABEL_SETS["ferplus"], LABEL_SETS["fer2013"]
    manifest = Manifest.read(tmp_path)
    lifted = manifest.models[0].model_copy(update={
        "biases": ((0.0,) * 8, (0.0, 0.0, 50.0, 0.0, 0.0, 0.0, 0.0))})
    Manifest(models=(lifted,)).write(tmp_path)
    before, after = Recogniser(settings(two_heads)), Recogniser(settings(tmp_path))
    np.testing.assert_allclose(before.read(CROPS, plus), after.read(CROPS, plus))
    np.testing.assert_allclose(after.read(CROPS, plain)[:, 2], 1, atol=1e-6)


@pytest.mark.parametrize("wrong", [{"temperatures": [1.0]}, {"biases": [[0.0] * 8]},
                                   {"biases": [[0.0] * 8, [0.0] * 8]}])
def test_a_calibration_of_other_heads_is_refused(two_heads, tmp_path, wrong):
    manifest = json.loads((two_heads / "manifest.json").read_text())
    manifest["models"][0].update(wrong)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError):
        Manifest.read(tmp_path)


def test_batches_do_not_change_the_reading(folder):
    one = Recogniser(settings(folder, batch=1)).read(CROPS)
    many = Recogniser(settings(folder, batch=64)).read(CROPS)
    np.testing.assert_allclose(one, many, atol=1e-5)


def test_flip_averaging_makes_the_reading_symmetric(folder):
    r = Recogniser(settings(folder, flip=True))
    np.testing.assert_allclose(r.read(CROPS), r.read(CROPS[:, :, ::-1]), atol=1e-5)


def test_members_can_be_chosen(folder):
    r = Recogniser(settings(folder, members=("mixer",)))
    assert r.members(CROPS).shape[0] == 1
    with pytest.raises(ModelError) as caught:
        Recogniser(settings(folder, members=("resnet",)))
    assert caught.value.key == "error.model.unknown"


def test_an_unknown_vote_is_said(folder):
    with pytest.raises(ModelError) as caught:
        Recogniser(settings(folder, vote="loudest"))
    assert caught.value.key == "error.model.vote"


def test_no_faces_is_an_empty_reading(folder):
    assert Recogniser(settings(folder)).read(CROPS[:0]).shape == (0, 8)


def test_missing_manifest_and_missing_checkpoint(folder, tmp_path):
    with pytest.raises(WeightsMissing):
        Recogniser(settings(tmp_path))
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    with pytest.raises(WeightsMissing) as caught:
        Recogniser(settings(tmp_path))
    assert "vit.safetensors" in str(caught.value.values["path"])


def test_a_checkpoint_with_another_sha_is_refused(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    data = bytearray((tmp_path / "mixer.safetensors").read_bytes())
    data[-1] ^= 1
    (tmp_path / "mixer.safetensors").write_bytes(data)
    with pytest.raises(WeightsCorrupt):
        Recogniser(settings(tmp_path))


@pytest.mark.parametrize("text", ["", "[]", "{\"models\": [{\"name\": \"x\"}]}", "\x00"])
def test_a_damaged_manifest_is_a_model_error(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ModelError):
        Manifest.read(tmp_path)


def test_a_manifest_cannot_point_outside_its_folder(folder, tmp_path):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["models"][0]["file"] = "../vit.safetensors"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError):
        Manifest.read(tmp_path)


def test_label_sets_cannot_be_mixed(folder, tmp_path):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["models"][0]["labels"] = "fer2013"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError) as caught:
        Recogniser(settings(tmp_path))
    assert caught.value.key == "error.model.mixed"


def test_installing_again_replaces(folder):
    assert [m.name for m in Manifest.read(folder).models] == ["vit", "mixer"]
    before = Manifest.read(folder)
    made = folder.parent / "poise_vit.safetensors"
    recogniser.install(made, "vit", folder)
    assert Manifest.read(folder) == before


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_cuda_asked_for_and_absent():
    assert choose_device("auto") == "cpu"
    with pytest.raises(ModelError):
        choose_device("cuda")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA on this machine")
def test_cuda_reads_what_the_cpu_reads(folder):
    on_gpu = Recogniser(Settings(weights=folder,
                                 recogniser=RecogniserSettings(device="cuda"))).read(CROPS)
    np.testing.assert_allclose(on_gpu, Recogniser(settings(folder)).read(CROPS), atol=0.02)


@given(st.integers(1, 64))
def test_threads_are_at_least_one(wish):
    assert choose_threads(wish) == wish
    assert choose_threads(0) >= 1


@pytest.mark.parametrize("name", ["poise_vit", "poise_mixer"])
def test_networks_are_within_the_promised_size(name):
    model = models.create(name, len(LABEL_SETS["ferplus"].classes))
    assert sum(p.numel() for p in model.parameters()) * 2 < 30e6
