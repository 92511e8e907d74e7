"""Commands about finding faces: detect-eval, detector."""

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from fer_core.cli.common import Json, Lang, app, configure, on_processor, said


@app.command()
def detect_eval(
    data: Annotated[Path, typer.Argument(help="Folder with annotations.json and images.")],
    min_face: Annotated[int, typer.Option(min=12, help="px; smaller faces do not count, found or "
                                          "not. Poise itself looks for 36.")] = 16,
    yunet: Annotated[Path | None, typer.Option(envvar="POISE_YUNET", help="YuNet as OpenCV "
                                               "publishes it, .onnx; compared if given.")] = None,
    trained: Annotated[Path | None, typer.Option(help="Weights that `detector` wrote; compared "
                                                 "if given.")] = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Average precision, misses and cost of face detection: the product's MTCNN beside OpenCV's
    cascade and others."""
    from fer_core.lab import detection_table, detectors
    settings = configure("cpu")
    with said(lang):
        result = detection_table.table(
            data, settings.data, min_face, detectors.candidates(trained, yunet),
            lambda name, row: None if as_json else typer.echo(_told(name, row)))
        pictures = sum(1 for f in (data / "images").iterdir() if f.is_file())
    if as_json:
        typer.echo(json.dumps({"pictures": pictures, "min_face": min_face, **result}))


def _told(name: str, row: dict[str, Any]) -> str:
    """A detector's row in words."""
    lines = []
    for title, part in (("all", row), ("held out", row["held_out"]),
                        ("webcam", row.get("webcam", {})), ("stills", row.get("stills", {}))):
        if "faces" in part:
            drawn = f"  as drawn {part['drawn']['ap50']} {part['drawn']['ap50_95']}" \
                if "drawn" in part else ""
            lines.append(f"{name:9} {title:9} faces {part['faces']}  mAP@0.5 {part['ap50']}  "
                         f"mAP@0.5:0.95 {part['ap50_95']}  recall {part['recall']}  precision "
                         f"{part['precision']}{drawn}")
    missed = "  ".join(f"{key} {part['share']:.3f} of {part['n']}"
                       for key, part in row["missed"].items())
    if missed:
        lines.append(f"{name:9} missed    {missed}")
    if "ms" in row:
        lines.append(f"{name:9} cost      {row['ms']} ms of CPU time a webcam's frame")
    return "\n".join(lines)


@app.command()
def detector(
    out: Annotated[Path, typer.Option(help="Folder for checkpoints and weights.")],
    data: Annotated[Path | None, typer.Option(help="Folder of faces_wider, rated_clips, "
                                              "face_muscles.npz, web_expressions.npz and "
                                              "accessories.npz; by default the data "
                                              "folder.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="About 40 s of one core each.")] = 12,
    minutes: Annotated[float, typer.Option(help="Begin no further epoch after that long; the same "
                                           "command goes on.")] = math.inf,
    lang: Lang = "en",
) -> None:
    """Train the small one-stage face detector, for detect-eval --trained."""
    from fer_core.lab.onestage import training
    settings = on_processor()
    with said(lang):
        weights = training.train(data or settings.data, out, training.Recipe(epochs=epochs),
                                 minutes, lambda row: typer.echo(json.dumps(row)))
    typer.echo(str(weights))
