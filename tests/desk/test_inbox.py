"""Uploads grow on the disk, go on where they broke off, and are measured before they fill it."""

import shutil
import threading
from collections import namedtuple

import pytest

from fer_core.desk.inbox import Inbox, OutOfStep
from fer_core.errors import DeskError, StorageError


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path / "incoming", most=1000)


def test_it_grows_block_by_block_and_goes_on_where_it_broke_off(inbox):
    assert inbox.size("ann", "10 a.mp4") == 0
    assert inbox.append("ann", "10 a.mp4", 0, 10, b"hello") == 5
    with pytest.raises(OutOfStep):
        inbox.append("ann", "10 a.mp4", 0, 10, b"hello")
    assert inbox.append("ann", "10 a.mp4", inbox.size("ann", "10 a.mp4"), 10, b"world") == 10
    assert inbox.find("ann", "10 a.mp4").read_bytes() == b"helloworld"
    assert inbox.find("bob", "10 a.mp4") is None  # another's of the same name is another
    inbox.drop("ann", "10 a.mp4")
    assert inbox.find("ann", "10 a.mp4") is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\..\\b", "", "한글.mp4"])
def test_a_name_is_never_a_path(inbox, name):
    inbox.append("../ann", name, 0, 1, b"x")
    file = inbox.find("../ann", name)
    assert file.parent.parent == inbox.folder
    assert set(file.name) <= set("0123456789abcdef")


def test_what_is_too_large_is_refused_before_it_comes(inbox, monkeypatch):
    with pytest.raises(DeskError, match="too_big"):
        inbox.append("ann", "a.mp4", 0, 1001, b"x")
    inbox.append("ann", "a.mp4", 0, 600, b"x" * 600)
    with pytest.raises(DeskError, match="too_big"):  # together with what waits
        inbox.append("ann", "b.mp4", 0, 600, b"x")
    with pytest.raises(DeskError, match="too_big"):  # whatever the sender said
        inbox.append("ann", "a.mp4", 600, 600, b"x" * 500)
    inbox.drop("ann")
    inbox.append("ann", "b.mp4", 0, 600, b"x")
    monkeypatch.setattr("fer_core.desk.inbox.MOST_BYTES", 100)
    with pytest.raises(DeskError, match="too_big"):
        inbox.append("ann", "c.mp4", 0, 101, b"x")
    inbox.append("ann", "c.ZIP", 0, 101, b"x")  # of many clips


def test_a_full_disk_is_said_before_and_while_it_fills(inbox, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(2**40, 2**40, 2**30))
    with pytest.raises(StorageError, match="full"):
        inbox.append("ann", "a.mp4", 0, 10, b"x")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "disk_usage", full)
    with pytest.raises(StorageError, match="full"):
        inbox.append("ann", "a.mp4", 0, 10, b"x")


def test_of_two_that_send_the_same_one_is_out_of_step(inbox):
    done = []

    def send():
        try:
            done.append(inbox.append("ann", "a.mp4", 0, 3, b"abc"))
        except OutOfStep:
            done.append(None)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=str) == [3, *[None] * 7]
    assert inbox.find("ann", "a.mp4").read_bytes() == b"abc"
