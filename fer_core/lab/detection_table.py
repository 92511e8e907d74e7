"""One table of face detectors: WIDER's held-out pictures, a webcam's frames, pictures marked by
hand, faces that are turned, masked or in the dark, and what a frame costs.

None of these pictures is learnt from here (``onestage.sources``). A webcam's frame has no box
drawn by people: the reference is the bounds of the face's outline by MediaPipe's mesh, a network
that is none of those compared. What counts as a face's box differs from detector to detector, so
each is also read in the reference's convention: four numbers, how far its edges lie from the
reference's in the median, found on half of the people and used on the other half.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.errors import DatasetError
from fer_core.lab.detection import Marked, figures, iou, load
from fer_core.lab.detectors import SMALLER, WEBCAM, Candidate, Detector, Found
from fer_core.lab.onestage import sources
from fer_core.lab.onestage.sources import Shown
from fer_core.media.decode import read_picture
from fer_core.records import FloatArray

EVERY = 10
"""Of the frames of a clip that the teacher saw, one in so many: every 1.6 s."""
TIMED = 40
"""Frames whose cost is taken."""
SEEN = 0.3
"""Overlap from which a face counts as not missed, whatever the convention of the box."""
LIGHT, NOISE = 0.08, 3.0
"""A dark room: share of the light that is left, and the camera's noise, of 255."""


def table(folder: Path, data: Path, min_face: int, of: dict[str, Candidate],
          report: Callable[[str, dict[str, Any]], None] = lambda name, row: None
          ) -> dict[str, dict[str, Any]]:
    """Compare detectors.

    Args:
        folder: of WIDER pictures (``detection.load``).
        data: the data folder; what it lacks is left out.
        min_face: px; smaller faces of WIDER pictures do not count.
        report: told of every row.

    Returns:
        name -> what ``judged`` says of all WIDER pictures, not where some were learnt
        from; the same as ``held_out``; ``webcam`` and ``stills``, in the reference's convention,
        with ``drawn``, as the detector's boxes are; ``missed``, name -> {``n``, ``share``};
        ``ms`` of CPU time a webcam's frame, on one core.
    """
    pictures = load(folder, min_face)
    held = np.array([sources.held_out("wider", m.name) for m in pictures])
    webcam, stills = _webcam(data), _stills(data / "stills" / "dlib_faces")
    hard = _hard(data, webcam)
    rows = {}
    for name, candidate in of.items():
        whole, quick = candidate.whole(min_face), candidate.webcam()
        which = held if candidate.learnt else np.ones_like(held)
        seen = list(compress(pictures, which))
        found = [whole(m.picture) for m in seen]
        row = {} if candidate.learnt else judged(seen, found, candidate.sure)
        row["held_out"] = judged(*_chosen(seen, found, held[which]), candidate.sure)
        for key, shown in (("webcam", webcam), ("stills", stills)):
            if shown:
                row[key] = agreed(shown, [quick(m.picture) for m in shown], candidate.sure)
        row["missed"] = {key: _missed(shown, quick, candidate.sure)
                         for key, shown in hard.items()}
        if webcam:
            row["ms"] = cost([m.picture for m in webcam[:TIMED]], quick)
        rows[name] = row
        report(name, row)
    return rows


def _chosen(pictures: list[Marked], found: list[Found], which: NDArray[np.bool_]
            ) -> tuple[list[Marked], list[Found]]:
    return list(compress(pictures, which)), list(compress(found, which))


def judged(pictures: list[Marked], found: list[Found], sure: float = -math.inf) -> dict[str, Any]:
    """``detection.figures``, but of what is ``found``, recall and precision only boxes that
    would be believed count."""
    believed = figures(pictures, [(boxes[scores >= sure], scores[scores >= sure])
                                  for boxes, scores in found])
    return figures(pictures, found) | {key: believed[key] for key in (
        "found", "recall", "precision")}


def agreed(pictures: list[Marked], found: list[Found], sure: float = -math.inf
           ) -> dict[str, Any]:
    """The same of one set in the reference's convention, ``drawn`` what it is without."""
    people = {m.name: i % 2 for i, m in enumerate({m.name: m for m in pictures}.values())}
    half = np.array([people[m.name] for m in pictures])
    shift = [convention(pictures, found, half != side) for side in (0, 1)]
    moved = [(boxes + shift[side] * np.tile(boxes[:, 2:] - boxes[:, :2], 2), scores)
             for side, (boxes, scores) in zip(half, found, strict=True)]
    drawn = figures(pictures, found)
    return {"people": len(people), **judged(pictures, moved, sure),
            "drawn": {key: drawn[key] for key in ("ap50", "ap50_95")}}


def convention(pictures: list[Marked], found: list[Found],
               chosen: NDArray[np.bool_]) -> FloatArray:
    """(4,) by which shares of its sides a detector's box moves, in the median, to be the
    reference's; 0 where it found nothing."""
    moves = [np.zeros((0, 4))]
    for marked, (boxes, _) in zip(*_chosen(pictures, found, chosen), strict=True):
        shared = iou(boxes, marked.boxes)
        if not shared.size:
            continue
        best = shared.argmax(1)
        near = shared.max(1) > SEEN
        own = boxes[near]
        moves.append((marked.boxes[best[near]] - own) / np.tile(own[:, 2:] - own[:, :2], 2))
    every = np.concatenate(moves)
    return np.median(every, axis=0) if len(every) else np.zeros(4)  # type: ignore[no-any-return]


def cost(pictures: Sequence[NDArray[np.uint8]], detector: Detector) -> float:
    """ms of CPU time in the median, on one thread."""
    before = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        detector(pictures[0])  # the first call makes room
        taken = []
        for picture in pictures:
            began = time.process_time()
            detector(picture)
            taken.append(time.process_time() - began)
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
    return round(1000 * float(np.median(taken)), 2)


def _missed(shown: list[Marked], detector: Detector, sure: float) -> dict[str, Any]:
    lost = 0
    for marked in shown:
        boxes, scores = detector(marked.picture)
        lost += not (iou(boxes[scores >= sure], marked.boxes) >= SEEN).any()
    return {"n": len(shown), "share": round(lost / len(shown), 4)}


def _webcam(data: Path) -> list[Marked]:
    if not (data / "rated_clips" / "muscles.npz").is_file():
        return []
    return [_known(s) for s in sources.frames(data, held=True, every=EVERY, side=WEBCAM)]


def _hard(data: Path, webcam: list[Marked]) -> dict[str, list[Marked]]:
    """What is hard to find, by name: those of it that are there."""
    hard = {}
    if (data / "web_expressions.npz").is_file():
        hard["yaw45"] = [_framed(s) for s in sources.portraits(data, held=True)
                         if abs(s.yaw) >= sources.TURNED]
    if (data / "accessories.npz").is_file():
        hard["mask"] = [_framed(s) for s in sources.masks(data, held=True)]
    if webcam:
        rng = np.random.default_rng(0)
        hard["dark"] = [replace(m, picture=_dark(m.picture, rng)) for m in webcam]
    return hard


def _known(shown: Shown) -> Marked:
    return Marked(shown.picture, shown.boxes, shown.ignored, shown.of)


def _framed(shown: Shown) -> Marked:
    """A portrait in the middle of a webcam's frame, its edge drawn out."""
    height, width = shown.picture.shape[:2]
    scale = 0.5 * SMALLER / max(height, width)
    picture = cv2.resize(shown.picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    x, y = (SMALLER - picture.shape[1]) // 2, (3 * SMALLER // 4 - picture.shape[0]) // 2
    framed = cv2.copyMakeBorder(picture, y, y, x, x, cv2.BORDER_REPLICATE)
    return Marked(np.asarray(framed, np.uint8), shown.boxes * scale + np.tile([x, y], 2),
                  shown.ignored)


def _dark(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    return np.clip(picture * LIGHT + rng.normal(0, NOISE, picture.shape), 0, 255).astype(np.uint8)


def _stills(folder: Path) -> list[Marked]:
    """dlib's example pictures, whose boxes people drew, from brows to chin."""
    found = []
    for file in sorted(folder.glob("t*ing.xml")):
        try:
            images = ElementTree.parse(file).getroot().iter("image")
            for image in images:
                name = image.attrib["file"]
                boxes = np.array([[float(box.attrib[key]) for key in
                                   ("left", "top", "width", "height")]
                                  for box in image.iter("box")]).reshape(-1, 4)
                boxes[:, 2:] += boxes[:, :2]
                picture = read_picture(folder / Path(name).name, None)
                found.append(Marked(picture, boxes, np.zeros(len(boxes), bool), name))
        except (ElementTree.ParseError, KeyError, ValueError) as error:
            raise DatasetError("error.data.format", path=file) from error
    return found
