"""Faces followed over time: who is the candidate, who else was there.

The whole picture is searched about once a second, at cuts and when the candidate is lost;
in between only MTCNN's last stage looks around the candidate's last box. One person holds
the candidate's seat: the largest face at first. The seat is kept through short losses, and
after a long loss or a cut only somebody who looks the same (colours of head and shoulders)
gets it back; everybody else is reported and never scored. A face that did not move from one
picture to the next and has the same outline is the same person, whatever a flash of light, a lamp
or a cut does to the colours.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fer_core.config import FaceSettings
from fer_core.faces.change import FaceChange
from fer_core.faces.detector import FaceDetector
from fer_core.records import Face, FloatArray, Frame, Person

Signature = NDArray[np.float32]

FORGET = 30.0
"""s after which a face seen in one second only is forgotten."""
UNMOVED = 0.15
"""Of a face's width that its middle and size may differ by from a picture to the next, where it did
not move."""
AT_ONCE = 0.5
"""s between two such pictures at most."""
SAME_OUTLINE = 0.9
"""Correlation of two outlines of one face from which on they are one person's: from a picture to
the next it is .96 in the median, through a flash of light .96; of 946 pairs of different clips'
faces, laid over each other, the 99th percentile is .66."""


@dataclass
class _Track:
    """One person: last face, when seen, how they look."""

    face: Face
    time: float
    signature: Signature
    outline: Signature
    first: float
    seconds: int = 1
    """How many whole seconds they were seen in."""


class Follower:
    """Follows the faces of one stream of frames; not to be shared between streams.

    Args:
        detector: finds faces.
        settings: cadence and patience.

    Attributes:
        change: watches the candidate's crops, from one frame of the stream to the next.
    """

    def __init__(self, detector: FaceDetector, settings: FaceSettings) -> None:
        self._detector = detector
        self._settings = settings
        self.change = FaceChange()
        self._tracks: dict[int, _Track] = {}
        self._candidate: int | None = None
        self._detected = -np.inf
        self._thumbnail: FloatArray | None = None
        self._last_time = -np.inf
        self._numbers = 0
        self._asked = -1, -1

    def update(self, frame: Frame) -> tuple[Face | None, tuple[Face, ...]]:
        """Look at the next frame.

        Args:
            frame: later than the frame before.

        Returns:
            The candidate (None where not seen) and the other people's faces. Others are looked
            for only when the whole picture is searched.
        """
        cut = self._is_cut(frame.image)
        seat = self._tracks.get(-1 if self._candidate is None else self._candidate)
        due = frame.time - self._detected >= self._settings.detect_every
        if seat is not None and not cut and not due and seat.time >= self._last_time:
            refined = self._detector.refine(frame.image, seat.face)
            if refined is not None and self._plausible(seat.face, refined):
                self._see(frame, seat, refined, outline(frame.image, refined))
                self._last_time = frame.time
                return refined, ()
        found = self._search(frame, cut)
        self._last_time = frame.time
        return found

    def choose(self, track: int) -> None:
        """Give the seat to somebody who was seen; nothing where that number is forgotten."""
        if track in self._tracks:
            self._candidate, self._detected = track, -np.inf

    def is_new(self, time: float, face: Face) -> bool:
        """Whether this is the first time that somebody asks for this person in this second: for
        what is looked at sparingly."""
        before, self._asked = self._asked, (face.track, int(time))
        return before != self._asked

    @property
    def candidate(self) -> int | None:
        """The track number that holds the seat."""
        return self._candidate

    def people(self) -> tuple[Person, ...]:
        """Everybody but the candidate who was seen in more than one second, in order."""
        return tuple(Person(t.first, t.time, t.seconds) for number, t in self._tracks.items()
                     if number != self._candidate and t.seconds > 1)

    def _search(self, frame: Frame, cut: bool) -> tuple[Face | None, tuple[Face, ...]]:
        self._detected = frame.time
        faces = [self._assign(frame, face, cut)
                 for face in self._detector.detect(frame.image)]
        self._seat(frame.time, faces)
        self._forget(frame.time)
        candidate = next((f for f in faces if f.track == self._candidate), None)
        return candidate, tuple(f for f in faces if f is not candidate)

    def _assign(self, frame: Frame, face: Face, cut: bool) -> Face:
        """The face with the number of the person it is."""
        signature, shape = appearance(frame.image, face), outline(frame.image, face)
        best, best_cost = None, 1.0
        for number, track in self._tracks.items():
            if track.time >= frame.time:
                continue  # already seen in this frame
            distance = float(np.linalg.norm(face.centre - track.face.centre)) / track.face.size
            recent = not cut and frame.time - track.time <= self._settings.keep_lost
            unlike = dissimilarity(signature, track.signature)
            near = self._unmoved(frame, face, shape, track) or (
                recent and distance < self._settings.match_distance
                and unlike < self._settings.other_person)
            if not near and unlike > self._settings.same_person:
                continue
            cost = distance / self._settings.match_distance * unlike if near else unlike
            if cost < best_cost:
                best, best_cost = number, cost
        if best is None:
            best = self._numbers
            self._numbers += 1
            self._tracks[best] = _Track(face, frame.time, signature, shape, frame.time)
        known = Face(face.box, face.landmarks, face.confidence, best)
        track = self._tracks[best]
        self._see(frame, track, known, shape)
        track.signature = 0.8 * track.signature + 0.2 * signature
        return known

    @staticmethod
    def _see(frame: Frame, track: _Track, face: Face, shape: Signature) -> None:
        track.seconds += int(frame.time) > int(track.time)
        track.face, track.time, track.outline = face, frame.time, shape

    @staticmethod
    def _unmoved(frame: Frame, face: Face, shape: Signature, track: _Track) -> bool:
        """Whether it is the track's face of the picture before, in another light."""
        before = track.face
        return (frame.time - track.time <= AT_ONCE
                and float(np.linalg.norm(face.centre - before.centre)) < UNMOVED * before.size
                and abs(face.size - before.size) < UNMOVED * before.size
                and float(shape @ track.outline) > SAME_OUTLINE)

    def _seat(self, now: float, faces: list[Face]) -> None:
        """Give the seat to the largest face if it is free, or if its holder was a passer-by."""
        holder = self._tracks.get(-1 if self._candidate is None else self._candidate)
        gone = holder is not None and now - holder.time > self._settings.keep_lost
        if faces and (holder is None or (gone and holder.seconds < self._settings.settle)):
            self._candidate = max(faces, key=lambda f: f.size).track

    def _forget(self, now: float) -> None:
        """Drop faces that flashed up once, so that memory stays flat in a crowd."""
        for number in [n for n, t in self._tracks.items() if t.seconds <= 1
                       and n != self._candidate and now - t.time > FORGET]:
            del self._tracks[number]

    def _plausible(self, before: Face, after: Face) -> bool:
        moved = float(np.linalg.norm(after.centre - before.centre)) / before.size
        return moved < self._settings.match_distance / 2 and 0.6 < after.size / before.size < 1.6

    def _is_cut(self, image: NDArray[np.uint8]) -> bool:
        # Every fourth line tells as much in a third of the time.
        small = cv2.resize(image[::4], (16, 16), interpolation=cv2.INTER_AREA)
        thumbnail = small.mean(axis=2) / 255
        before, self._thumbnail = self._thumbnail, thumbnail
        return before is not None and bool(
            np.abs(thumbnail - before).mean() > self._settings.cut_difference)


def appearance(image: NDArray[np.uint8], face: Face) -> Signature:
    """Colours of head and shoulders, to tell two people of one clip apart; it never leaves
    this module and no score sees it.

    Returns:
        (8 * 8 * 4,) hue-saturation-value histogram summing to 1.
    """
    region = _around(image, face, 0.5, 0.3, 1.0)
    small = cv2.resize(region, (32, 48), interpolation=cv2.INTER_AREA)
    # The camera's exposure changes; colours relative to the region's brightness do not.
    even = np.clip(small * (100 / max(float(small.mean()), 1.0)), 0, 255).astype(np.uint8)
    hsv = cv2.cvtColor(even, cv2.COLOR_RGB2HSV)
    histogram = cv2.calcHist([hsv], [0, 1, 2], None, [8, 8, 4], [0, 180, 0, 256, 0, 256])
    return (histogram / histogram.sum()).ravel()  # type: ignore[no-any-return]


def outline(image: NDArray[np.uint8], face: Face) -> Signature:
    """Head and neck in a few grey spots, apart from how bright they are and how much they differ.

    Returns:
        (24 * 24,) with mean 0 and length 1: the product of two is their correlation; all 0 where
        nothing differs.
    """
    region = _around(image, face, 0.2, 0.2, 0.5)
    small = cv2.resize(region, (24, 24), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32).ravel()
    grey -= grey.mean()
    return grey / max(float(np.linalg.norm(grey)), 1.0)


def _around(image: NDArray[np.uint8], face: Face, beside: float, above: float, below: float
            ) -> NDArray[np.uint8]:
    """The picture around a face, so many of its widths and heights further; at least a pixel."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = face.box
    w, h = x2 - x1, y2 - y1
    left, right = np.clip([x1 - beside * w, x2 + beside * w], 0, width).astype(int)
    top, bottom = np.clip([y1 - above * h, y2 + below * h], 0, height).astype(int)
    return image[top:max(bottom, top + 1), left:max(right, left + 1)]


def dissimilarity(a: Signature, b: Signature) -> float:
    """Hellinger distance of two signatures, 0 (same) to 1."""
    return float(np.sqrt(max(0.0, 1.0 - float(np.sqrt(a * b).sum()))))
