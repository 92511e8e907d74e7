"""Who else is before the camera, and whom to follow instead."""

from fer_core.records import Face, Reading

LATELY = 1.6
"""s for which somebody else counts as there: the whole picture is searched once a second."""


class Company:
    """The faces of one stream that are not followed; not locked: its stream does that.

    Attributes:
        wish: track of the face to follow from the next frame on, until somebody takes it.
    """

    def __init__(self) -> None:
        self._seen: dict[int, tuple[float, Face]] = {}
        self.wish: int | None = None

    def note(self, reading: Reading) -> None:
        """What a frame showed; later than the one before."""
        for face in reading.others:
            self._seen[face.track] = reading.time, face
        followed = None if reading.face is None else reading.face.track
        self._seen = {track: (time, face) for track, (time, face) in self._seen.items()
                      if track != followed and reading.time - time <= LATELY}

    def faces(self, now: float) -> tuple[Face, ...]:
        """Who was there lately, from the picture's left to its right."""
        found = [face for time, face in self._seen.values() if now - time <= LATELY]
        return tuple(sorted(found, key=lambda face: float(face.centre[0])))

    def take_wish(self) -> int | None:
        """The wish, taken out."""
        wish, self.wish = self.wish, None
        return wish
