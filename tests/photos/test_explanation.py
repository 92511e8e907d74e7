import numpy as np
import pytest

from fer_core.config import RecogniserSettings, Settings
from fer_core.networks.recogniser import Recogniser
from fer_core.photos.explanation import PARTS, Explained, changes, explained
from fer_core.photos.reading import PhotoReader
from tests.photos.files import encoded

pytestmark = pytest.mark.slow  # it asks the networks hundreds of times


@pytest.fixture(scope="module")
def recogniser():
    return Recogniser(Settings(precision="float32", recogniser=RecogniserSettings(device="cpu")))


@pytest.fixture(scope="module")
def face(recogniser, astronaut):
    photo, _ = PhotoReader(recogniser).read(encoded(astronaut, "png"), "a.png")
    return photo.faces[0]


@pytest.fixture(scope="module")
def why(recogniser, face) -> Explained:
    return explained(recogniser, face.crop, face.vote)


def test_a_map_for_every_network(recogniser, why):
    assert why.occlusion.shape == (len(recogniser.names), 48, 48)
    assert set(why.attention) == {"vit"}
    rollout = why.attention["vit"]
    assert (rollout.min(), rollout.max()) == (0, 1)


def test_covering_costs_what_the_network_loses(recogniser, face, why):
    """The map's value at a pixel is the mean loss over the squares that cover it."""
    index = int(face.vote.argmax())
    covered = face.crop.copy()
    covered[:12, :12] = np.uint8(face.crop.mean())
    before, after = (recogniser.members(c[None])[:, 0, index] for c in (face.crop, covered))
    # Only the first square covers the corner pixel.
    np.testing.assert_allclose(why.occlusion[:, 0, 0], before - after, atol=1e-5)


def test_a_doubt_is_what_is_read_of_the_changed_face(recogniser, face, why):
    assert {d.change for d in why.doubts} == {*PARTS, "mirrored", "blurred"}
    index = int(face.vote.argmax())
    crops = changes(face.crop)
    for doubt in why.doubts:
        read = recogniser.read(crops[doubt.change][None])[0]
        np.testing.assert_allclose(doubt.vote, read, atol=1e-5)
        assert doubt.flips == (int(read.argmax()) != index)
        assert doubt.loss == pytest.approx(face.vote[index] - read[index], abs=1e-5)


def test_flips_come_first_then_the_greatest_loss(why):
    order = [(not d.flips, -d.loss) for d in why.doubts]
    assert order == sorted(order)


def test_a_smile_rests_on_the_mouth(why):
    """Of eyes, brows, nose and mouth, covering the mouth costs happiness most."""
    loss = {d.change: d.loss for d in why.doubts}
    assert max(("brows", "eyes", "nose", "mouth"), key=loss.__getitem__) == "mouth"
