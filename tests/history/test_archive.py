"""Everything out and in again: the same, once, or nothing."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from fer_core.errors import StorageError
from fer_core.history.archive import INDEX, Restored, pack_history, restore_history
from fer_core.history.entries import Photo
from fer_core.history.profiles import Profile
from fer_core.history.storage import Store
from fer_core.media.pictures import small_jpeg
from fer_core.records import Exchange
from fer_core.reports.export import to_json
from fer_core.texts import LANGUAGES, explain
from tests.planted import FULL, PICTURED, session

JPEG = small_jpeg(np.full((40, 40, 3), 90, np.uint8), 40, 88)
PROFILE = Profile("민지", "간호사", interview=date(2026, 12, 1), emoticon={"hair": "red"})


@pytest.fixture
def full(store) -> Store:
    one = store.save(replace(PICTURED, typed=(Exchange("job.1", "요점"),)), "en")
    store.change(one, name="첫 연습", note="떨렸다\n많이", tags=["모의"], before=2, after=5)
    store.save(replace(session(name="b"), created="2026-10-01T00:00:00+00:00"), "ko")
    store.keep_photo(Photo(date(2026, 10, 1), JPEG, {"happiness": 1.0}, "좋은 날"))
    store.profiles.save("local", PROFILE)
    return store


def everything(store: Store) -> tuple:
    return (store.list(), [to_json(store.load(e.id), "ko") for e in store.list()],
            store.photos(date.min, date.max), store.profiles.load("local"))


def test_into_an_empty_history_it_is_the_same_again(full):
    packed, before = pack_history(full, "local"), everything(full)
    assert pack_history(full, "local") == packed
    full.delete_all()
    assert everything(full) == ((), [], (), None)
    assert restore_history(full, "local", io.BytesIO(packed)) == Restored(2, 1, True)
    assert everything(full) == before
    assert restore_history(full, "local", io.BytesIO(packed)) == Restored(0, 0, False)
    assert everything(full) == before


def test_what_is_here_already_stays_as_it_is(full):
    packed = pack_history(full, "local")
    (entry, *_) = [e for e in full.list() if e.name == "첫 연습"]
    full.change(entry.id, note="다시 읽으니 괜찮다", after=4)
    full.profiles.save("local", replace(PROFILE, name="지민"))
    full.delete([e.id for e in full.list() if e.id != entry.id])
    assert restore_history(full, "local", io.BytesIO(packed)) == Restored(1, 0, False)
    assert len(full.list()) == 2
    (found, *_) = [e for e in full.list() if e.id == entry.id]
    assert (found.note, found.before, found.after) == ("다시 읽으니 괜찮다", 2, 4)
    assert full.profiles.load("local").name == "지민"


def test_what_is_too_old_to_be_kept_does_not_stop_the_rest(full):
    full.delete_all()
    now = datetime.now(UTC)
    for days in (20, 40, 0):
        then = now - timedelta(days=days)
        number = full.save(replace(session(name=f"{days}"), created=then.isoformat()), "ko")
        full.change(number, note=f"vor {days}", tags=["모의"], before=1)
        full.keep_photo(Photo(then.date(), JPEG, {"happiness": 1.0}, ""))
    packed = pack_history(full, "local")
    full.delete_all()
    full.keep_days = 30
    restored = restore_history(full, "local", io.BytesIO(packed))
    assert [(e.name, e.note, e.tags, e.before) for e in full.list()] == [
        ("0", "vor 0", ("모의",), 1), ("20", "vor 20", ("모의",), 1)]
    assert len(full.photos(date.min, date.max)) == 2
    assert restored == Restored(2, 2, False)


def changed(packed: bytes, **files: bytes | None) -> bytes:
    """The archive with other files; None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            key = name.rpartition(".")[2] if name != INDEX else "index"
            content = files.get(key, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("damage", "key"), [
    (lambda p: b"", "unreadable"), (lambda p: b"no zip", "unreadable"),
    (lambda p: p[:len(p) // 2], "unreadable"), (lambda p: changed(p, index=None), "unreadable"),
    (lambda p: changed(p, index=b"{}"), "unreadable"),
    (lambda p: changed(p, index=b"[" * 100_000), "unreadable"),
    (lambda p: changed(p, json=b"{}"), "unreadable"),
    (lambda p: changed(p, json=None), "unreadable"),
    (lambda p: changed(p, jpg=b"\xff\xd8 no picture"), "unreadable"),
    (lambda p: changed(p, jpg=b"x" * 4_000_001), "large"),
    (lambda p: changed(p, index=json.dumps({"format": "poise-history", "version": 2}).encode()),
     "newer")])
def test_a_bad_file_is_one_sentence_and_nothing_changes(full, damage, key):
    packed = pack_history(full, "local")
    full.delete([e.id for e in full.list()])
    before = everything(full)
    with pytest.raises(StorageError) as caught:
        restore_history(full, "local", io.BytesIO(damage(packed)))
    assert caught.value.key == f"error.archive.{key}"
    assert all(explain(caught.value, language) for language in LANGUAGES)
    assert everything(full) == before


def test_names_in_an_archive_are_no_paths(full, tmp_path):
    packed = pack_history(full, "local")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("../../evil.json", b"{}")
    before = sorted(tmp_path.rglob("evil*"))
    assert restore_history(full, "local", io.BytesIO(out.getvalue())) == Restored(0, 0, False)
    assert sorted(tmp_path.rglob("evil*")) == before == []


def test_a_practice_knows_its_sets(store):
    store.save(replace(FULL, answers=(replace(FULL.answers[0], question="it.1"),)), "ko")
    assert store.list()[0].sets == ("it",)
