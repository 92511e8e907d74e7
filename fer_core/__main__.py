"""``python -m fer_core``."""

from fer_core.cli import app

app(prog_name="fer_core")
