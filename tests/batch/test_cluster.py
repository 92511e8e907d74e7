"""Two machines in processes of this one: Ray's own way to try a cluster out."""

import sys
import threading
import time

import pytest

from fer_core.batch import running
from fer_core.batch.cluster import Cluster
from fer_core.batch.ledger import Ledger
from fer_core.batch.sources import find
from fer_core.batch.work import Job
from fer_core.errors import DatasetError

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Ray's own

COMMAND = (sys.executable, "-m", "tests.batch.scripted")


@pytest.fixture
def machines(monkeypatch, tmp_path):
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster as Machines
    monkeypatch.setenv("SCRIPTED_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    made = Machines(initialize_head=True, head_node_args={"num_cpus": 1})
    yield made
    ray.shutdown()
    made.shutdown()


def test_a_machine_is_lost_and_every_clip_is_there_once(machines, tmp_path):
    lost = machines.add_node(num_cpus=1)
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(10):
        (folder / f"clip{i}.mp4").write_text(f"slow {i}")
    (folder / "poison.mp4").write_text("poison")
    clips = find([str(folder)])
    cluster = Cluster(machines.address, command=COMMAND)
    workers = cluster.workers()
    assert len(workers) == 2
    done = []

    def lose():
        while len(done) < 3:
            time.sleep(0.05)
        machines.remove_node(lost, allow_graceful=False)

    loser = threading.Thread(target=lose)
    loser.start()
    rows = running.run(clips, Ledger(tmp_path / "out", "one"),
                       lambda clip: Job(clip.uri, clip.name, {}, ()), workers,
                       lambda row, pace: done.append(row))
    loser.join()
    cluster.close()
    assert [row.clip for row in rows] == [clip.uri for clip in clips]
    assert [row.status for row in rows] == ["done"] * 10 + ["set_aside"]
    assert len(list((tmp_path / "out" / "reports").iterdir())) == 10


def test_no_cluster_there():
    with pytest.raises(DatasetError) as error:
        Cluster("127.0.0.1:1")
    assert error.value.key == "error.batch.cluster"
