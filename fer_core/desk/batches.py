"""Many clips at once: a ZIP, or a folder of the server that an admin has allowed.

Nothing is unpacked before it is known to be in measure, and nothing is held in memory; what is
refused is refused with a sentence, and the rest goes on.
"""

import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from fer_core.config import DeskSettings
from fer_core.desk.candidates import Candidates
from fer_core.desk.clips import MOST_BYTES, Clips
from fer_core.desk.policy import Person
from fer_core.errors import DeskError, Forbidden, PoiseError, VideoError
from fer_core.media.names import CLIP_SUFFIXES

MOST_FILES = 500
MOST_SHRUNK = 50
"""Times that a file may be larger than its packed form: video packs to about itself, a bomb to a
thousandth."""


@dataclass(frozen=True)
class Entry:
    """A clip to be taken in.

    Attributes:
        name: its file name, without folders.
        owner: whose it is: the folder that it lies in, or its name without the suffix.
        open: to be called once.
    """

    name: str
    owner: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True)
class Taken:
    """What became of an entry.

    Attributes:
        clip: its id, None where it was refused.
        known: it is an earlier clip of the opening, byte for byte.
        error: why it was refused.
    """

    name: str
    clip: str | None
    known: bool = False
    error: PoiseError | None = None


def unpack(file: IO[bytes]) -> Iterator[Entry]:
    """The clips of a ZIP, each read from it as it is taken in.

    Raises:
        DeskError: no ZIP, too many files, more than a clip may have, or a bomb; nothing has
            been read of it then.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise DeskError("error.desk.zip") from error
    chosen = [info for info in archive.infolist() if not info.is_dir()
              and _wanted(PurePosixPath(info.filename.replace("\\", "/")).parts)]
    _measure(len(chosen))
    for info in chosen:
        # A packed size that lies is found while reading, by the length and the checksum.
        if info.flag_bits & 1 or stat.S_ISLNK(info.external_attr >> 16):
            raise DeskError("error.desk.zip")
        if info.file_size > MOST_SHRUNK * max(info.compress_size, 1):
            raise DeskError("error.desk.bomb")
    if sum(info.compress_size for info in chosen) > file.seek(0, os.SEEK_END):
        raise DeskError("error.desk.bomb")  # files that share their bytes
    return (_zipped(archive, info) for info in chosen)


def walk(folder: Path, allowed: Sequence[Path]) -> Iterator[Entry]:
    """The clips of a folder of the server and of the folders in it; no link is followed.

    Args:
        allowed: folders that an admin named; it must be one of them, or within one.

    Raises:
        Forbidden: it is not, or is no folder.
        DeskError: too many files.
    """
    home = folder.resolve()
    if not home.is_dir() or not any(home.is_relative_to(a.resolve()) for a in allowed):
        raise Forbidden("error.desk.forbidden")
    chosen = sorted(Path(at, name) for at, _, names in os.walk(home) for name in names
                    if _wanted(Path(at, name).relative_to(home).parts)
                    and not Path(at, name).is_symlink())
    _measure(len(chosen))
    return (_lying(home, path) for path in chosen)


class Batches:
    """Taking in several clips."""

    def __init__(self, candidates: Candidates, clips: Clips) -> None:
        self._candidates = candidates
        self._clips = clips

    def take_files(self, person: Person, opening: str, files: Iterable[tuple[str, IO[bytes]]],
                   candidate: str = "") -> Iterator[Taken]:
        """Take in what somebody uploaded: clips, and ZIPs of them.

        Args:
            files: (name, opened file), each used before the next is asked for; the name may
                have folders before it, of which the last says whose clip it is.
            candidate: whose all of them are; "": each owner is a new candidate.

        Yields:
            what became of each clip, and of each ZIP that could not be opened.

        Raises:
            Forbidden, StorageError: as ``take``.
        """
        owners: dict[str, str] = {}
        for name, file in files:
            parts = PurePosixPath(name.replace("\\", "/")).parts or ("",)
            try:
                entries = unpack(file) if parts[-1].lower().endswith(".zip") else iter(
                    (_entry(parts, partial(_kept, file)),))
            except DeskError as error:
                yield Taken(parts[-1], None, error=error)
            else:
                yield from self._take(person, opening, entries, MOST_BYTES, owners, candidate)

    def take_folder(self, person: Person, opening: str, folder: Path,
                    allowed: Sequence[Path] | None = None) -> Iterator[Taken]:
        """Take in a folder of the server.

        Args:
            allowed: None: as ``DeskSettings`` name them.

        Raises:
            Forbidden, StorageError: as ``take``; the folder is none of those.
            DeskError: too many files, or none.
        """
        folders = DeskSettings().folders if allowed is None else allowed
        yield from self.take(person, opening, walk(folder, folders))

    def take(self, person: Person, opening: str, entries: Iterator[Entry],
             most: int = MOST_BYTES) -> Iterator[Taken]:
        """Take clips in one after the other, each owner of the batch a new candidate.

        Yields:
            what became of each, as soon as it is known.

        Raises:
            Forbidden, StorageError: for the whole batch: what is theirs does not change
                between clips, and a full disk is full for all.
        """
        yield from self._take(person, opening, entries, most, {})

    def _take(self, person: Person, opening: str, entries: Iterator[Entry], most: int,
              owners: dict[str, str], candidate: str = "") -> Iterator[Taken]:
        for entry in entries:
            whose = partial(self._owner, person, opening, entry.owner, owners)
            try:
                with entry.open() as file:
                    added = (self._clips.add(person, candidate, entry.name, file, most)
                             if candidate else self._clips.add_new(
                                 person, opening, whose, entry.name, file, most))
                yield Taken(entry.name, added.id, added.known)
            except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError):
                yield Taken(entry.name, None, error=DeskError("error.desk.zip"))
            except (DeskError, VideoError) as error:
                yield Taken(entry.name, None, error=error)

    def _owner(self, person: Person, opening: str, name: str, owners: dict[str, str]) -> str:
        if name not in owners:
            owners[name] = self._candidates.add(person, opening, name)
        return owners[name]


def _measure(count: int) -> None:
    if count == 0:
        raise DeskError("error.desk.no_clips")
    if count > MOST_FILES:
        raise DeskError("error.desk.too_many", most=MOST_FILES)


def _wanted(parts: Sequence[str]) -> bool:
    return (bool(parts) and "__MACOSX" not in parts and not parts[-1].startswith(".")
            and parts[-1].lower().endswith(CLIP_SUFFIXES))


def _entry(parts: Sequence[str], opened: Callable[[], AbstractContextManager[IO[bytes]]]
           ) -> Entry:
    folders = [p for p in parts[:-1] if p not in ("/", ".", "..")]
    return Entry(parts[-1], folders[-1] if folders else PurePosixPath(parts[-1]).stem, opened)


def _kept(file: IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    """A file that whoever opened it closes."""
    return nullcontext(file)


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    return _entry(PurePosixPath(info.filename.replace("\\", "/")).parts,
                  lambda: archive.open(info))


def _lying(home: Path, path: Path) -> Entry:
    return _entry(path.relative_to(home).parts, lambda: path.open("rb"))
