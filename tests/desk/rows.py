"""Rows for tests that need one without the way it usually comes about."""

from datetime import UTC, datetime


def clip_row(number: str, candidate: str, **changes) -> dict:
    now = datetime.now(UTC)
    return {"id": number, "candidate": candidate, "name": f"{number}.mp4", "sha256": "0" * 64,
            "size": 1, "added": now, "added_by": "somebody", "state": "queued", "turn": now,
            "crashes": 0, "cancel": False, "failure": "", **changes}
