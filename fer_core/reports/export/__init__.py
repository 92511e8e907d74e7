"""A session to files and back, one file of this package a format.

To add a format: one function in ``WRITERS``. Charts and their libraries load only when a
format needs them.
"""

import io
import os
import secrets
import zipfile
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from fer_core.records import Session
from fer_core.reports.export.csv_file import timeline_csv
from fer_core.reports.export.json_file import SCHEMA_VERSION, from_json, sample_session, to_json
from fer_core.texts import Language, local

__all__ = ["SCHEMA_VERSION", "WRITERS", "from_json", "sample_session", "timeline_csv", "to_json",
           "to_zip", "write"]


class Writer(Protocol):
    """A session in a language as a file's bytes; ``zone`` is the reader's, None the system's."""

    def __call__(self, session: Session, language: Language,
                 zone: tzinfo | None = None) -> bytes: ...


def _json(session: Session, language: Language, zone: tzinfo | None = None) -> bytes:
    return to_json(session, language).encode()


def _csv(session: Session, language: Language, zone: tzinfo | None = None) -> bytes:
    # With a byte order mark, because spreadsheets take UTF-8 without one for something else.
    return timeline_csv(session).encode("utf-8-sig")


def _html(session: Session, language: Language, zone: tzinfo | None = None) -> bytes:
    from fer_core.reports.export.html_file import to_html
    return to_html(session, language).encode()


def _pdf(session: Session, language: Language, zone: tzinfo | None = None) -> bytes:
    from fer_core.reports.export.pdf_file import to_pdf
    return to_pdf(session, language, zone)


def to_zip(session: Session, language: Language, zone: tzinfo | None = None) -> bytes:
    """Every other format in one archive, dated as the session by the reader's clock: the same
    session, the same bytes."""
    created = local(session.created or "1980-01-02", zone)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, (suffix, writer) in WRITERS.items():
            if name != "zip":
                entry = zipfile.ZipInfo(suffix.lstrip("."), (
                    min(max(created.year, 1980), 2107), *created.timetuple()[1:6]))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                file.writestr(entry, writer(session, language, zone))
    return archive.getvalue()


WRITERS: dict[str, tuple[str, Writer]] = {
    "json": (".report.json", _json),
    "csv": (".timeline.csv", _csv),
    "html": (".report.html", _html),
    "pdf": (".report.pdf", _pdf),
    "zip": (".report.zip", to_zip),
}
"""Format -> file suffix and writer."""


def write(session: Session, folder: Path, stem: str, language: Language,
          formats: tuple[str, ...] = ("json", "csv")) -> tuple[Path, ...]:
    """Write a session's files: none is put in place before all are on the disk whole.

    Raises:
        OSError: the folder cannot be written or the disk is full.
    """
    contents = [(folder / f"{stem}{suffix}", writer(session, language))
                for suffix, writer in (WRITERS[f] for f in formats)]
    folder.mkdir(parents=True, exist_ok=True)
    partial: list[Path] = []
    try:
        for _, content in contents:
            # A name of its own, because the stem may already be as long as a name can be.
            partial.append(folder / f".{secrets.token_hex(8)}.partial")
            with partial[-1].open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for written, (path, _) in zip(partial, contents, strict=True):
            os.replace(written, path)
    finally:
        for left in partial:
            left.unlink(missing_ok=True)
    return tuple(path for path, _ in contents)
