"""Where a batch's clips lie: folders, patterns, lists, and what pyarrow's file systems reach."""

import csv
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from pyarrow import ArrowException
from pyarrow.fs import FileInfo, FileSelector, FileSystem, FileType

from fer_core.errors import DatasetError, why
from fer_core.media.names import CLIP_SUFFIXES

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Clip:
    """A file to analyse.

    Attributes:
        uri: where it lies; a path, or an address with its scheme.
        size: bytes: known without opening it, and the longest clips are mostly the largest.
        changed: when it was last written, as its file system tells; empty where that does not.
    """

    uri: str
    size: int
    changed: str = ""

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePosixPath(_plain(self.uri).replace("\\", "/")).name


def find(sources: Iterable[str]) -> list[Clip]:
    """All clips of some sources, each once, in the order of their addresses.

    Args:
        sources: folders (searched whole for clips), files of any name, patterns (``*``, ``?``,
            ``[``), ``.csv`` files whose column ``clip`` or else first column names files, and the
            same under ``s3://`` or ``file://``.

    Raises:
        DatasetError: a source that cannot be reached, or in which there is no clip.
    """
    found: dict[str, Clip] = {}
    for source in sources:
        try:
            clips = list(_clips(source))
        except (OSError, ArrowException, ValueError) as error:
            raise DatasetError("error.batch.source", source=source, detail=why(error)) from error
        if not clips:
            raise DatasetError("error.batch.empty", source=source)
        found |= {clip.uri: clip for clip in clips}
    return [found[uri] for uri in sorted(found)]


@contextmanager
def at_hand(uri: str) -> Iterator[Path]:
    """The clip as a file of this machine: itself, or a copy that is deleted afterwards.

    Raises:
        OSError, ArrowException: it cannot be read.
    """
    if "://" not in uri:
        yield Path(uri)
        return
    system, path = _reached(uri)
    with tempfile.TemporaryDirectory(prefix="poise-") as folder:
        copy = Path(folder) / ("clip" + PurePosixPath(path).suffix)
        with system.open_input_stream(path) as stream, copy.open("wb") as file:
            while data := stream.read(_CHUNK):
                file.write(data)
        yield copy


def digest(uri: str) -> str:
    """SHA-256 of a clip, read as a stream.

    Raises:
        OSError, ArrowException: it cannot be read.
    """
    system, path = _reached(uri)
    found = hashlib.sha256()
    with system.open_input_stream(path) as stream:
        while data := stream.read(_CHUNK):
            found.update(data)
    return found.hexdigest()


def _clips(source: str) -> Iterator[Clip]:
    system, path = _reached(source)
    if any(c in path for c in "*?["):
        fixed = PurePosixPath(*_fixed(PurePosixPath(path).parts))
        yield from (_clip(source, info) for info in _files(system, str(fixed))
                    if fnmatch(info.path, path))
        return
    info = system.get_file_info(path)
    if info.type is FileType.Directory:
        yield from (_clip(source, inside) for inside in _files(system, path)
                    if PurePosixPath(inside.path).suffix.lower() in CLIP_SUFFIXES)
    elif info.type is FileType.NotFound:
        raise FileNotFoundError(path)
    elif path.lower().endswith(".csv"):
        with system.open_input_stream(path) as stream:
            named = list(_named(stream.read().decode("utf-8-sig")))
        for name in named:
            absolute = "://" in name or Path(name).is_absolute()
            inner = name if absolute else _beside(source, path, name)
            system, place = _reached(inner)
            yield _clip(inner, system.get_file_info(place))
    else:
        yield _clip(source, info)


def _named(text: str) -> Iterator[str]:
    rows = [row for row in csv.reader(text.splitlines()) if row]
    if not rows:
        return
    header = [cell.strip().lower() for cell in rows[0]]
    column = header.index("clip") if "clip" in header else 0
    headed = "clip" in header or header[0] in ("path", "file", "uri")
    yield from (row[column].strip() for row in rows[headed:]
                if len(row) > column and row[column].strip())


def _reached(uri: str) -> tuple[FileSystem, str]:
    if "://" in uri:
        address, _, options = uri.partition("?")
        # People write a space as it is.
        return FileSystem.from_uri(  # type: ignore[no-any-return]
            quote(address, safe="/:@%") + ("?" + options if options else ""))
    return FileSystem.from_uri(Path(uri).resolve().as_uri()) if not any(c in uri for c in "*?[") \
        else (FileSystem.from_uri(Path.cwd().as_uri())[0], Path(uri).absolute().as_posix())


def _files(system: FileSystem, folder: str) -> list[FileInfo]:
    return [info for info in system.get_file_info(FileSelector(folder, recursive=True))
            if info.type is FileType.File]


def _fixed(parts: tuple[str, ...]) -> Iterator[str]:
    """The folders before the first one with a pattern."""
    for part in parts[:-1]:
        if any(c in part for c in "*?["):
            return
        yield part


def _clip(source: str, info: FileInfo) -> Clip:
    """A file of a source."""
    return Clip(_like(source, info.path), info.size or 0, str(info.mtime_ns or ""))


def _beside(source: str, path: str, name: str) -> str:
    """A name in a list is seen from the list."""
    return _like(source, str(PurePosixPath(path).parent / name))


def _like(source: str, path: str) -> str:
    """A place, addressed as its source is."""
    scheme, found, rest = source.partition("://")
    if not found or scheme == "file":
        return path
    return f"{scheme}://{quote(path)}" + ("?" + rest.partition("?")[2] if "?" in rest else "")


def _plain(uri: str) -> str:
    """Without what is special in an address."""
    return unquote(uri.partition("?")[0]) if "://" in uri else uri
