"""The diary: notes, tags, own ratings, seconds of each expression, the photo of the day,
preferences.

Own ratings and expressions of older sessions are taken from their reports.
"""

import json
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("note", sa.Text, nullable=False, server_default=""))
        sessions.add_column(sa.Column("tags", sa.Text, nullable=False, server_default=""))
    with op.batch_alter_table("scores") as scores:
        scores.add_column(sa.Column("own", sa.Float))
    emotions = op.create_table(
        "emotions",
        sa.Column("session", sa.String(32), sa.ForeignKey("sessions.id", ondelete="CASCADE"),
                  primary_key=True),
        sa.Column("emotion", sa.String(32), primary_key=True),
        sa.Column("seconds", sa.Integer, nullable=False))
    op.create_table(
        "photos",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("picture", sa.LargeBinary, nullable=False),
        sa.Column("reading", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "preferences",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.Text, nullable=False))
    connection = op.get_bind()
    for number, report in connection.execute(sa.text("SELECT id, report FROM sessions")).all():
        data = json.loads(report)
        for name, own in (data.get("self_rating") or {}).items():
            connection.execute(sa.text("UPDATE scores SET own = :own WHERE session = :session "
                                       "AND name = :name"),
                               {"own": own, "session": number, "name": name})
        rows = (row["probabilities"] for row in data["timeline"])
        counts = Counter(max(row, key=row.__getitem__) for row in rows if row is not None)
        if counts:
            connection.execute(emotions.insert(), [
                {"session": number, "emotion": emotion, "seconds": seconds}
                for emotion, seconds in counts.items()])
