"""When pictures were taken, told from when they came."""

from fer_core.live.stream_time import LATEST, StreamTime


def test_without_a_camera_time_a_picture_was_taken_when_it_came():
    time = StreamTime()
    assert [time.of(t, None) for t in (1.0, 2.5, 2.0)] == [1.0, 2.5, 2.5]


def test_late_pictures_are_put_where_they_were_taken():
    time = StreamTime()
    for i in range(10):
        time.of(100 + i / 30, 7 + i / 30)
    # The network stands still for 2 s, then brings everything at once.
    found = [time.of(102.4, 7 + i / 30) for i in range(10, 70)]
    assert abs(found[0] - (100 + 10 / 30)) < 0.01
    assert abs(found[-1] - (100 + 69 / 30)) < 0.01
    assert found == sorted(found)


def test_the_quickest_picture_says_how_far_the_clocks_are_apart():
    time = StreamTime()
    assert time.of(100.5, 0.0) == 100.5
    assert time.of(101.0, 1.0) == 101.0
    assert abs(time.of(102.4, 2.0) - 102.0) < 0.01


def test_a_clock_set_anew_is_believed_at_once():
    time = StreamTime()
    time.of(100, 50)
    assert time.of(101, 3) == 101, "back"
    assert abs(time.of(102, 4) - 102) < 0.01
    assert time.of(110 + LATEST, 5) == 110 + LATEST, "a camera that slept"


def test_clocks_may_drift():
    time = StreamTime()
    lag = [3600 * i / 1000 - time.of(3600 * i / 1000, 3600 * i / 1000 * (1 - 2e-4)) + 1e-9
           for i in range(1000)]
    assert max(lag) < 0.05, "a camera that goes slow by 0.7 s an hour"
