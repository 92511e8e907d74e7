"""The hands and the ledger, with a scripted analysis: whatever dies, a clip ends in one row."""

import errno
import os
import signal
import sys
import threading

import pandas as pd
import pytest

from fer_core.batch import hands, running
from fer_core.batch.hands import Died, Hand
from fer_core.batch.ledger import Ledger
from fer_core.batch.sources import find
from fer_core.batch.work import Job
from fer_core.errors import StorageError
from fer_core.texts import explain, say

COMMAND = (sys.executable, "-m", "tests.batch.scripted")


@pytest.fixture
def batch(tmp_path, monkeypatch):
    """Makes clips of words, runs them, and tells which were analysed."""
    monkeypatch.setenv("SCRIPTED_LOG", str(tmp_path / "log"))
    folder = tmp_path / "in"
    folder.mkdir()

    class Batch:
        out = tmp_path / "out"

        def put(self, **words):
            for name, word in words.items():
                (folder / f"{name}.mp4").write_text(f"{word} {name}")

        def run(self, workers=2, basis="one", hidden=False, patience=20.0):
            clips = find([str(folder)])
            crew = [Hand(COMMAND, patience) for _ in range(workers)]
            rows = running.run(
                clips, Ledger(self.out, basis, hidden),
                lambda clip: Job(clip.uri, clip.name, {}, ()), crew)
            assert all(hand.pid is None for hand in crew)
            return {row.clip.rpartition("/")[2].removesuffix(".mp4"): row for row in rows}

        @property
        def analysed(self):
            log = tmp_path / "log"
            return sorted(log.read_text().split()) if log.exists() else []
    return Batch()


def test_every_clip_has_its_row_and_its_report(batch):
    batch.put(a="fine", b="bad", c="fine")
    rows = batch.run()
    assert {name: row.status for name, row in rows.items()} == {
        "a": "done", "b": "failed", "c": "done"}
    assert (batch.out / rows["a"].report).read_text() == "fine a"
    table = pd.read_parquet(batch.out / "manifest.parquet")
    assert list(table["status"]) == ["done", "failed", "done"]
    assert list(table["score_confidence"].dropna()) == [50, 50]
    assert list(table["error"]) == ["", "error.video.empty", ""]
    assert len(pd.read_csv(batch.out / "manifest.csv")) == 3


def test_a_full_disk_is_said_and_the_batch_goes_on_later(batch, monkeypatch):
    batch.put(a="fine", b="fine")
    kept, full = os.fsync, OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(os, "fsync", lambda file: (_ for _ in ()).throw(full))
    with pytest.raises(StorageError) as failure:
        batch.run(workers=1)
    assert explain(failure.value, "ko") == say("error.disk", "ko",
                                               detail=say("error.file.full", "ko"))
    assert list((batch.out / "reports").iterdir()) == []
    monkeypatch.setattr(os, "fsync", kept)
    assert [row.status for row in batch.run().values()] == ["done"] * 2


def test_run_again_only_what_is_missing_is_done(batch):
    batch.put(a="fine", b="fine")
    batch.run()
    batch.put(c="fine")
    rows = batch.run()
    assert batch.analysed == ["a.mp4", "b.mp4", "c.mp4"]
    assert [row.status for row in rows.values()] == ["done"] * 3
    (batch.out / rows["b"].report).unlink()
    assert set(batch.run()) == {"a", "b", "c"}
    assert batch.analysed == ["a.mp4", "b.mp4", "b.mp4", "c.mp4"]
    batch.run(basis="other settings")
    assert len(batch.analysed) == 7


def test_a_moved_clip_is_known_by_its_bytes(batch, tmp_path):
    batch.put(a="fine")
    batch.run()
    os.utime(tmp_path / "in" / "a.mp4", (1, 1))
    assert batch.run()["a"].status == "done"
    assert batch.analysed == ["a.mp4"]


def test_a_clip_that_crashes_twice_is_set_aside_and_the_rest_goes_on(batch):
    batch.put(a="fine", b="poison", c="fine", d="once")
    rows = batch.run(workers=1)
    assert {name: row.status for name, row in rows.items()} == {
        "a": "done", "b": "set_aside", "c": "done", "d": "done"}
    assert batch.analysed == ["a.mp4", "c.mp4", "d.mp4"]


def test_a_clip_that_never_ends_is_set_aside(batch):
    batch.put(a="hang", b="fine")
    rows = batch.run(patience=1.5)
    assert (rows["a"].status, rows["b"].status) == ("set_aside", "done")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="another system's way to kill")
@pytest.mark.parametrize(("word", "blame"), [("kill", hands.KILLED), ("poison", hands.CRASH)])
def test_a_kill_counts_for_less_than_a_crash(tmp_path, word, blame):
    (tmp_path / "clip").write_text(word)
    hand = Hand(COMMAND)
    with pytest.raises(Died) as died:
        hand.do(Job(str(tmp_path / "clip"), "x", {}, ()))
    assert died.value.blame == blame
    assert hand.pid is None


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="another system's way to kill")
def test_whatever_is_killed_every_clip_is_there_once(batch):
    batch.put(**{f"clip{i:02}": "slow" for i in range(12)})
    crew = [Hand(COMMAND) for _ in range(2)]
    over = threading.Event()

    def kill():
        left = hands.ENOUGH - 1  # one more, and all of them could have met the same clip
        while left and not over.wait(0.7):
            pid = crew[left % 2].pid
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                left -= 1

    killer = threading.Thread(target=kill)
    killer.start()
    clips = find([str(batch.out.parent / "in")])
    try:
        rows = running.run(clips, Ledger(batch.out, "one"),
                           lambda clip: Job(clip.uri, clip.name, {}, ()), crew)
    finally:
        over.set()
        killer.join()
    assert [row.clip for row in rows] == [clip.uri for clip in clips]
    assert {row.status for row in rows} == {"done"}
    assert len(list((batch.out / "reports").iterdir())) == 12


def test_interrupted_and_run_again(batch, monkeypatch):
    batch.put(**{f"clip{i}": "slow" for i in range(6)})
    told = []

    def interrupt(self, clip):
        told.append(clip)
        if len(told) == 2:
            raise KeyboardInterrupt
        return settled(self, clip)

    settled = running._Work.settled
    monkeypatch.setattr(running._Work, "settled", interrupt)
    with pytest.raises(KeyboardInterrupt):
        batch.run(workers=1)
    assert len(pd.read_parquet(batch.out / "manifest.parquet")) == 2
    monkeypatch.setattr(running._Work, "settled", settled)
    assert [row.status for row in batch.run().values()] == ["done"] * 6
    assert len(batch.analysed) == len(set(batch.analysed)) == 6


def test_in_recruitment_no_score_and_no_name_is_listed(batch):
    batch.put(kim="fine", lee="bad")
    batch.run(hidden=True)
    table = pd.read_parquet(batch.out / "manifest.parquet")
    assert [c for c in table if c.startswith("score")] == []
    assert list(table["clip"]) == list(table["sha256"])
    written = b"".join(path.read_bytes() for path in batch.out.rglob("*") if path.is_file()
                       and path.parent.name != "reports")
    assert not [word for word in (b"kim", b"lee", b"50.0") if word in written]
    assert not [path for path in batch.out.rglob("*") if "kim" in path.name]


def test_what_a_killed_batch_left_half_written_goes(batch):
    batch.put(a="fine")
    batch.run()
    left = batch.out / "reports" / ".0123.partial"
    left.write_text("half")
    batch.run()
    assert not left.exists()


def test_the_longest_come_first_and_the_time_left_is_told(batch):
    batch.put(small="fine", large="fine " + 500 * "x")
    paces = []
    clips = find([str(batch.out.parent / "in")])
    running.run(clips, Ledger(batch.out, "one"), lambda c: Job(c.uri, c.name, {}, ()),
                [Hand(COMMAND)], lambda row, pace: paces.append((row.clip, pace)))
    assert [clip.rpartition("/")[2] for clip, _ in paces] == ["large.mp4", "small.mp4"]
    assert [pace.done for _, pace in paces] == [1, 2]
    assert paces[0][1].left > 0 == paces[1][1].left
