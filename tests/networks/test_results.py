import json

import pytest

from fer_core.networks import results
from fer_core.records import ModelName


def entry(accuracy, sha="a", **more):
    return {"kind": "evaluation", "data": "faces test", "labels": "ferplus", "vote": "average",
            "models": [{"name": "vit", "sha256": sha}], "accuracy": accuracy} | more


def test_a_new_measurement_replaces_the_old_one_and_keeps_the_others(tmp_path):
    results.write(tmp_path, [entry(0.8), entry(0.7, data="other test")])
    results.write(tmp_path, [entry(0.9, sha="b")])
    found = {e["data"]: e["accuracy"] for e in results.read_results(tmp_path)}
    assert found == {"faces test": 0.9, "other test": 0.7}


def test_figures_of_other_weights_are_stale():
    assert results.is_stale(entry(0.8), (ModelName("vit", "b"),))
    assert not results.is_stale(entry(0.8), (ModelName("mixer", "c"), ModelName("vit", "a")))


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"results": 3})])
def test_a_damaged_file_is_no_measurement(tmp_path, text):
    (tmp_path / results.NAME).write_text(text)
    assert results.read_results(tmp_path) == []
    results.write(tmp_path, [entry(0.5)])
    assert len(results.read_results(tmp_path)) == 1


def test_nothing_measured_yet(tmp_path):
    assert results.read_results(tmp_path) == []
