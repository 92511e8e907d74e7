"""The processes of this machine, as Linux lists them in /proc."""

from pathlib import Path

import pytest

LISTED = pytest.mark.skipif(not Path("/proc/self/task").is_dir(),
                            reason="this system does not list a process's children in /proc")


def children(pid: int) -> list[int]:
    """Those that a process has started and that it has not waited for."""
    return [int(n) for task in Path(f"/proc/{pid}/task").glob("*/children")
            for n in task.read_text().split()]


def running(pid: int) -> bool:
    """Whether a process goes on; one that has ended and that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
