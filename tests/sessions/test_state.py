"""A builder's state taken apart and put together again goes on as if nothing had been."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.config import Settings
from fer_core.emotions import LABEL_SETS
from fer_core.records import Face, HeadPose, Reading, Source
from fer_core.sessions.builder import SessionBuilder

LABELS = LABEL_SETS["ferplus"]
SETTINGS = Settings()


def reading(time, seed):
    """A face somewhere with some expression; every ninth frame shows nobody."""
    rng = np.random.default_rng(seed)
    if seed % 9 == 0:
        return Reading(time)
    x, y = rng.uniform(200, 300, 2)
    landmarks = np.array([[-20, 0], [20, 0], [0, 25], [-15, 45], [15, 45]]) + np.array([x, y])
    return Reading(time, Face(np.array([x - 60, y - 60, x + 60, y + 60]), landmarks, 0.99, 3),
                   rng.dirichlet(np.ones(len(LABELS.classes))), HeadPose(*rng.normal(0, 5, 3)),
                   light=0.4, picture=b"\xff\xd8 %d" % seed,
                   members={"vit": rng.dirichlet(np.ones(len(LABELS.classes)))})


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], name)


@settings(max_examples=25, deadline=None)
@given(seconds=st.integers(0, 90), more=st.integers(0, 90), fps=st.sampled_from([1, 2, 7]))
def test_it_goes_on_as_if_it_had_never_been_cut_short(seconds, more, fps):
    whole = SessionBuilder(LABELS, (), SETTINGS)
    for i in range(seconds * fps):
        whole.add(reading(i / fps, i))
    state = whole.state()
    whole.cut()
    again = SessionBuilder.from_state(LABELS, (), SETTINGS, state)
    same(again.state(), whole.state())
    for i in range(seconds * fps, (seconds + more) * fps):
        for builder in (whole, again):
            builder.add(reading(i / fps, i))
    same(again.state(), whole.state())
    if seconds + more:
        source = Source("x", "", float(seconds + more), 640, 480)
        one, other = (b.session(source, ()) for b in (whole, again))
        assert one.scores == other.scores
        assert one.moments == other.moments
        assert one.warnings == other.warnings
        assert one.pictures == other.pictures
