"""What differs between Linux, macOS and Windows, each way beside the others: nobody else calls
what only one of them has."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

_SYNCHRONIZE, _DENIED = 0x100000, 5
"""Windows' right to wait for a process, and its word for not having it."""


def cores() -> int:
    """That this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def was_killed(status: int) -> bool:
    """Whether a process that ended so was killed from outside, not by its own fault. Windows
    does not tell: there it never was."""
    return sys.platform != "win32" and status == -signal.SIGKILL


def alive(process: int) -> bool:
    """Whether there is a process of that number; where nobody may tell, there is."""
    if sys.platform == "win32":  # signal 0 would end it
        windows = ctypes.windll.kernel32
        found = windows.OpenProcess(_SYNCHRONIZE, False, process)
        if not found:
            return bool(windows.GetLastError() == _DENIED)
        ended = windows.WaitForSingleObject(found, 0) == 0
        windows.CloseHandle(found)
        return not ended
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def orphaned() -> Callable[[], bool]:
    """What tells, whenever it is asked, whether the process that started this one is gone."""
    parent = os.getppid()
    if sys.platform == "win32":  # a number that outlives its process
        return lambda: not alive(parent)
    return lambda: os.getppid() != parent


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


def limit(memory: int) -> None:
    """From now on this process holds at most that many bytes of its own and, if it crashes, leaves
    no picture of its memory on the disk. Windows knows no such limits for a process alone, and
    macOS does not keep the first."""
    if sys.platform == "win32":
        return
    import resource
    for kind, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
