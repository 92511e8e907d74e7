"""The hold on the child process."""

import sys

from fer_core.live.child import Child

TALKS = (sys.executable, "-c", "import pickle, sys\nwhile True: pickle.dump("
         "b'x' * 200_000, sys.stdout.buffer)")
RUBBISH = (sys.executable, "-c", "print('no pickle')")


def test_a_child_ended_in_the_middle_of_a_message_is_no_riddle(caplog):
    for _ in range(5):
        child = Child(TALKS)
        assert child._said.get(timeout=30)
        child.end()
        assert child._process.stdout.closed
    assert not caplog.records


def test_what_is_no_message_is_told(caplog):
    child = Child(RUBBISH)
    assert child._said.get(timeout=30) is None
    child.end()
    assert "nobody understands" in caplog.text
