"""The candidate keeps the seat; everybody else is only reported."""

import numpy as np

from fer_core.config import FaceSettings
from fer_core.faces.tracking import Follower
from fer_core.records import Face, Frame

RED, BLUE = (200, 40, 40), (40, 40, 200)
MARKS = np.array([[-0.2, -0.1], [0.2, -0.1], [0, 0.1], [-0.15, 0.3], [0.15, 0.3]])


def face(x, y, size=80):
    return Face(np.array([x - size / 2, y - size / 2, x + size / 2, y + size / 2]),
                MARKS * size + [x, y], 0.99)


class Script:
    """Stands in for the detector: ``scene(time)`` says who is where, in what colour."""

    def __init__(self, scene, refines=True):
        self.scene, self.refines, self.detections, self.time = scene, refines, 0, 0.0

    def frame(self, time):
        self.time = time
        image = np.full((360, 640, 3), 120, np.uint8)
        for f, colour in self.scene(time):
            x1, y1, x2, y2 = np.clip(f.box + np.array([-60, -20, 60, 80]), 0, 640).astype(int)
            image[y1:y2, x1:x2] = colour
        return Frame(time, image)

    def detect(self, image):
        self.detections += 1
        return sorted((f for f, _ in self.scene(self.time)), key=lambda f: -f.size)

    def refine(self, image, before):
        if not self.refines:
            return None
        here = [f for f, _ in self.scene(self.time)
                if np.linalg.norm(f.centre - before.centre) < before.size / 2]
        return Face(here[0].box, here[0].landmarks, 0.99, before.track) if here else None


def follow(scene, seconds, fps=8, **options):
    script = Script(scene, **options)
    follower = Follower(script, FaceSettings())
    times = np.arange(int(seconds * fps)) / fps
    seen = []
    for time in times:
        candidate, others = follower.update(script.frame(time))
        seen.append((time, candidate, others))
    return follower, seen, script


def positions(seen):
    return [None if c is None else float(c.centre[0]) for _, c, _ in seen]


def test_detection_is_not_paid_on_every_frame():
    _, seen, script = follow(lambda t: [(face(300 + 10 * t, 180), RED)], 10)
    assert None not in positions(seen)
    assert script.detections <= 11


def test_what_is_looked_at_sparingly_is_asked_for_once_a_second_and_person():
    follower = Follower(Script(lambda t: []), FaceSettings())
    one, other = (Face(face(300, 180).box, MARKS, 0.99, track) for track in (0, 1))
    asked = [(0.0, one), (0.5, one), (1.1, one), (1.2, other), (1.3, other), (3.0, other)]
    assert [follower.is_new(*a) for a in asked] == [True, False, True, True, False, True]


def test_a_passer_by_never_takes_the_seat():
    def scene(t):
        people = [] if 3 <= t < 4.5 else [(face(320, 180), RED)]
        if 2 <= t < 6:  # walks past, nearer to the camera, while the candidate is hidden
            people.append((face(60 + 130 * (t - 2), 200, 120), BLUE))
        return people
    follower, seen, _ = follow(scene, 10)
    for time, candidate, _ in seen:
        if 3 <= time < 4.5:
            assert candidate is None
        elif candidate is not None:
            assert candidate.centre[0] == 320
    assert positions(seen)[-1] == 320
    (other,) = follower.people()
    assert 2 <= other.first <= 3.2
    assert other.seconds >= 3


def test_the_candidate_comes_back_after_a_long_absence():
    def scene(t):
        return [(face(500 if t > 15 else 200, 150), RED)] if t < 5 or t > 15 else []
    _, seen, _ = follow(scene, 20)
    assert positions(seen)[-1] == 500


def test_somebody_else_after_a_cut_is_not_the_candidate():
    def scene(t):
        return [(face(300, 180), RED)] if t < 6 else [(face(300, 180), BLUE)]
    follower, seen, _ = follow(scene, 12)
    assert all(c is None for t, c, _ in seen if t >= 6)
    assert follower.people()[0].seconds >= 5


def test_somebody_who_only_passes_by_first_does_not_keep_the_seat():
    def scene(t):
        if t < 1:
            return [(face(100, 150), BLUE)]
        return [(face(400, 200), RED)] if t > 4 else []
    follower, seen, _ = follow(scene, 10)
    assert positions(seen)[-1] == 400
    assert seen[-1][1].track == follower.candidate


def test_a_face_that_cannot_be_refined_is_searched_for():
    _, seen, script = follow(lambda t: [(face(300, 180), RED)], 3, refines=False)
    assert None not in positions(seen)
    assert script.detections == len(seen)


def test_flashes_are_forgotten():
    """A crowd of one-off faces must not fill the memory."""
    def scene(t):
        return [(face(320, 180), RED),
                (face(50 + (37 * int(t * 8)) % 500, 60, 40), (int(t * 40) % 255, 200, 10))]
    follower, _, _ = follow(scene, 120)
    assert len(follower._tracks) < 60


def test_nobody_is_no_error():
    follower, seen, _ = follow(lambda t: [], 3)
    assert positions(seen) == [None] * len(seen)
    assert follower.people() == ()


def test_a_flash_of_light_is_nobody_else():
    """The same person at the same place, in red light for 3 s: colours of another, outline of
    one's own. Somebody else there, in the same two lights, is somebody else."""
    rng = np.random.default_rng(0)
    persons = [np.kron(rng.integers(40, 200, (15, 12)), np.ones((12, 12))) for _ in range(2)]

    class Lit(Script):
        def frame(self, time):
            grey = persons[int(self.swapped and time >= 5)]
            light = (1.2, 0.3, 0.3) if 5 <= time < 8 else (0.8, 1.0, 1.2)
            self.time, image = time, np.full((360, 640, 3), 120, np.uint8)
            image[100:280, 248:392] = np.clip(grey[..., None] * light, 0, 255)
            return Frame(time, image)

    for swapped in (False, True):
        script = Lit(lambda t: [(face(320, 180), None)])
        script.swapped = swapped
        follower = Follower(script, FaceSettings())
        seen = [follower.update(script.frame(t))[0] is not None for t in np.arange(80) / 8]
        assert all(seen) != swapped
        assert (follower.people() == ()) != swapped


def test_the_seat_goes_to_whom_somebody_chooses_and_stays_there():
    def scene(t):
        return [(face(180, 180, 100), RED), (face(460, 180), BLUE)]
    script = Script(scene)
    follower = Follower(script, FaceSettings())
    numbers = set()
    for time in np.arange(16) / 8:
        candidate, others = follower.update(script.frame(time))
        assert candidate.centre[0] == 180
        numbers |= {other.track for other in others}
    (other,) = numbers
    follower.choose(other)
    for time in np.arange(16, 48) / 8:
        candidate, _ = follower.update(script.frame(time))
        assert candidate.centre[0] == 460
    follower.choose(99)
    assert follower.update(script.frame(6.0))[0].centre[0] == 460, "nobody has that number"
