"""``python -m fer_core analyze | evaluate | train | ...``: a file for each kind of command."""

from fer_core import launch
from fer_core.cli import (
    backup,
    batch,
    clips,
    data,
    desk,
    detection,
    emoticons,
    networks,
    people,
    photos,
    scores,
    sound,
)
from fer_core.cli.common import app

__all__ = ["app", "backup", "batch", "clips", "data", "desk", "detection", "emoticons", "networks",
           "people", "photos", "scores", "sound"]

# Here for the list of commands: ``__main__`` starts it without the others.
app.command()(launch.app)
