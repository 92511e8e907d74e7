"""The teacher's files joined with what our detector finds."""

import cv2
import numpy as np
import pytest

from fer_core.errors import DatasetError
from fer_core.faces.detector import FaceDetector
from fer_core.lab.muscles.taught import FULL, PORTRAITS
from fer_core.lab.muscles.teacher import CLOSED, MESH, SHAPES, gather
from tests.clips import even, person, write_clip

NAMES = [*CLOSED, *(shape for group in SHAPES.values() for shape in group)]
POINTS = [point for eye in MESH for point in eye]


def mesh_of(image, settings):
    """(6, 2): the corners of eyes 20 px wide and their irises, by our own detector."""
    (face,) = FaceDetector(settings.faces).detect(image)
    across = np.array([[-10.0, 0], [10, 0], [0, 0]])
    return np.concatenate([face.landmarks[0] + across, face.landmarks[1] + across * [-1, 1]]), face


@pytest.fixture
def folder(astronaut, settings, tmp_path):
    """One portrait and two frames of a clip that the teacher saw, one of each elsewhere."""
    portrait = astronaut[:256, 100:356]
    mesh, face = mesh_of(portrait, settings)
    box = face.box.reshape(2, 2)
    webp = cv2.imencode(".webp", cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY))[1].ravel()
    shapes = np.linspace(0.1, 0.9, len(NAMES))
    np.savez(tmp_path / "web_expressions.npz", webp=np.concatenate([webp] * 3),
             offsets=len(webp) * np.arange(4))
    clip, frames = "one.mp4", list(person(astronaut, even(0.5, 8)))
    (tmp_path / "clips").mkdir()
    (tmp_path / "rated_clips").mkdir()
    write_clip(tmp_path / "clips" / clip, iter(frames))
    seen = np.concatenate([mesh_of(frames[0][1], settings)[0], [[0, 0], [0, 0]]])
    clips = {"clip": np.array([clip] * 3), "clip_frame": np.array([0, 2, 3]),
             "clip_blendshapes": np.stack([shapes, shapes, np.full(len(NAMES), np.nan)]),
             "clip_landmarks": np.stack([seen] * 3)}
    mesh = np.concatenate([mesh, box])
    np.savez(tmp_path / "face_muscles.npz", blendshape_names=NAMES,
             landmark_indices=[*POINTS, 900, 901],
             web_blendshapes=np.stack([shapes, shapes, np.full(len(NAMES), np.nan)]),
             web_landmarks=np.stack([mesh, mesh + 60, mesh]), **clips)
    np.savez(tmp_path / "rated_clips" / "muscles.npz", **{
        key: value[:0] for key, value in clips.items()})
    return tmp_path


def test_faces_that_both_found(folder):
    taught = gather(folder)
    # The second portrait's face is elsewhere by the teacher, the third has none.
    assert list(taught.group) == [PORTRAITS, "one.mp4", "one.mp4"]
    assert list(taught.frame) == [0, 0, 2]
    assert taught.crops.shape == (3, FULL, FULL)
    np.testing.assert_allclose(taught.closed[0], np.linspace(0.1, 0.9, len(NAMES))[:2])
    # Irises were planted on the detector's eyes.
    np.testing.assert_allclose(taught.points[:, :, 2], taught.eyes, atol=6)
    width = np.linalg.norm(taught.points[:, :, 1] - taught.points[:, :, 0], axis=2)
    np.testing.assert_allclose(width / taught.scale[:, None], 20, atol=0.1)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(DatasetError):
        gather(tmp_path)
