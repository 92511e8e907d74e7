import numpy as np
import pytest

from fer_core.networks.sparing import STRIDE, read_sparingly, signs
from fer_core.pipeline import Analyser


def faces(count, shut=()):
    """The signs of the same face so many times, its eyes shut in some."""
    return signs([{"smile": 0.2, "brow_tension": 0.1, "mouth_open": 0.0,
                   "blink": 0.9 * (index in shut)} for index in range(count)])


class Planted:
    """Networks that tell each face by its place: crop i is full of i."""

    def __init__(self, answers):
        self.answers, self.read = answers, []

    def __call__(self, crops):
        indices = [int(c[0, 0]) for c in crops]
        self.read += indices
        return self.answers[:, indices]


def sparingly(answers, told, times=None, tracks=None, agreeing=0.8):
    count = answers.shape[1]
    crops = np.repeat(np.arange(count, dtype=np.uint8), 4).reshape(count, 2, 2)
    planted = Planted(answers)
    out = read_sparingly(planted, np.arange(count) / 8 if times is None else times,
                         np.zeros(count, int) if tracks is None else tracks, crops, told,
                         agreeing)
    return out, sorted(planted.read)


def turning(count, at):
    """Two networks, two classes: the first until a face, then the second."""
    answers = np.zeros((2, count, 2))
    answers[:, :at, 0] = answers[:, at:, 1] = 1
    return answers


def test_a_quiet_face_is_read_every_half_second():
    out, read = sparingly(turning(17, 17), faces(17))
    assert read == list(range(0, 17, STRIDE))
    np.testing.assert_array_equal(out, turning(17, 17))


@pytest.mark.parametrize("at", range(1, 17))
def test_where_the_answer_turns_is_found_to_the_frame(at):
    out, read = sparingly(turning(17, at), faces(17))
    np.testing.assert_array_equal(out, turning(17, at))
    assert len(read) == len(set(read)) <= 5 + 2


def test_between_two_answers_that_hardly_differ_lies_a_line():
    answers = np.zeros((1, 5, 2))
    answers[0, :, 0] = [0.2, 9, 9, 9, 0.4]
    out, read = sparingly(answers, faces(5))
    assert read == [0, 4]
    np.testing.assert_allclose(out[0, :, 0], [0.2, 0.25, 0.3, 0.35, 0.4])


def test_one_network_that_changes_its_mind_is_enough():
    answers = turning(5, 5)
    answers[1, 4] = 0, 1
    assert sparingly(answers, faces(5))[1] == [0, 2, 3, 4]


def test_a_face_unlike_both_ends_is_read_though_they_agree():
    assert sparingly(turning(5, 5), faces(5, shut=[2]))[1] == [0, 2, 4]
    assert sparingly(turning(5, 5), faces(5, shut=[3]))[1] == [0, 2, 3, 4]


def test_what_is_not_read_resembles_the_end_that_it_looks_like():
    answers = np.zeros((1, 5, 2))
    answers[0, :, 0] = [0, 9, 9, 9, 0.1]
    told = faces(5)
    told[2:, 0] = 0.9
    out, read = sparingly(answers, told)
    assert read == [0, 4]
    assert out[0, 1, 0] < 0.01
    assert (out[0, 2:4, 0] > 0.09).all()


def test_the_more_the_ends_differ_the_less_may_move_between():
    answers = np.zeros((1, 5, 2))
    answers[0, 4] = 0.5
    told = faces(5)
    told[2, 0] += 0.1
    assert sparingly(answers, told)[1] == [0, 4]
    told[2, 0] += 0.2
    assert sparingly(answers, told)[1] == [0, 2, 4]
    assert sparingly(answers * 0, told)[1] == [0, 4]


@pytest.mark.parametrize(("times", "tracks"), [
    (np.arange(5) / 2, None), (None, np.array([0, 0, 1, 0, 0]))])
def test_nothing_is_guessed_over_a_long_gap_or_another_person(times, tracks):
    assert sparingly(turning(5, 5), faces(5), times, tracks)[1] == [0, 1, 2, 3, 4]


def test_all_are_read_where_that_is_asked_for():
    assert sparingly(turning(9, 9), faces(9), agreeing=0)[1] == list(range(9))


def test_one_face_is_read():
    out, read = sparingly(turning(1, 1), faces(1))
    assert read == [0]
    assert out.shape == (2, 1, 2)


def test_on_a_lively_face_the_seconds_stay(shared_data, settings):
    clip = shared_data / "clips" / "woman2.mp4"
    every = settings.model_copy(update={
        "recogniser": settings.recogniser.model_copy(update={"agreeing": 0})})
    seconds = []
    for chosen in (settings, every):
        analyser = Analyser(chosen)
        seconds.append(analyser.analyse(clip, sound=False).timeline.probabilities)
    assert 0 < np.abs(seconds[0] - seconds[1]).mean() < 0.02
