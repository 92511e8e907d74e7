"""The whole history as one ZIP file, and back.

``poise.json`` is the index: profile, and of every session and photo its note and where its file
lies; ``sessions/<id>.report.json`` is the very file that the report page opens, its small pictures
inside; ``photos/<day>.jpg`` the photo of a day. The same history gives the same bytes.

Nothing of an archive is written to a folder or executed, and nothing is kept before all of it was
read. What is here already stays as it is, so that the same archive twice changes nothing.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Literal

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fer_core.errors import ReportError, StorageError
from fer_core.history.entries import FEELINGS, Feeling, Photo
from fer_core.history.profiles import Profile
from fer_core.history.storage import Store, identity
from fer_core.records import Session
from fer_core.reports.export import from_json
from fer_core.texts import Language

INDEX, VERSION = "poise.json", 1
MOST_BYTES, MOST_FILE, MOST_PHOTO = 4_000_000_000, 60_000_000, 4_000_000
"""Unpacked, of the whole, of a session and of a photo: a thousand sessions take under a tenth."""
MOST_SIDE = 4096
"""px of a photo."""


@dataclass(frozen=True)
class Restored:
    """What an archive brought: sessions and photos that were not here and are young enough to
    stay; ``profile``: taken from it, because there was none."""

    sessions: int
    photos: int
    profile: bool


class _Session(BaseModel):
    model_config = ConfigDict(extra="forbid")
    file: str
    language: Language
    note: str = Field(max_length=20_000)
    tags: list[str]
    before: int | None = None
    after: int | None = None


class _Photo(BaseModel):
    model_config = ConfigDict(extra="forbid")
    file: str
    day: date
    note: str = Field(max_length=20_000)
    reading: dict[str, float]


class _Index(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: Literal["poise-history"]
    version: int
    profile: Profile | None
    sessions: list[_Session]
    photos: list[_Photo]


def pack_history(store: Store, person: str) -> bytes:
    """Everything that is kept, as a ZIP file.

    Args:
        person: whose profile goes with it.
    """
    out = io.BytesIO()
    sessions, photos = [], []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in store.list():
            report = store.report(entry.id)
            name = f"sessions/{entry.id}.report.json"
            sessions.append(_Session(
                file=name, language=json.loads(report)["language"], note=entry.note,
                tags=list(entry.tags), before=entry.before, after=entry.after))
            _put(archive, name, report.encode())
        for photo in store.photos(date.min, date.max):
            name = f"photos/{photo.day.isoformat()}.jpg"
            photos.append(_Photo(file=name, day=photo.day, note=photo.note,
                                 reading=photo.reading))
            _put(archive, name, photo.picture)
        index = _Index(format="poise-history", version=VERSION, sessions=sessions, photos=photos,
                       profile=store.profiles.load(person))
        _put(archive, INDEX, index.model_dump_json(indent=1).encode())
    return out.getvalue()


def restore_history(store: Store, person: str, file: BinaryIO) -> Restored:
    """Keep what an archive holds and is not here yet; what is older than ``keep_days`` goes.

    Args:
        person: whose profile it becomes, where they have none.

    Raises:
        StorageError: it is no archive of ours, damaged, or of a newer version; then nothing of it
            is kept.
    """
    profile, sessions, photos = _read(file)
    known, days = _here(store)
    for number, (session, row) in sessions.items():
        if number not in known:
            store.write(session, row.language, note=row.note, tags=row.tags,
                        before=_felt(row.before), after=_felt(row.after))
    for day, photo in photos.items():
        if day not in days:
            store.keep_photo(photo)
    take = profile is not None and store.profiles.load(person) is None
    if take and profile is not None:
        store.profiles.save(person, profile)
    store.forget_old()
    left, days_left = _here(store)
    return Restored(len(left - known), len(days_left - days), take)


def _here(store: Store) -> tuple[set[str], set[date]]:
    """Ids of the sessions and days of the photos that are kept."""
    return ({entry.id for entry in store.list()},
            {photo.day for photo in store.photos(date.min, date.max)})


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # without a date: the same content, the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _read(file: BinaryIO) -> tuple[
        Profile | None, dict[str, tuple[Session, _Session]], dict[date, Photo]]:
    """All of an archive, checked: profile, sessions by id, photos by day; of what is told twice
    the first."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise StorageError("error.archive.large")
            raw = json.loads(_take(archive, INDEX, MOST_FILE))
            if isinstance(raw, dict) and isinstance(raw.get("version"), int) and (
                    raw["version"] > VERSION):
                raise StorageError("error.archive.newer")
            index = _Index.model_validate(raw)
            sessions: dict[str, tuple[Session, _Session]] = {}
            for row in index.sessions:
                session = from_json(_take(archive, row.file, MOST_FILE))
                sessions.setdefault(identity(session), (session, row))
            photos: dict[date, Photo] = {}
            for one in index.photos:
                picture = _take(archive, one.file, MOST_PHOTO)
                _look(picture)
                photos.setdefault(one.day, Photo(one.day, picture, one.reading, one.note))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, OSError, EOFError,
            NotImplementedError, RuntimeError, RecursionError, ValidationError, ReportError,
            Image.DecompressionBombError) as error:
        raise StorageError("error.archive.unreadable") from error
    return index.profile, sessions, photos


def _take(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A file of an archive, whatever its entry says of its size."""
    with archive.open(name) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise StorageError("error.archive.large")
    return content


def _look(picture: bytes) -> None:
    """Whether it is a picture that can be shown.

    Raises:
        ValueError, OSError: it is none.
    """
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as found:
        if max(found.size) > MOST_SIDE:
            raise ValueError("a photo of the day is small")
        found.load()


def _felt(value: int | None) -> Feeling | None:
    return next((known for known in FEELINGS if known == value), None)
