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
    ├── FileError               why the system would not read or write: part of another's sentence
    └── Cancelled               the person stopped the work

Each carries the key of a sentence in ``texts.toml`` and the values that fill it,
so that the pages and the command line say it in the reader's language. A value may be such an
error too: ``explain`` says both.
"""

import errno

_FILES = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EACCES: "denied",
          errno.EPERM: "denied", errno.EROFS: "readonly", errno.ENOENT: "missing",
          errno.EISDIR: "folder", errno.ENOTDIR: "file", errno.EEXIST: "file",
          errno.EMFILE: "many", errno.ENFILE: "many"}
"""Number of the operating system's error -> how ``texts.toml`` calls it."""
_KINDS = {FileNotFoundError: errno.ENOENT, PermissionError: errno.EACCES,
          IsADirectoryError: errno.EISDIR, NotADirectoryError: errno.ENOTDIR}
"""What a library raises, often without the number."""


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


class FileError(PoiseError):
    """Why the operating system would not read or write a file."""

    @classmethod
    def of(cls, error: OSError) -> "FileError":
        """The common reasons in words, the others by their number: the system says them in a
        language of its own."""
        number = error.errno or _KINDS.get(type(error))
        if number is None:
            return cls("error.file.unknown")
        known = _FILES.get(number)
        return cls(f"error.file.{known}") if known else cls("error.file.other", number=number)


class Cancelled(PoiseError):
    """The person stopped the work."""

    def __init__(self) -> None:
        super().__init__("error.cancelled")


def unwritten(error: OSError) -> StorageError:
    """A result cannot be written, and why."""
    return StorageError("error.disk", detail=FileError.of(error))


def unexpected(error: Exception) -> PoiseError:
    """What nobody foresaw, by its kind: its own words may name files and people."""
    return PoiseError("error.unexpected", detail=FileError.of(error) if isinstance(
        error, OSError) else type(error).__name__)


def why(error: Exception) -> FileError | str:
    """Why a source could not be read, to fill another error's sentence: a library's own words,
    where the operating system gives no reason."""
    if isinstance(error, OSError) and (error.errno or type(error) in _KINDS):
        return FileError.of(error)
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
