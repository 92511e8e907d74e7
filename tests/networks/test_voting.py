"""Votes: distributions out, whatever the order of the members."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fer_core.networks.voting import VOTES, cast

RULES = sorted(VOTES)


@st.composite
def ballots(draw):
    members, rows, classes = draw(st.tuples(st.integers(1, 5), st.integers(0, 4),
                                            st.integers(2, 8)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    probabilities = rng.dirichlet(np.full(classes, draw(st.sampled_from([0.1, 1.0, 5.0]))),
                                  (members, rows))
    return probabilities, rng.uniform(0.1, 2, members), rng.permutation(members)


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=40, deadline=None)
@given(ballot=ballots())
def test_distributions_whatever_the_order(rule, ballot):
    probabilities, weights, order = ballot
    result = cast(rule, probabilities, weights)
    assert result.shape == probabilities.shape[1:]
    assert result.sum(-1) == pytest.approx(1)
    assert (result >= 0).all()
    assert np.array_equal(result, cast(rule, probabilities[order], weights[order]))


@pytest.mark.parametrize("rule", RULES)
def test_agreement_stands(rule):
    one = np.array([[0.0, 1.0, 0.0]])
    assert cast(rule, np.stack([one, one])) == pytest.approx(one)


def test_hand_computed():
    votes = np.array([[[0.6, 0.4, 0.0]], [[0.5, 0.3, 0.2]], [[0.0, 0.1, 0.9]]])
    assert cast("average", votes)[0] == pytest.approx([1.1 / 3, 0.8 / 3, 1.1 / 3])
    assert cast("weighted", votes, np.array([1.0, 0, 3]))[0] == pytest.approx([.15, .175, .675])
    assert cast("majority", votes)[0] == pytest.approx([2 / 3, 0, 1 / 3], abs=1e-5)


FOUR = np.eye(3)[[0, 0, 1, 2]] * 0.5 + 0.5 / 3


def test_two_of_four_agree_or_the_mean_decides():
    two = FOUR[:, None]
    assert cast("two_of_four", two)[0] == pytest.approx([0.5, 0.25, 0.25], abs=1e-5)
    five = np.array([[0.8, 0.2, 0, 0, 0], [0.3, 0.7, 0, 0, 0], [0.3, 0, 0.7, 0, 0],
                     [0.3, 0, 0, 0.7, 0]])[:, None]
    assert cast("two_of_four", five)[0] == pytest.approx(five[:, 0].mean(0))


def test_three_of_four_agree_or_the_surest_speaks():
    votes = np.array([[0.9, 0.1], [0.6, 0.4], [0.6, 0.4], [0.01, 0.99]])[:, None]
    assert cast("three_of_four", votes)[0] == pytest.approx([0.75, 0.25], abs=1e-5)
    split = votes[[0, 1, 3, 3]]
    assert cast("three_of_four", split)[0] == pytest.approx([0.01, 0.99])


def test_majority_tie_goes_to_the_larger_mean():
    votes = np.array([[[0.55, 0.45]], [[0.1, 0.9]]])
    share = cast("majority", votes)[0]
    assert share == pytest.approx([0.5, 0.5], abs=1e-5)
    assert share.argmax() == 1


def test_a_torn_member_splits_its_vote():
    assert cast("majority", np.array([[[0.4, 0.4, 0.2]]]))[0] == pytest.approx(
        [0.5, 0.5, 0], abs=1e-5)


@pytest.mark.parametrize(("probabilities", "weights"), [
    (np.ones((0, 2, 3)), None), (np.ones((2, 3)), None), (np.ones((2, 1, 0)), None),
    (np.ones((2, 1, 3)), np.ones(3)), (np.ones((2, 1, 3)), np.zeros(2)),
    (np.ones((2, 1, 3)), np.array([2.0, -1])), (np.full((2, 1, 3), np.nan), None),
])
def test_ballots_that_make_no_sense(probabilities, weights):
    with pytest.raises(ValueError, match=r"shape|finite|all 0"):
        cast("average", probabilities, weights)


def test_unknown_rule():
    with pytest.raises(KeyError):
        cast("loudest", np.ones((1, 1, 2)))
