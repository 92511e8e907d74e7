"""Photos -> a table with a row for each face (CSV), and the same with all that was read (JSON).

A face is the number of its place in the picture. A picture without a face has one row that says
so, and no reading.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from fer_core.emotions import LabelSet
from fer_core.photos.explanation import Doubt
from fer_core.photos.reading import FaceRead, PhotoRead


def photos_csv(photos: Sequence[PhotoRead]) -> str:
    """``file, faces, face, x1, y1, x2, y2, yaw, pitch, roll, small, turned, expression``, the
    probability of every class by the vote, then ``<network>_<class>``; px of the file's picture.
    """
    out = io.StringIO()
    first = next(iter(photos), None)
    classes = first.labels.keys if first else ()
    networks = first.names if first else ()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["file", "faces", "face", "x1", "y1", "x2", "y2", "yaw", "pitch", "roll",
                    "small", "turned", "expression", *classes,
                    *(f"{name}_{key}" for name in networks for key in classes)])
    for photo in photos:
        if not photo.faces:
            table.writerow([_cell(photo.name), 0])
        for seen in photo.faces:
            table.writerow([
                _cell(photo.name), len(photo.faces), seen.number,
                *(f"{v:.1f}" for v in seen.face.box),
                *(f"{v:.1f}" for v in (seen.pose.yaw, seen.pose.pitch, seen.pose.roll)),
                int(seen.small), int(seen.turned), classes[int(seen.vote.argmax())],
                *(f"{p:.4f}" for p in (*seen.vote, *seen.members.ravel()))])
    return out.getvalue()


def photos_json(photos: Sequence[PhotoRead],
                doubts: Mapping[tuple[int, int], Sequence[Doubt]] | None = None) -> str:
    """The list of ``photo_data``, indented.

    Args:
        doubts: (index of the photo, number of the face) -> what would change its reading.
    """
    return json.dumps([photo_data(photo, {number: found for (at, number), found
                                          in (doubts or {}).items() if at == index})
                       for index, photo in enumerate(photos)], ensure_ascii=False, indent=1)


def photo_data(photo: PhotoRead, doubts: Mapping[int, Sequence[Doubt]] | None = None
               ) -> dict[str, Any]:
    """One photo as JSON values; ``doubts`` by the face's number, where they were asked for."""
    return {"file": photo.name, "width": photo.width, "height": photo.height,
            "frames": photo.frames, "labels": photo.labels.name, "networks": list(photo.names),
            "faces": [_face(seen, photo, (doubts or {}).get(seen.number))
                      for seen in photo.faces]}


def _face(seen: FaceRead, photo: PhotoRead, doubts: Sequence[Doubt] | None) -> dict[str, Any]:
    keys = photo.labels.keys
    found: dict[str, Any] = {
        "face": seen.number, "box": [round(float(v), 1) for v in seen.face.box],
        "landmarks": [[round(float(v), 1) for v in point] for point in seen.face.landmarks],
        "confidence": round(seen.face.confidence, 4),
        "pose": {name: round(value, 1) for name, value in vars(seen.pose).items()},
        "small": seen.small, "turned": seen.turned, "expression": keys[int(seen.vote.argmax())],
        "vote": _read(seen.vote, photo.labels),
        "members": {name: _read(values, photo.labels)
                    for name, values in zip(photo.names, seen.members, strict=True)}}
    if doubts is not None:
        found["doubts"] = [
            {"change": d.change, "flips": d.flips, "loss": round(d.loss, 4),
             "expression": keys[int(d.vote.argmax())], "probability": round(float(d.vote.max()), 4)}
            for d in doubts]
    return found


def _read(values: Any, labels: LabelSet) -> dict[str, float]:
    return {key: round(float(p), 4) for key, p in zip(labels.keys, values, strict=True)}


def _cell(text: str) -> str:
    """A name that a spreadsheet would take for a formula, as text."""
    return f"'{text}" if text[:1] in "=+-@" else text
