import zipfile
from pathlib import Path

import pytest

from fer_core.batch.sources import at_hand, digest, find
from fer_core.desk.batches import unpack
from fer_core.errors import DatasetError
from fer_core.media.names import CLIP_SUFFIXES


@pytest.fixture
def folder(tmp_path):
    for name in ("a.mp4", "deep/b.MOV", "deep/c d.webm", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return tmp_path


def names(*sources):
    return [clip.name for clip in find([str(source) for source in sources])]


def test_a_folder_is_searched_whole_for_clips(folder):
    assert names(folder) == ["a.mp4", "b.MOV", "c d.webm"]
    assert [clip.size for clip in find([str(folder)])] == [5, 10, 13]


def test_a_clip_is_told_by_the_endings_that_every_page_takes(tmp_path):
    for suffix in CLIP_SUFFIXES:
        (tmp_path / f"a{suffix.upper()}").write_text("x")
    assert len(names(tmp_path)) == len(CLIP_SUFFIXES)
    inside = tmp_path / "all.zip"
    with zipfile.ZipFile(inside, "w") as archive:
        for clip in find([str(tmp_path)]):
            archive.write(clip.uri, clip.name)
    with inside.open("rb") as file:
        assert [entry.name for entry in unpack(file)] == names(tmp_path)


def test_patterns_and_files(folder, monkeypatch):
    assert names(folder / "*" / "c*") == ["c d.webm"]
    assert names(folder / "a.mp4", folder / "*.mp4") == ["a.mp4"]
    assert names(folder / "notes.txt") == ["notes.txt"]
    monkeypatch.chdir(folder)
    assert names("*.mp4", "deep") == ["a.mp4", "b.MOV", "c d.webm"]


@pytest.mark.parametrize("text", [
    "deep/c d.webm\na.mp4\n", "clip\na.mp4\ndeep/c d.webm\n",
    "id,clip\n1,a.mp4\n2,deep/c d.webm\n", "\ufeffpath,who\na.mp4,x\n\ndeep/c d.webm,y\n"])
def test_a_list_names_clips_beside_it(folder, text):
    (folder / "list.csv").write_text(text, "utf-8")
    assert names(folder / "list.csv") == ["a.mp4", "c d.webm"]


def test_a_list_may_name_addresses(folder, tmp_path_factory):
    file = tmp_path_factory.mktemp("lists") / "list.csv"
    file.write_text((folder / "a.mp4").as_uri() + "\n" + str(folder / "deep" / "b.MOV"))
    assert names(file) == ["a.mp4", "b.MOV"]


def test_an_address_of_this_machine_is_a_path(folder):
    (clip,) = find([(folder / "a.mp4").as_uri()])
    assert Path(clip.uri) == folder / "a.mp4"
    with at_hand(clip.uri) as path:
        assert path == folder / "a.mp4"
    assert digest(clip.uri) == digest(str(folder / "a.mp4"))


@pytest.mark.parametrize("source", ["nowhere", "*.mp4", "ftp9://x/y", "deep.csv"])
def test_what_cannot_be_reached_is_said(folder, source):
    (folder / "deep.csv").write_text("nothing.mp4")
    place = source if "://" in source else str(folder / "none" / source)
    with pytest.raises(DatasetError):
        find([place])


def test_a_folder_without_clips(tmp_path):
    with pytest.raises(DatasetError) as error:
        find([str(tmp_path)])
    assert error.value.key == "error.batch.empty"
