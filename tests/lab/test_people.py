"""Statistics against hand-made and planted data, readers on folders written here, and the real
data where it lies."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from typer.testing import CliRunner

from fer_core.cli import app
from fer_core.config import Settings
from fer_core.errors import DatasetError
from fer_core.lab import validation
from fer_core.lab.people import criteria, interviews, rated_clips, statistics, tables
from fer_core.networks import results
from fer_core.reports.export import sample_session
from fer_core.sessions.scoring import SCORES

ALONE = np.arange(200)


def test_correlations_are_those_of_scipy_and_constants_have_none():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=60).round(1), rng.normal(size=(60, 2))
    y[:, 0] += x
    np.testing.assert_allclose(statistics.spearman(x, y),
                               [spearmanr(x, y[:, i]).statistic for i in range(2)])
    assert np.isnan(statistics.spearman(np.ones(60), y)).all()


def test_the_interval_holds_a_planted_correlation_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(60):
        x = rng.normal(size=200)
        y = (0.5 * x + np.sqrt(0.75) * rng.normal(size=200))[:, None]
        low, high = statistics.interval(
            lambda rows, x=x, y=y: statistics.pearson(x[rows], y[rows]), ALONE, 200)[:, 0]
        held += low <= 0.5 <= high
    assert held >= 51  # 95 % of 60 is 57; fewer than 51 once in 3,000


def test_two_rows_of_one_person_are_not_two_people():
    """Every row twice says nothing new: by person the interval stays, by row it would shrink."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=40)
    y = (x + rng.normal(size=40))[:, None]
    def width(times):
        xs, ys = np.tile(x, times), np.tile(y, (times, 1))
        bounds = statistics.interval(
            lambda rows: statistics.pearson(xs[rows], ys[rows]), np.tile(np.arange(40), times), 500)
        return np.diff(bounds, axis=0).item()
    assert width(2) == pytest.approx(width(1))


def test_judges_who_agree_are_reliable_and_strangers_are_not():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(300, 1))
    judges = truth + rng.normal(size=(300, 9))
    # Spearman-Brown: one judge .5, nine of them .9.
    assert statistics.reliability(judges) == pytest.approx(0.9, abs=0.03)
    assert abs(statistics.reliability(rng.normal(size=(300, 9)))) < 0.3
    severe = judges - np.where(np.arange(9) < 4, 3.0, 0.0)
    assert statistics.one_order(severe) == pytest.approx(statistics.one_order(judges))
    assert statistics.one_judge(severe) < statistics.one_judge(judges) - 0.2
    judges[0, 0] = np.nan
    assert np.isfinite(statistics.one_judge(judges))


def test_people_s_weights_are_found_and_none_is_below_zero():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 3)) * [1, 10, 1]
    y = 2 * x[:, 0] + 0.1 * x[:, 1] - x[:, 2] + 0.1 * rng.normal(size=400)
    np.testing.assert_allclose(statistics.shares(x, y), [2 / 3, 1 / 3, 0], atol=0.03)
    assert np.isnan(statistics.shares(x[:, 2:], y)).all()


def test_nobody_foretells_themselves():
    """What is said of a person does not change with what was said of them, in either of their
    interviews."""
    rng = np.random.default_rng(0)
    people, x = np.repeat(np.arange(50), 2), rng.normal(size=(100, 2))
    y = x.sum(axis=1) + 0.1 * rng.normal(size=100)
    told = statistics.foretold(x, y, people)
    assert statistics.pearson(y, told[:, None])[0] > 0.95
    other = statistics.foretold(x, np.where(people == 7, 50.0, y), people)
    np.testing.assert_array_equal(other[people == 7], told[people == 7])
    assert not np.array_equal(other, told)


@pytest.fixture
def judged(tmp_path):
    """Twenty people, two interviews each; hiring is eye contact and half a smile."""
    rng, names = np.random.default_rng(0), [*criteria.TARGETS, "Smiled"]
    ids = [f"{p}{i}" for i in range(20) for p in ("P", "PP")]
    seen = {name: rng.normal(4, 1, 40) for name in names}
    seen["RecommendHiring"] = seen["EyeContact"] + 0.5 * seen["Smiled"]
    pd.DataFrame({"Participant": ids, **seen, "Total": 0}).to_csv(
        tmp_path / "ratings.csv", index=False)
    rows = [{"Participant": i.lower(), "Worker": w, **{
        n: seen[n][k] + rng.normal() for n in names}, "Total": 0}
        for k, i in enumerate(ids) for w in ("a", "b", "c")]
    rows += [{**r, "Worker": "AGGR"} for r in rows if r["Worker"] == "a"]
    pd.DataFrame(rows).to_csv(tmp_path / "raters.csv", index=False)
    return tmp_path


def test_interviews_are_read_by_person_and_weighed(judged):
    data = interviews.read_interviews(judged)
    assert len(data.people) == 40
    assert data.people.max() == 19
    assert data.judges["Calm"].shape == (40, 3)
    result = validation.validate(judged, Settings())
    fit = next(f for f in result["fits"] if f["target"] == "RecommendHiring"
               and len(f["inputs"]) == 2)
    assert fit["r"] > 0.98
    assert fit["weights"]["EyeContact"]["r"] == pytest.approx(2 / 3, abs=0.05)
    assert "RecommendHiring" in tables.describe(result)
    asked = {(row["score"], row["part"]) for row in result["shares"]}
    assert asked == {(s, p) for s in SCORES for p in criteria.COUNTERPARTS if s in criteria.JUDGED}


@pytest.mark.slow
def test_a_later_score_appears_by_itself_and_nobody_s_row_is_kept(tmp_path):
    session = sample_session()
    rng, count = np.random.default_rng(0), 12
    made = [replace(session, timeline=session.timeline.having(
        yaw=session.timeline["yaw"] + turned)) for turned in range(0, 24, 2)]
    clips = rated_clips.RatedClips(
        tuple(tmp_path / f"{i}.mp4" for i in range(count)), np.arange(count),
        np.stack([-np.arange(count), *rng.normal(size=(3, count))], axis=1).astype(float))
    recipes = {**SCORES, "later": {"facing": 1.0}}
    result = validation.of_clips(clips, made, "planted", recipes)
    assert result["parts"]["facing"]["ratings"]["interview"]["r"] > 0.8
    assert set(result["scores"]) == set(recipes)
    assert result["scores"]["later"] == {"n": 0, "middle": None, "width": None, "ratings": {}}
    assert set(result["held"]) == set(criteria.HELD)
    assert "later: not held against people" in tables.describe(result)
    text = json.dumps(result)
    assert session.source.sha256 not in text
    assert all(file.name not in text for file in clips.files)


def test_clips_are_read_from_tables_and_other_folders_refused(tmp_path):
    with pytest.raises(DatasetError):
        validation.validate(tmp_path / "none", Settings())
    (tmp_path / "ratings.csv").write_text("file,stars\na.mp4,5\n")
    with pytest.raises(DatasetError):
        validation.validate(tmp_path, Settings())
    rows = {"file": ["x.001.mp4", "x.002.mp4"], **{n: [0.1, 0.2] for n in criteria.CLIP_RATINGS}}
    pd.DataFrame(rows).to_csv(tmp_path / "ratings.csv", index=False)
    clips = rated_clips.read_clips(tmp_path)
    assert clips.people.tolist() == [0, 0]
    from fer_core.reports.export import write
    for clip in clips.files:
        write(sample_session(), tmp_path / "tables", clip.stem, "en", ("json",))
    found = rated_clips.sessions(clips, Settings(), tmp_path / "tables")
    assert [s.source.sha256 for s in found] == [sample_session().source.sha256] * 2


@pytest.mark.slow
def test_the_command_saves_aggregates(judged, tmp_path, monkeypatch):
    weights = tmp_path / "weights"
    weights.mkdir()
    monkeypatch.setenv("POISE_WEIGHTS", str(weights))
    done = CliRunner().invoke(app, ["validate", str(judged), "--save", "--json"])
    assert done.exit_code == 0, done.output
    (kept,) = results.read_results(weights, results.VALIDATION)
    assert kept["fits"] == json.loads(done.stdout)["fits"]
    assert kept["command"].startswith("python -m fer_core validate ")
    assert CliRunner().invoke(app, ["validate", str(tmp_path / "none")]).exit_code == 1


def test_the_judges_of_the_real_interviews(shared_data):
    folder = shared_data / "interview_ratings"
    if not folder.is_dir():
        pytest.skip("no interview_ratings in the shared data")
    judged = interviews.read_interviews(folder)
    assert judged.people.max() + 1 == 69
    for name, panel, one in (("Overall", 0.72, 0.39), ("RecommendHiring", 0.74, 0.41),
                             ("Engaged", 0.59, 0.27), ("Calm", 0.46, 0.19)):
        own = judged.judges[name]
        assert statistics.reliability(own) == pytest.approx(panel, abs=0.03)
        assert statistics.one_judge(own) == pytest.approx(one, abs=0.01)
    x = np.stack([judged.ratings["EyeContact"], judged.ratings["Smiled"]], axis=1)
    hire = judged.ratings["RecommendHiring"]
    told = statistics.foretold(x, hire, judged.people)
    assert 0.63 <= statistics.pearson(hire, told[:, None])[0] <= 0.69
