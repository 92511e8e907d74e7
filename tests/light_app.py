"""The app with a reader that loads at once and sees a calm face in every frame: for browser
tests of what the page does, on a busy computer too. ``python -m tests.light_app PORT``; with
``LIGHT_TWO`` in the environment it sees two people side by side."""

import json
import os
import pickle
import sys
from collections.abc import Callable

import numpy as np

MARKS = np.array([[0.42, 0.42], [0.58, 0.42], [0.5, 0.52], [0.44, 0.62], [0.56, 0.62]])


def read(light: Callable[[np.ndarray], float] = lambda image: 0.5) -> None:
    """What ``fer_core.live.worker`` does, without networks; it says it is those of the manifest.

    Args:
        light: of a face, given the picture.
    """
    from fer_core.emotions import LABEL_SETS
    from fer_core.live.worker import Heard, Hello, Sounds
    from fer_core.records import Face, HeadPose, ModelName, Reading

    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    settings = pickle.load(sys.stdin.buffer)
    manifest = json.loads((settings.weights / "manifest.json").read_text("utf-8"))
    names = tuple(ModelName(m["name"], m["sha256"]) for m in manifest["models"])
    labels = LABEL_SETS[manifest["models"][0]["labels"].split("+")[0]]
    row = np.full(len(labels.classes), 0.05)
    row[labels.keys.index("neutral")] += 1 - row.sum()

    def say(message: object) -> None:
        pickle.dump(message, out)
        out.flush()

    places, followed = (-0.25, 0.25) if "LIGHT_TWO" in os.environ else (0.0,), 0
    say(Hello(labels.name, names, muscles=manifest["muscles"]["sha256"],
              accessories=manifest["accessories"]["sha256"]))
    while True:
        try:
            work = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        if isinstance(work, Sounds):
            say(Heard([]))
            continue
        if work.frame is None:
            continue
        size = work.frame.image.shape[1::-1]
        faces = [Face(np.array([0.35 + x, 0.25, 0.65 + x, 0.75]) * (size * 2),
                      (MARKS + np.array([x, 0])) * size, 0.99, i) for i, x in enumerate(places)]
        followed = followed if work.follow is None else work.follow
        face = faces.pop(followed)
        shown = light(work.frame.image)
        say(Reading(work.frame.time, face, row, HeadPose(1, 2, 0), shown, others=tuple(faces),
                    members={model.name: row for model in names}))


def serve(port: str) -> None:
    """``streamlit run server.py`` with that reader, and a small picture from the camera."""
    from streamlit.web.cli import main

    from fer_core.live.engine import LiveEngine

    reader = (sys.executable, "-m", "tests.light_app")
    LiveEngine.__init__.__defaults__ = None, reader
    os.environ |= {"POISE_LIVE__WIDTH": "160", "POISE_LIVE__HEIGHT": "120",
                   "POISE_LIVE__CAMERA_FPS": "8", "POISE_LIVE__FPS": "5"}
    main(["run", "server.py", "--server.port", port, "--server.headless", "true"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        read()
