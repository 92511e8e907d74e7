"""Many clips at once: what is out of measure is refused before it is read."""

import io
import zipfile

import pytest

from fer_core.desk import batches
from fer_core.desk.batches import Batches, unpack, walk
from fer_core.errors import DeskError, Forbidden
from tests.desk.conftest import sqlite as settings

__all__ = ["settings"]


def zipped(files: dict[str, bytes], method=zipfile.ZIP_STORED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


@pytest.fixture
def taking(desk):
    return Batches(desk.candidates, desk.clips)


def test_a_zip_becomes_candidates_with_their_clips(desk, team, taking):
    taken = list(taking.take(team.lead, team.opening, unpack(zipped({
        "park/one.mp4": b"1", "park/two.MOV": b"2", "choi minsu.mp4": b"3",
        "__MACOSX/park/._one.mp4": b"x", ".hidden.mp4": b"x", "notes.txt": b"x",
        "../../etc/cron.mp4": b"4", "again.mp4": b"1", "empty.mp4": b""}))))
    assert [t.name for t in taken if t.error is None] == [
        "one.mp4", "two.MOV", "choi minsu.mp4", "cron.mp4", "again.mp4"]
    assert [(t.name, t.error.key) for t in taken if t.error] == [
        ("empty.mp4", "error.video.empty")]
    assert taken[4].known
    assert taken[4].clip == taken[0].clip
    names = {c.id: c.name for c in desk.candidates.list(team.lead, team.opening)}
    clips = desk.clips.list(team.lead, team.opening)
    assert [(names[c.candidate], c.name) for c in clips] == [
        ("park", "one.mp4"), ("park", "two.MOV"), ("choi minsu", "choi minsu.mp4"),
        ("etc", "cron.mp4")]
    assert set(names.values()) == {"park", "choi minsu", "etc", "Kim Jiwon", "Lee Seojun"}
    assert len(list(desk.clips.folder.iterdir())) == 4


def test_bombs_are_not_opened(monkeypatch):
    with pytest.raises(DeskError, match="bomb"):
        unpack(zipped({"a.mp4": bytes(10**6)}, zipfile.ZIP_DEFLATED))
    monkeypatch.setattr(batches, "MOST_FILES", 3)
    with pytest.raises(DeskError, match="too_many"):
        unpack(zipped({f"{n}.mp4": b"x" for n in range(4)}))
    for wrong in (io.BytesIO(b"no zip"), io.BytesIO()):
        with pytest.raises(DeskError, match="zip"):
            unpack(wrong)
    with pytest.raises(DeskError, match="no_clips"):
        unpack(zipped({"a.txt": b"x"}))
    shared = zipped({"a.mp4": b"x" * 3000})
    with zipfile.ZipFile(shared, "a") as archive:  # further names for the same bytes
        for name in ("b.mp4", "c.mp4"):
            info = zipfile.ZipInfo(name)
            first = archive.infolist()[0]
            info.CRC, info.compress_size, info.file_size = first.CRC, 3000, 3000
            info.header_offset = first.header_offset
            archive.filelist.append(info)
            archive.NameToInfo[name] = info
        archive._didModify = True
    shared.seek(0)
    with pytest.raises(DeskError, match="bomb"):
        unpack(shared)


def test_a_damaged_entry_fails_alone(desk, team, taking):
    file = zipped({"a.mp4": b"x" * 5000, "b.mp4": b"y" * 5000})
    data = bytearray(file.getvalue())
    data[200] ^= 1  # within the first clip, whose checksum no longer fits
    taken = list(taking.take(team.lead, team.opening, unpack(io.BytesIO(bytes(data)))))
    assert [(t.name, t.error and t.error.key) for t in taken] == [
        ("a.mp4", "error.desk.zip"), ("b.mp4", None)]
    assert len(list(desk.clips.folder.iterdir())) == 1


def test_a_clip_too_large_fails_alone(desk, team, taking):
    taken = list(taking.take(team.lead, team.opening, unpack(zipped(
        {"a.mp4": b"x" * 200, "b.mp4": b"y"})), most=100))
    assert [t.error and t.error.key for t in taken] == ["error.desk.too_big", None]


def test_only_allowed_folders_and_no_links(desk, team, taking, tmp_path):
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    for folder in (allowed / "kim", other):
        folder.mkdir(parents=True)
        (folder / "clip.mp4").write_bytes(str(folder).encode())
    (allowed / "link.mp4").symlink_to(other / "clip.mp4")
    (allowed / "linked").symlink_to(other)
    for wrong in (other, allowed / "..", allowed / "linked", tmp_path / "none"):
        with pytest.raises(Forbidden):
            walk(wrong, [allowed])
    with pytest.raises(Forbidden):
        walk(allowed, [])
    taken = list(taking.take(team.lead, team.opening, walk(allowed, [allowed])))
    assert [(t.name, t.error) for t in taken] == [("clip.mp4", None)]
    assert desk.clips.path(taken[0].clip).read_bytes() == str(allowed / "kim").encode()


def test_files_of_one_folder_are_of_one_person_whatever_lies_beside_them(desk, team, taking):
    files = [("kim/1.mp4", io.BytesIO(b"1")), ("../x/2.mp4", io.BytesIO(b"2")),
             ("kim\\3.mp4", io.BytesIO(b"3")), ("bad.zip", io.BytesIO(b"no zip")),
             ("some.ZIP", zipped({"kim/4.mp4": b"4"})), ("alone.mp4", io.BytesIO(b"5"))]
    taken = list(taking.take_files(team.lead, team.opening, files))
    assert [(t.name, t.error and t.error.key) for t in taken] == [
        ("1.mp4", None), ("2.mp4", None), ("3.mp4", None), ("bad.zip", "error.desk.zip"),
        ("4.mp4", None), ("alone.mp4", None)]
    names = [c.name for c in desk.candidates.list(team.lead, team.opening)]
    assert names[2:] == ["kim", "x", "alone"]
    assert not any(file.closed for _, file in files)
    lee = list(taking.take_files(team.lead, team.opening, [("a.mp4", io.BytesIO(b"6"))],
                                 team.lee))
    assert desk.clips.of(team.lead, team.lee)[0].id == lee[0].clip
    with pytest.raises(Forbidden):
        list(taking.take_files(team.other, team.opening, [("a.mp4", io.BytesIO(b"7"))], team.lee))


def test_a_batch_of_somebody_else_is_refused_whole(desk, team, taking):
    for person in (team.ann, team.other, team.admin):
        with pytest.raises(Forbidden):
            list(taking.take(person, team.opening, unpack(zipped({"a.mp4": b"x"}))))
    assert desk.clips.list(team.lead, team.opening) == ()
