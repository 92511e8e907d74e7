"""The detector that is trained here, and the table of detectors, on a miniature of the data."""

import json

import cv2
import numpy as np
import pytest
import torch

from fer_core.errors import ModelError
from fer_core.lab import detection_table, detectors
from fer_core.lab.detection import Marked
from fer_core.lab.onestage import sources, training
from fer_core.lab.onestage.finding import OneStageDetector
from fer_core.lab.onestage.net import STRIDES, OneStage, Said, to_input
from fer_core.lab.onestage.scenes import SIDE, Sources, scene
from fer_core.lab.onestage.sources import MARKS, OVAL, Shown
from tests.clips import even, person, write_clip

FACE = (178, 62, 268, 172)
"""Of the astronaut."""
MESH = [*OVAL, *MARKS]


def mesh_of(box):
    """An ellipse of 36 points, its bounds about the box, and five landmarks in it."""
    x1, y1, x2, y2 = box
    angle = 2 * np.pi * np.arange(36) / 36
    middle, half = np.array([x1 + x2, y1 + y2]) / 2, np.array([x2 - x1, y2 - y1]) / 2
    oval = middle + half * np.stack([np.sin(angle), np.cos(angle)], 1)
    return np.concatenate([oval, middle + half * [[-.4, -.2], [.4, -.2], [0, .1], [-.3, .5],
                                                  [.3, .5]]])


def stream(pictures):
    coded = [cv2.imencode(".webp", p[..., ::-1])[1].ravel() for p in pictures]
    return np.concatenate(coded), np.cumsum([0, *map(len, coded)])


@pytest.fixture(scope="session")
def folder(astronaut, tmp_path_factory):
    """Three WIDER pictures, twelve portraits of which half look aside, two clips, four crops with
    masks, and a picture that somebody marked; of each kind some are held out."""
    root = tmp_path_factory.mktemp("faces")
    (root / "faces_wider" / "images").mkdir(parents=True)
    small = cv2.resize(astronaut, (416, 416), interpolation=cv2.INTER_AREA)
    x1, y1, x2, y2 = np.array(FACE) * 416 / 512
    rows = {}
    for name in ("parade.jpg", "riot.jpg", "show.jpg"):
        cv2.imwrite(str(root / "faces_wider" / "images" / name), small[..., ::-1])
        rows[name] = {"orig_wh": [512, 512], "invalid": [0],
                            "boxes_xywh_416": [[x1, y1, x2 - x1, y2 - y1]]}
    (root / "faces_wider" / "annotations.json").write_text(json.dumps(rows))

    portrait = cv2.resize(astronaut[40:200, 145:305], (160, 160))
    webp, offsets = stream([portrait] * 12)
    np.savez(root / "web_expressions.npz", webp=webp, offsets=offsets)
    pose = np.zeros((12, 3))
    pose[6:, 0] = 40
    np.savez(root / "face_muscles.npz", landmark_indices=MESH, web_pose=pose,
             web_landmarks=np.stack([mesh_of(np.array(FACE) - [145, 40, 145, 40])] * 12))

    (root / "rated_clips").mkdir()
    frames = list(person(astronaut, even(0.4, 10)))
    names = ["person-a000.mp4", "person-f000.mp4"]
    for name in names:
        write_clip(root / "rated_clips" / name, iter(frames))
    seen = [(name, number) for name in names for number in range(4)]
    np.savez(root / "rated_clips" / "muscles.npz", clip=[n for n, _ in seen],
             clip_frame=[i for _, i in seen], clip_pose=np.zeros((8, 3)),
             clip_landmarks=np.stack([mesh_of((136, 70, 185, 136))] * 8))

    webp, offsets = stream([cv2.resize(portrait, (96, 96))] * 4)
    np.savez(root / "accessories.npz", mask_webp=webp, mask_offsets=offsets,
             mask_label=[1, 0, 1, 0], mask_split=[0, 0, 1, 1], mask_group=np.arange(4),
             mask_pad=np.zeros(4))

    stills = root / "stills" / "dlib_faces"
    stills.mkdir(parents=True)
    cv2.imwrite(str(stills / "a.jpg"), astronaut[..., ::-1])
    (stills / "testing.xml").write_text(
        "<dataset><images><image file='a.jpg'><box left='178' top='80' width='90' height='90'/>"
        "</image></images></dataset>")
    return root


@pytest.fixture(scope="session")
def of(folder):
    return Sources.of(folder, np.zeros(4))


def test_what_is_held_out_is_never_learnt_from(folder):
    learnt, held = ({m.name for m in sources.wider(folder / "faces_wider", held=held)}
                    for held in (False, True))
    assert learnt
    assert held
    assert not learnt & held
    people = [{s.of for s in sources.frames(folder, held=held, every=1, side=480)}
              for held in (False, True)]
    assert [len(p) for p in people] == [1, 1]
    assert people[0] != people[1]
    counts = [len(sources.portraits(folder, held=held)) for held in (False, True)]
    assert sum(counts) == 12
    assert min(counts) > 0


def test_scenes_show_their_faces_where_they_say(of):
    """The face is at its box: it looks like the face, not like what is around it."""
    rng = np.random.default_rng(0)
    seen = 0
    for _ in range(40):
        made = scene(of, rng)
        assert made.picture.shape == (SIDE, SIDE, 3)
        assert made.picture.dtype == np.uint8
        assert len(made.boxes) == len(made.marks) == len(made.ignored)
        whole = (made.boxes[:, :2] > 0).all(1) & (made.boxes[:, 2:] < SIDE).all(1)
        known = ~np.isnan(made.marks).any((1, 2)) & whole
        for box, marks in zip(made.boxes[known], made.marks[known], strict=True):
            assert (marks > box[:2]).all()
            assert (marks < box[2:]).all()
            assert marks[0, 0] < marks[1, 0]  # mirrored or not, the left one comes first
            seen += 1
    assert seen > 10


def test_a_small_network_that_light_does_not_disturb():
    net = OneStage().eval()
    assert sum(p.numel() for p in net.parameters()) < 1_000_000
    picture = np.random.default_rng(0).integers(40, 90, (1, 70, 100, 3), np.uint8)
    x = to_input(picture)
    assert x.shape == (1, 3, 96, 128)
    torch.testing.assert_close(to_input(picture * 2)[..., :70, :100], x[..., :70, :100])
    with torch.inference_mode():
        said = net(x)
    points = sum(96 * 128 // s ** 2 for s in STRIDES)
    assert said.scores.shape == (1, points)
    assert said.boxes.shape == (1, points, 4)
    assert said.marks.shape == (1, points, 5, 2)


def planted(ignored=False):
    box = np.array([[100.0, 90, 160, 170]])
    return Shown(np.zeros((SIDE, SIDE, 3), np.uint8), box.reshape(1, 2, 2),
                 np.full((1, 5, 2), 120.0), np.array([ignored]))


def test_the_points_near_a_face_speak_for_it_and_a_right_answer_costs_nothing():
    wanted = training.wanted([planted(), planted(ignored=True)])
    speaks = wanted.face[0] >= 0
    # Its size is that of the middle grid, which has four points within a stride of its middle.
    assert torch.nonzero(speaks).ravel().min() >= (SIDE // 8) ** 2
    assert speaks.sum() == 4
    assert wanted.counts[0].all()
    assert not (wanted.face[1] >= 0).any()
    assert not wanted.counts[1].all()
    right = Said(torch.where(wanted.face >= 0, 20.0, -20.0), wanted.boxes,
                 wanted.marks.nan_to_num())
    assert sum(training.loss(right, wanted)) < 1e-3
    off = right._replace(boxes=right.boxes + 8)
    assert training.loss(off, wanted)[1] > 0.2


@pytest.mark.train
def test_it_learns_goes_on_where_it_ended_and_is_measured(folder, tmp_path):
    recipe = training.Recipe(epochs=2, steps=2, batch=4)
    rows = []
    whole = training.train(folder, tmp_path / "whole", recipe, 9, rows.append)
    assert [r["epoch"] for r in rows] == [1, 2]
    with pytest.raises(InterruptedError):
        training.train(folder, tmp_path / "parts", recipe, 9, interrupt)
    parts = training.train(folder, tmp_path / "parts", recipe, 9, rows.append)
    assert parts.read_bytes() == whole.read_bytes()
    assert len((tmp_path / "parts" / "history.jsonl").read_text().splitlines()) == 2

    table = detection_table.table(folder / "faces_wider", folder, 16,
                                  detectors.candidates(whole))
    assert set(table) == {"mtcnn", "haar", "onestage"}
    mtcnn, own = table["mtcnn"], table["onestage"]
    assert "recall" not in own  # of pictures that it learnt from
    assert own["held_out"]["faces"] == mtcnn["held_out"]["faces"] > 0
    assert mtcnn["held_out"]["recall"] == mtcnn["recall"] == 1
    assert mtcnn["webcam"]["recall"] == 1
    assert mtcnn["stills"]["recall"] == 1
    assert {k: v["n"] for k, v in mtcnn["missed"].items()} == {
        "yaw45": 2, "mask": 1, "dark": 1}
    assert min(mtcnn["ms"], own["ms"]) > 0


def interrupt(row):
    raise InterruptedError


def test_boxes_in_the_references_convention():
    """A detector whose boxes are all too low and too wide agrees once that is known; what it
    misses stays missed."""
    faces = [Marked(np.zeros((9, 9, 3), np.uint8), np.array([[x, 10.0, x + 40, 60]]),
                    np.zeros(1, bool), str(x)) for x in (10.0, 30.0, 50.0, 70.0)]
    found = [(m.boxes + np.array([-6, 10, 6, 10]), np.array([0.9])) for m in faces]
    found[3] = (np.empty((0, 4)), np.empty(0))
    row = detection_table.agreed(faces, found)
    assert row["ap50"] == row["ap50_95"] == 0.75
    assert row["drawn"]["ap50_95"] < 0.3
    assert row["people"] == 4


@pytest.mark.parametrize("make", [
    lambda file: detectors.onestage(file), lambda file: detectors.yunet(file)])
def test_other_weights_are_said(tmp_path, make):
    (tmp_path / "x.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError) as caught:
        make(tmp_path / "x.onnx")
    assert caught.value.key == "error.model.detector"


def test_faces_of_a_large_picture_are_in_its_own_pixels(tmp_path):
    """Weights that answer everywhere: the boxes stay in the picture's scale."""
    from safetensors.torch import save_file
    torch.manual_seed(0)
    save_file(OneStage().state_dict(), tmp_path / "w.safetensors")
    picture = np.zeros((640, 960, 3), np.uint8)
    boxes, scores, marks = OneStageDetector(tmp_path / "w.safetensors", 320, 0.0).find(picture)
    assert len(boxes) == len(scores) == len(marks) > 0
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert centres[:, 0].max() > 640
    assert (np.diff(scores) <= 0).all()
