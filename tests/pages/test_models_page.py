"""The Models page shows what was measured of groups of people."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from fer_core.emotions import LABEL_SETS
from fer_core.lab import bias
from tests.pages.test_pages import open_page, text_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning",
                                        "ignore::pytest.PytestUnraisableExceptionWarning")
ROOT = Path(__file__).parents[2]
PLUS = LABEL_SETS["ferplus"]


@pytest.mark.parametrize(("language", "title", "group"), [
    ("en", "The same for everybody?", "East Asian search words"),
    ("ko", "누구에게나 같은가", "동아시아 검색어")])
def test_the_bias_card_is_shown(language, title, group, tmp_path, monkeypatch):
    shutil.copy(ROOT / "weights" / "manifest.json", tmp_path)
    models = json.loads((tmp_path / "manifest.json").read_text())["models"]
    read, label = np.eye(8)[np.arange(100) % 4], np.arange(100) % 2
    rows = [{"groups": name, **bias.compare(read, read[:60], y, y[:60], PLUS)}
            for name, y in (("east_asian", label), ("mask", np.full(100, -1)))]
    (tmp_path / "results.json").write_text(json.dumps({"results": [
        {"kind": "bias", "data": "x", "labels": "ferplus", "rows": rows, "models": [
            {"name": m["name"], "sha256": m["sha256"]} for m in models]}]}))
    monkeypatch.setenv("POISE_WEIGHTS", str(tmp_path))
    app = open_page("models", language)
    assert not app.exception
    assert title in text_of(app)
    neutral, recall = (table.value for table in app.dataframe)
    assert neutral.iloc[0, 0] == group
    # Every second of the neutral faces is read as surprise, none as tense.
    assert neutral.iloc[0, 2].startswith("0 % (0–")
    assert neutral.iloc[2, 2].startswith("25 % (")  # all hundred masked faces count
    assert len(neutral) == 4
    assert len(recall) == 2  # nothing is known of the expressions under masks


@pytest.mark.parametrize(("language", "title", "unfinished"), [
    ("en", "Other architectures", "unfinished, 40 %"), ("ko", "다른 구조와 견주기", "미완, 40%")])
def test_other_architectures_stand_beside_ours(language, title, unfinished, tmp_path, monkeypatch):
    shutil.copy(ROOT / "weights" / "manifest.json", tmp_path)
    models = json.loads((tmp_path / "manifest.json").read_text())["models"]
    row = {"parameters": 33.7, "megabytes": 67.0, "milliseconds": 20.0, "n": 3000,
           "accuracy": 0.4, "interval": [0.38, 0.42], "macro_f1": 0.2, "what": "x"}
    mine = [{"name": m["name"], "sha256": m["sha256"]} for m in models]
    (tmp_path / "results.json").write_text(json.dumps({"results": [
        {"kind": "comparison", "data": "x", "labels": "ferplus", "models": names,
         "rows": [row | {"strategy": name, "done": done, "seconds": seconds, "pictures": pictures}]}
        for name, names, done, seconds, pictures in (
            ("k_emotionnet", [], 0.4, 600, 4096), ("vit", mine, 1.0, None, None),
            ("gone", [{"name": "vit", "sha256": "of old"}], 1.0, None, None))]}))
    monkeypatch.setenv("POISE_WEIGHTS", str(tmp_path))
    app = open_page("models", language)
    assert not app.exception
    assert title in text_of(app)
    (table,) = (t.value for t in app.dataframe)
    assert list(table.iloc[:, 0]) == ["k_emotionnet", "vit"]
    assert list(table.iloc[0, 1:7]) == [unfinished, "4,096", "10", "33.7", "67.0", "20.0"]
    assert list(table.iloc[1, 2:4]) == ["–", "–"]
