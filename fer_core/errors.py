"""Everything that Poise raises on purpose.

    PoiseError
    ├── VideoError
    │   ├── VideoUnreadable     not a video, damaged, or no picture stream
    │   └── NoFrames            a video whose pictures cannot be decoded
    ├── ModelError
    │   ├── WeightsMissing      the manifest or a checkpoint is not there
    │   └── WeightsCorrupt      a checkpoint is not the one the manifest names
    ├── PictureError            a file that is no picture, or too large a one
    ├── DatasetError            training or evaluation data that cannot be used
    ├── ReportError             a report file that cannot be read back
    ├── StorageError            past sessions cannot be opened, read or kept
    ├── CoachError              a language model that gave no usable advice
    ├── DeskError               something at the desk that its rules do not take
    ├── Forbidden               somebody asked for what is not theirs, or not there
    └── Cancelled               the person stopped the work

Each carries the key of a sentence in ``texts.toml`` and the values that fill it,
so that the pages and the command line say it in the reader's language.
"""


class PoiseError(Exception):
    """An error with a sentence for the person.

    Args:
        key: entry of ``texts.toml``, such as ``"error.video.empty"``.
        values: what fills the placeholders of that entry.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[object, ...]:
        # The default would hand the placeholders over as a second positional argument.
        return _remake, (type(self), self.key, self.values)


def _remake(kind: type["PoiseError"], key: str, values: dict[str, object]) -> "PoiseError":
    error = kind.__new__(kind)
    PoiseError.__init__(error, key, **values)
    return error


class VideoError(PoiseError):
    """A clip that cannot be analysed."""


class VideoUnreadable(VideoError):
    """Not a video, damaged, or without a picture stream."""


class NoFrames(VideoError):
    """A video whose pictures cannot be decoded."""


class ModelError(PoiseError):
    """The networks cannot be used."""


class WeightsMissing(ModelError):
    """The manifest or a checkpoint is not there."""


class WeightsCorrupt(ModelError):
    """A checkpoint is not the one the manifest names."""


class PictureError(PoiseError):
    """A file that cannot be read as a picture."""


class DatasetError(PoiseError):
    """Training or evaluation data that cannot be used."""


class ReportError(PoiseError):
    """A report file that cannot be read back."""


class TableError(PoiseError):
    """A table of seconds that cannot be understood."""


class StorageError(PoiseError):
    """Past sessions cannot be opened, read or kept."""


class CoachError(PoiseError):
    """A language model that did not answer, or whose answer was refused."""


class DeskError(PoiseError):
    """Something that the desk's rules do not take: no evidence, no reason, too late."""


class Forbidden(PoiseError):
    """Not theirs, or not there: which of the two is not said."""


class Cancelled(PoiseError):
    """The person stopped the work."""

    def __init__(self) -> None:
        super().__init__("error.cancelled")
