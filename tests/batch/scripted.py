"""Stands in for ``fer_core.batch.work``: a clip's own bytes say what it does."""

import base64
import hashlib
import os
import signal
import sys
import time
from pathlib import Path

from fer_core.batch.work import Job, serve


def read(job: Job, tell):
    data = Path(job.uri).read_bytes()
    word = data.split()[0].decode()
    if word == "poison":
        os.abort()
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "once":
        mark = Path(job.uri + ".tried")
        if not mark.exists():
            mark.touch()
            os.abort()
    if word == "hang":
        time.sleep(60)
    if word == "slow":
        time.sleep(0.3)
    print("a library talks")
    sha256 = hashlib.sha256(data).hexdigest()
    if word == "bad":
        return {"row": {"clip": job.uri, "sha256": sha256, "status": "failed",
                        "error": "error.video.empty", "message": "empty"}}
    with Path(os.environ["SCRIPTED_LOG"]).open("a") as file:
        file.write(job.name + "\n")
    return {"row": {"clip": job.uri, "sha256": sha256, "seconds": 1.0, "took": 0.1,
                    "scores": {"confidence": 50.0, "delivery": None}},
            "files": {".report.json": base64.b64encode(data).decode()}}


if __name__ == "__main__":
    serve(read)
    sys.exit(0)
