"""The tables, as the newest migration leaves them."""

import sqlalchemy as sa

TABLES = sa.MetaData()
SESSIONS = sa.Table(
    "sessions", TABLES,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("name", sa.Text, nullable=False), sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False), sa.Column("report", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False), sa.Column("tags", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False), sa.Column("sets", sa.Text, nullable=False),
    sa.Column("felt_before", sa.SmallInteger), sa.Column("felt_after", sa.SmallInteger))
SCORES = sa.Table(
    "scores", TABLES, sa.Column("session", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True), sa.Column("value", sa.Float),
    sa.Column("low", sa.Float), sa.Column("high", sa.Float),
    sa.Column("seconds", sa.Integer, nullable=False), sa.Column("own", sa.Float))
EMOTIONS = sa.Table(
    "emotions", TABLES, sa.Column("session", sa.String(32), primary_key=True),
    sa.Column("emotion", sa.String(32), primary_key=True),
    sa.Column("seconds", sa.Integer, nullable=False))
PHOTOS = sa.Table(
    "photos", TABLES, sa.Column("day", sa.Date, primary_key=True),
    sa.Column("picture", sa.LargeBinary, nullable=False),
    sa.Column("reading", sa.Text, nullable=False), sa.Column("note", sa.Text, nullable=False))
PREFERENCES = sa.Table(
    "preferences", TABLES, sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Text, nullable=False))

ROUNDS = sa.Table(
    "rounds", TABLES, sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(32), nullable=False),
    sa.Column("saved", sa.DateTime(timezone=True), nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False))

PROFILES = sa.Table(
    "profiles", TABLES, sa.Column("person", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False), sa.Column("job", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False), sa.Column("experience", sa.Text, nullable=False),
    sa.Column("strengths", sa.Text, nullable=False), sa.Column("interview", sa.Date),
    sa.Column("language", sa.String(2)), sa.Column("tone", sa.Text, nullable=False),
    sa.Column("emoticon", sa.Text))

PERSONAL = (SCORES, EMOTIONS, SESSIONS, PHOTOS, ROUNDS, PROFILES)
"""What is about a person, in an order in which it can be deleted."""
