"""What differs between Linux, macOS and Windows, each way beside the others: nobody else calls
what only one of them has."""

import os
import signal
import subprocess
import sys
from typing import Any


def cores() -> int:
    """That this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def was_killed(status: int) -> bool:
    """Whether a process that ended so was killed from outside, not by its own fault. Windows
    does not tell: there it never was."""
    return sys.platform != "win32" and status == -signal.SIGKILL


def apart() -> dict[str, Any]:
    """For Popen: Ctrl-C on the terminal is not for that process."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def peak_mb() -> float:
    """Most memory that this process has held, MB; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
