import json

import cv2
import numpy as np
import pytest

from fer_core.errors import DatasetError
from fer_core.lab import detection, detectors
from fer_core.lab.detection import Marked, average_precision, iou

BOX = np.array([[10.0, 10, 30, 30]])


def marked(boxes, ignored=()):
    boxes = np.array(boxes, float).reshape(-1, 4)
    flags = np.zeros(len(boxes), bool)
    flags[list(ignored)] = True
    return Marked(np.zeros((100, 100, 3), np.uint8), boxes, flags)


def planted(*found):
    """A detector that gives each picture its planted boxes, in turn."""
    queue = [(np.array(b, float).reshape(-1, 4), np.array(c, float)) for b, c in found]
    return lambda picture: queue.pop(0)


def measure(pictures, detector):
    return detection.figures(pictures, [detector(m.picture) for m in pictures])


def test_overlap_of_hand_computed_boxes():
    assert iou(BOX, np.array([[20.0, 10, 40, 30], [50, 50, 60, 60]]))[0] == pytest.approx(
        [1 / 3, 0])
    assert iou(BOX, BOX) == pytest.approx(1)


def test_precision_worked_out_by_hand():
    """Hit, miss, hit of three faces: 1/3 at precision 1, then 1/3 at 2/3."""
    assert average_precision(np.array([True, False, True]), 3) == pytest.approx(1 / 3 + 2 / 9)
    assert average_precision(np.array([], bool), 3) == 0


def test_a_perfect_detector_and_one_that_is_a_little_off():
    faces = [marked(BOX), marked([[0, 0, 50, 50], [50, 50, 90, 90]])]
    exact = measure(faces, planted((BOX, [0.9]), (faces[1].boxes, [0.8, 0.7])))
    assert exact == {"faces": 3, "found": 3, "ap50": 1.0, "ap50_95": 1.0, "recall": 1.0,
                     "precision": 1.0}
    off = measure([marked(BOX)], planted((BOX + np.array([0, 0, 4, 0]), [0.9])))
    assert off["ap50"] == 1
    assert off["ap50_95"] == pytest.approx(0.7)  # overlap 0.83: seven of ten count


def test_a_second_box_on_the_same_face_is_a_mistake():
    result = measure([marked(BOX)], planted((np.vstack([BOX, BOX]), [0.9, 0.8])))
    assert (result["precision"], result["recall"]) == (0.5, 1)


def test_ignored_faces_do_not_count_either_way():
    faces = [marked([*BOX, [50, 50, 60, 60]], ignored=[1])]
    with_it = measure(faces, planted((faces[0].boxes, [0.9, 0.8])))
    without = measure(faces, planted((BOX, [0.9])))
    assert with_it == without
    assert with_it["faces"] == 1


def test_real_detectors_on_a_real_face(tmp_path, astronaut):
    (tmp_path / "images").mkdir()
    squeezed = cv2.resize(astronaut, (416, 416))
    cv2.imwrite(str(tmp_path / "images" / "a.jpg"), squeezed[..., ::-1])
    face = [147, 52, 70, 89]
    (tmp_path / "annotations.json").write_text(json.dumps({"a.jpg": {
        "orig_wh": [512, 512], "boxes_xywh_416": [face], "invalid": [0]}}))
    pictures = detection.load(tmp_path, 16)
    assert pictures[0].picture.shape == (416, 416, 3)
    result = measure(pictures, detectors.mtcnn(40))
    assert result["recall"] == 1
    assert measure(pictures, detectors.haar(40))["found"] >= 1


def test_yunets_rows_become_boxes_of_the_whole_picture(monkeypatch):
    """OpenCV gives x, y, width, height, ten landmarks and the score, of the small picture."""
    class Network:
        @classmethod
        def create(cls, file, config, size, least):
            return cls()

        def setInputSize(self, size):
            self.size = size

        def detect(self, picture):
            assert self.size == picture.shape[1::-1] == (320, 240)
            return 1, np.array([[10, 20, 30, 40, *[0] * 10, 0.9]], np.float32)

    monkeypatch.setattr(detectors.cv2, "FaceDetectorYN", Network)
    boxes, scores = detectors.yunet("x.onnx", 320)(np.zeros((480, 640, 3), np.uint8))
    assert boxes.tolist() == [[20, 40, 80, 120]]
    assert scores == pytest.approx([0.9])
    assert "yunet" in detectors.candidates(yunet_file="x.onnx")


def test_a_folder_of_another_kind_is_said(tmp_path):
    with pytest.raises(DatasetError):
        detection.load(tmp_path, 16)
    (tmp_path / "annotations.json").write_text("[1]")
    with pytest.raises(DatasetError) as caught:
        detection.load(tmp_path, 16)
    assert caught.value.key == "error.data.format"
