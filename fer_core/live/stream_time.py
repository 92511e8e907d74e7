"""When a picture was taken, on the server's clock.

Pictures carry the camera's own time; they arrive later, by a little or, after the network
stood still, by seconds. The camera's clock differs from the server's by an unknown amount:
that of the quickest picture so far, whose way counts as none.
"""

LATEST = 5.0
"""s by which a picture may be late; beyond that, the camera's clock was set anew."""
DRIFT = 1e-3
"""s a second by which two clocks may run apart: ten times what quartz does."""


class StreamTime:
    """The times of one stream's pictures; they never go back."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._arrived = self._camera = self._last = 0.0

    def of(self, arrived: float, camera: float | None) -> float:
        """When a picture was taken.

        Args:
            arrived: s, on the server's clock.
            camera: s, on the camera's; None where the picture does not say.
        """
        if camera is None:
            return self._later(arrived)
        offset = arrived - camera
        if self._offset is not None:
            known = self._offset + DRIFT * (arrived - self._arrived)
            if camera >= self._camera and offset - known < LATEST:
                offset = min(offset, known)
        self._offset, self._arrived, self._camera = offset, arrived, camera
        return self._later(camera + offset)

    def _later(self, time: float) -> float:
        self._last = max(self._last, time)
        return self._last
