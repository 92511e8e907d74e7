"""``python -m fer_core.desk [--beside]``: a worker for the queue, kept alive until told to end.

Without the command line's imports: torch is loaded only for the first clip that the networks may
read. ``--beside`` ends it with the process that started it.
"""

import logging
import sys

from fer_core.desk.keeper import keep_alive

if __name__ == "__main__":
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    if "--alone" in sys.argv[1:]:
        from fer_core.config import StorageSettings
        from fer_core.desk.analysis import analysing
        from fer_core.desk.worker import serve
        serve(StorageSettings(), analysing())
    else:
        sys.exit(keep_alive((sys.executable, "-m", "fer_core.desk", "--alone"),
                            with_parent="--beside" in sys.argv[1:]))
