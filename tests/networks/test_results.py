"""What is kept in a session of what was measured."""

import json

import pytest

from fer_core.networks.results import accuracies
from fer_core.records import Accuracy, ModelName

MODELS = (ModelName("vit", "a" * 64), ModelName("mixer", "b" * 64))
ENTRY = {"kind": "evaluation", "data": "own test", "n": 3153, "accuracy": 0.8164,
         "models": [{"name": "vit", "sha256": "a" * 64}, {"name": "mixer", "sha256": "b" * 64}]}


def results(folder, *entries):
    (folder / "results.json").write_text(json.dumps({"results": list(entries)}), "utf-8")
    return folder


def test_the_figures_of_these_checkpoints_alone_and_together(tmp_path):
    alone = {**ENTRY, "models": ENTRY["models"][:1], "accuracy": 0.79, "labels": "ferplus"}
    found = accuracies(results(tmp_path, ENTRY, alone), MODELS)
    assert found == (Accuracy("own test", 3153, 0.8164, ("a" * 64, "b" * 64)),
                     Accuracy("FER+ (own test)", 3153, 0.79, ("a" * 64,)))
    assert accuracies(tmp_path, (MODELS[0], ModelName("mixer", "c" * 64))) == found[1:]
    assert accuracies(tmp_path / "none", MODELS) == ()


@pytest.mark.parametrize("entry", [
    {}, {**ENTRY, "accuracy": None}, {**ENTRY, "n": 0}, {**ENTRY, "models": []},
    {**ENTRY, "models": [{"name": "x"}]}, {**ENTRY, "kind": "robustness"},
    {**ENTRY, "accuracy": 81.6}])
def test_a_damaged_measurement_is_not_told(entry, tmp_path):
    assert accuracies(results(tmp_path, entry), MODELS) == ()
