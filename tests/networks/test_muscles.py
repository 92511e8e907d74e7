import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from fer_core.errors import WeightsCorrupt, WeightsMissing
from fer_core.faces.detector import FaceDetector
from fer_core.networks import models, recogniser
from fer_core.networks.models.muscles import EYE, MuscleNet
from fer_core.networks.muscles import Muscles, SharpFace, across, clear, gaze
from fer_core.networks.readying import fused
from fer_core.networks.recogniser import Manifest


@pytest.fixture(scope="module")
def net():
    """Untrained, but with normalisations that have seen something."""
    torch.manual_seed(0)
    made = MuscleNet()
    for _ in range(3):
        made(torch.randn(8, 1, 64, 64), torch.randn(8, 1, 32, 80))
    return made.eval()


@pytest.fixture(scope="module")
def folder(net, tmp_path_factory):
    """A weights folder to which the network was added as the product adds it."""
    base = tmp_path_factory.mktemp("muscles")
    save_file({k: v.half() if v.is_floating_point() else v for k, v in net.state_dict().items()},
              base / "muscles.safetensors")
    (base / "muscles.json").write_text(json.dumps({"recipe": {"architecture": models.MUSCLES}}))
    recogniser.install(base / "muscles.safetensors", "muscles", base / "weights")
    return base / "weights"


@pytest.fixture(scope="module")
def face(astronaut, settings):
    (found,) = FaceDetector(settings.faces).detect(astronaut)
    return SharpFace.of(astronaut, found.landmarks)


def planted(*points: tuple[float, float]) -> torch.Tensor:
    """A face whose two eyes look alike: outer corner, inner corner, iris."""
    return torch.tensor([[points, points]])


def test_gaze_is_where_the_iris_is_between_the_corners():
    middle, inner = planted((-1, 0), (1, 0), (0, 0)), planted((-1, 0), (1, 0), (1, 0))
    up = planted((-1, 0), (1, 0), (0, -0.5))  # y runs down
    np.testing.assert_allclose(gaze(middle)[0, 0], [0, 0], atol=1e-6)
    np.testing.assert_allclose(gaze(inner)[0, 0], [1, 0], atol=1e-6)
    np.testing.assert_allclose(gaze(up)[0, 0], [0, 0.5], atol=1e-6)
    # An eye that is tilted, larger and elsewhere looks the same way.
    turned = planted((1, 1), (1 + 3, 1 + 4), (1 + 1.5 + 1.5, 1 + 2 + 2))
    np.testing.assert_allclose(gaze(turned)[0, 0], [1, 0], atol=1e-6)


def test_both_eyes_to_one_side_are_to_that_side_and_crossed_eyes_to_none():
    # Inwards is to the right in the first eye and to the left in the second.
    right = torch.tensor([[[0.4, 0.1], [-0.4, 0.1]]])
    np.testing.assert_allclose(across(right)[0], [0.4, 0.1])
    np.testing.assert_allclose(across(torch.tensor([[[0.4, 0.0], [0.4, 0.0]]]))[0], [0, 0])


def test_normalisations_are_folded_into_the_convolutions(net):
    seen = torch.randn(3, 1, 64, 64), torch.randn(3, 1, 32, 80)
    copy = MuscleNet().eval()
    copy.load_state_dict(net.state_dict())
    folded = fused(copy)
    assert not [m for m in folded.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for ours, theirs in zip(folded(*seen), net(*seen), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


def test_installed_beside_the_networks_that_vote(folder):
    manifest = Manifest.read(folder)
    assert manifest.models == ()
    assert manifest.muscles.file == "muscles.safetensors"
    assert Manifest(models=()).muscles is None


def test_a_folder_without_it_has_none(tmp_path):
    Manifest(models=()).write(tmp_path)
    assert "muscles" not in json.loads((tmp_path / "manifest.json").read_text())
    assert Muscles.of(tmp_path, "cpu") is None


def test_another_checkpoint_is_refused(folder, tmp_path):
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    with pytest.raises(WeightsMissing):
        Muscles.of(tmp_path, "cpu")
    (tmp_path / "muscles.safetensors").write_bytes(b"other")
    with pytest.raises(WeightsCorrupt):
        Muscles.of(tmp_path, "cpu")


def test_a_face_is_read_alike_alone_and_among_others(folder, face):
    reader = Muscles.of(folder, "cpu")
    dark = SharpFace(face.crop // 3, face.eyes, face.scale)
    alone, (first, second) = reader.read([face]), reader.read([dark, face])
    assert alone[0] == pytest.approx(second, abs=1e-4)
    # Brightness and contrast do not reach the reading.
    assert first["smile"] == pytest.approx(second["smile"], abs=0.05)
    for values in (first, second):
        assert {"blink", "smile", "brow_tension", "mouth_open"} <= values.keys()
        assert all(0 <= values[k] <= 1 for k in ("blink", "smile", "brow_tension", "mouth_open"))


def eyes_at(face: SharpFace, span: float) -> np.ndarray:
    """(2, 3, 2) points of eyes so many px of the crop wide."""
    half = span / EYE[1]
    return np.array([[(-half, 0), (half, 0), (0, 0)]] * 2)


def test_small_eyes_tell_no_gaze(face):
    assert clear(face, eyes_at(face, 20))
    far = SharpFace(face.crop, face.eyes, scale=20 / 11.9)  # 11.9 px in the picture
    near = SharpFace(face.crop, face.eyes, scale=20 / 12.1)
    assert not clear(far, eyes_at(face, 20))
    assert clear(near, eyes_at(face, 20))


def test_a_reflection_on_glasses_tells_no_gaze(face):
    glint, glare = face.crop.copy(), face.crop.copy()
    x, y = face.eyes[1].astype(int)
    glint[y - 1:y + 1, x - 1:x + 1] = 255
    glare[y - 3:y + 3, x - 4:x + 4] = 255
    assert clear(SharpFace(glint, face.eyes, face.scale), eyes_at(face, 20))
    assert not clear(SharpFace(glare, face.eyes, face.scale), eyes_at(face, 20))


def test_the_shipped_network_sees_a_smile_with_open_eyes_and_the_same_mirrored(
        astronaut, settings):
    reader, detector = Muscles.of(settings.weights, "cpu"), FaceDetector(settings.faces)
    faces = [SharpFace.of(image, detector.detect(image)[0].landmarks)
             for image in (astronaut, np.ascontiguousarray(astronaut[:, ::-1]))]
    seen, mirrored = reader.read(faces)
    assert seen["smile"] > 0.6
    assert seen["blink"] < 0.4
    assert mirrored["smile"] == pytest.approx(seen["smile"], abs=0.15)
    assert mirrored["gaze_x"] == pytest.approx(-seen["gaze_x"], abs=0.12)
    assert mirrored["gaze_y"] == pytest.approx(seen["gaze_y"], abs=0.12)
