"""``python -m fer_core``."""

import sys

try:
    from fer_core.cli import app

    app(prog_name="fer_core")
except KeyboardInterrupt:  # also while torch is still being imported
    sys.exit(130)
