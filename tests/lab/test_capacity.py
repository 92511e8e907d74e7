import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from fer_core.batch.hands import CRASH, ENOUGH, KILLED
from fer_core.cli import app
from fer_core.lab.capacity import Load, simulate, table

SMOOTH = Load(clips=40, start=0, lived=0, crashing=0, write=0)


def test_one_worker_takes_the_sum_of_all():
    minutes = np.linspace(1, 5, 40)
    one = simulate(SMOOTH, 1, minutes=minutes)
    assert one.hours == pytest.approx(7 * minutes.sum() / 3600)
    assert (one.busy, one.deaths, one.set_aside) == (pytest.approx(1), 0, 0)
    started = simulate(replace(SMOOTH, start=8, each=1), 1, minutes=minutes)
    assert started.hours == pytest.approx((8 + 40 + 7 * minutes.sum()) / 3600)


def test_the_longest_come_first():
    """Two workers, clips of 4, 3, 3 and 2 minutes: 6 each, which in another order would be 7."""
    assert simulate(SMOOTH, 2, minutes=np.array([2.0, 3, 4, 3])).hours == \
        pytest.approx(7 * 6 / 3600)


def test_more_workers_than_clips_bring_nothing():
    few, many = table(SMOOTH, (40, 80))
    assert few.hours == many.hours
    assert many.core_hours == pytest.approx(2 * few.core_hours)


def test_who_is_set_aside_is_as_in_a_batch():
    assert (SMOOTH.crashes, SMOOTH.kills) == (ENOUGH / CRASH, ENOUGH / KILLED)


def test_clips_that_crash_cost_two_tries_and_are_set_aside():
    load = replace(SMOOTH, crashing=1)
    all_of_them = simulate(load, 3)
    assert (all_of_them.deaths, all_of_them.set_aside, all_of_them.busy) == (80, 40, 0)


def test_deaths_cost_time_and_no_clip():
    dying = replace(SMOOTH, clips=400, start=8, lived=0.1)
    calm, hard = simulate(replace(dying, lived=0), 4), simulate(dying, 4)
    assert hard.deaths > 5
    assert hard.set_aside == 0
    assert hard.hours > calm.hours
    assert hard.busy < calm.busy


@pytest.mark.parametrize(("part", "slow"), [
    ("store", {"store": 1.0, "megabytes": 7.0}), ("leader", {"write": 21.0})])
def test_what_all_share_bounds_the_whole(part, slow):
    """Seven seconds a clip-minute, of three minutes each: no more than one clip's in 21 s."""
    load = replace(SMOOTH, spread=0, **slow)
    many = simulate(load, 40)
    assert many.hours == pytest.approx((40 + 1) * 21 / 3600, rel=0.01)
    assert getattr(many, part) == pytest.approx(40 / 41, rel=0.01)


def test_clips_that_come_slowly_wait_for_nobody():
    calm = simulate(replace(SMOOTH, an_hour=10, spread=0), 2)
    assert calm.waits[0] == pytest.approx(21 / 3600)
    assert calm.busy < 0.1
    assert simulate(replace(SMOOTH, an_hour=1000, spread=0), 2).waits[0] > 2 * calm.waits[0]


def test_the_command():
    run = CliRunner().invoke
    shown = run(app, ["capacity", "--clips", "50", "--workers", "1,8"])
    assert shown.exit_code == 0, shown.output
    assert len(shown.output.splitlines()) == 4
    rows = json.loads(run(app, ["capacity", "--clips", "50", "--workers", "1,8", "--json"]).stdout)
    assert [row["workers"] for row in rows] == [1, 8]
    assert rows[0]["hours"] > rows[1]["hours"]
    assert run(app, ["capacity", "--workers", "none"]).exit_code == 2
