"""Who else was before the camera while a session was scored, on the session's clock."""

from dataclasses import replace

from fer_core.records import Person, Reading


class Bystanders:
    """Not locked: its stream does that.

    Args:
        before: of the stream that this one goes on with.
    """

    def __init__(self, before: tuple[Person, ...] = ()) -> None:
        self._before = before
        self._seconds: dict[int, set[int]] = {}
        self._candidate: int | None = None

    def note(self, reading: Reading) -> None:
        """A frame of a take; its time is the session's, s."""
        for face in (reading.face, *reading.others):
            if face is not None:
                self._seconds.setdefault(face.track, set()).add(int(reading.time))
        if reading.face is not None:
            self._candidate = reading.face.track

    def rewind(self, moment: float) -> None:
        """Take back who was seen from that second on."""
        self._before = tuple(replace(p, last=min(p.last, moment)) for p in self._before
                             if p.first < moment)
        self._seconds = {track: {s for s in seconds if s < moment}
                         for track, seconds in self._seconds.items()}

    def cut(self) -> None:
        """Whoever reads from now on numbers the faces anew."""
        self._before, self._seconds, self._candidate = self.people, {}, None

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody but the candidate who was seen in more than one second, in order."""
        return self._before + tuple(
            Person(float(min(seconds)), float(max(seconds)), len(seconds))
            for track, seconds in self._seconds.items()
            if track != self._candidate and len(seconds) > 1)
