"""The desk: openings, people and what they may see, candidates, clips, consents, scorecards,
comments, decisions, and the log of who did what.

The log takes no change and no deletion, whoever asks: the database itself refuses.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

APPEND_ONLY = "the audit log is append-only"


def upgrade() -> None:
    number = sa.String(32)
    moment = sa.DateTime(timezone=True)
    made = [
        op.create_table(
            "members",
            sa.Column("id", number, primary_key=True),
            sa.Column("subject", sa.Text, nullable=False, unique=True),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("roles", sa.Text, nullable=False),
            sa.Column("joined", moment, nullable=False)),
        op.create_table(
            "openings",
            sa.Column("id", number, primary_key=True),
            sa.Column("title", sa.Text, nullable=False),
            sa.Column("purpose", sa.String(16), nullable=False),
            sa.Column("place", sa.String(16), nullable=False),
            sa.Column("questions", sa.Text, nullable=False),
            sa.Column("criteria", sa.Text, nullable=False),
            sa.Column("retention_days", sa.Integer, nullable=False),
            sa.Column("blind", sa.Boolean, nullable=False),
            sa.Column("grants_report", sa.Boolean, nullable=False),
            sa.Column("signed_reason", sa.Text, nullable=False),
            sa.Column("signed_by", number),
            sa.Column("signed", moment),
            sa.Column("created", moment, nullable=False),
            sa.Column("created_by", number, nullable=False)),
        op.create_table(
            "assignments",
            _of("opening", "openings"),
            sa.Column("member", number, primary_key=True)),
        op.create_table(
            "candidates",
            sa.Column("id", number, primary_key=True),
            _of("opening", "openings", key=False),
            sa.Column("place_in_line", sa.Integer, nullable=False),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("contact", sa.Text, nullable=False),
            sa.Column("subject", sa.Text, nullable=False),
            sa.Column("key", sa.LargeBinary, nullable=False),
            sa.Column("added", moment, nullable=False),
            sa.Column("hold_reason", sa.Text, nullable=False),
            sa.Column("held_by", number),
            sa.Column("held", moment),
            sa.UniqueConstraint("opening", "place_in_line")),
        op.create_table(
            "clips",
            sa.Column("id", number, primary_key=True),
            _of("candidate", "candidates", key=False),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("sha256", sa.String(64), nullable=False, index=True),
            sa.Column("size", sa.BigInteger, nullable=False),
            sa.Column("added", moment, nullable=False),
            sa.Column("added_by", number, nullable=False),
            sa.Column("state", sa.String(16), nullable=False, index=True),
            sa.Column("turn", moment, nullable=False),
            sa.Column("worker", number),
            sa.Column("lease", moment),
            sa.Column("crashes", sa.Integer, nullable=False),
            sa.Column("fraction", sa.Float),
            sa.Column("remaining", sa.Float),
            sa.Column("cancel", sa.Boolean, nullable=False),
            sa.Column("failure", sa.Text, nullable=False),
            sa.Column("finished", moment)),
        op.create_table(
            "readings",
            _of("clip", "clips"),
            sa.Column("report", sa.Text, nullable=False),
            sa.Column("made", moment, nullable=False)),
        op.create_table(
            "consents",
            sa.Column("id", number, primary_key=True),
            _of("candidate", "candidates", key=False),
            sa.Column("version", sa.String(32), nullable=False),
            sa.Column("language", sa.String(8), nullable=False),
            sa.Column("features", sa.Text, nullable=False),
            sa.Column("receipt", sa.Text, nullable=False),
            sa.Column("given", moment, nullable=False),
            sa.Column("withdrawn", moment)),
        op.create_table(
            "scorecards",
            sa.Column("id", number, primary_key=True),
            _of("candidate", "candidates", key=False),
            sa.Column("member", number, nullable=False),
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("reason", sa.Text, nullable=False),
            sa.Column("begun", moment, nullable=False),
            sa.Column("handed_in", moment),
            sa.UniqueConstraint("candidate", "member", "kind")),
        op.create_table(
            "ratings",
            _of("scorecard", "scorecards"),
            sa.Column("criterion", sa.String(64), primary_key=True),
            sa.Column("rating", sa.Integer, nullable=False),
            sa.Column("evidence", sa.Text, nullable=False)),
        op.create_table(
            "comments",
            sa.Column("id", number, primary_key=True),
            _of("clip", "clips", key=False),
            sa.Column("member", number, nullable=False),
            sa.Column("second", sa.Float, nullable=False),
            sa.Column("text", sa.Text, nullable=False),
            sa.Column("written", moment, nullable=False)),
        op.create_table(
            "decisions",
            sa.Column("id", number, primary_key=True),
            _of("candidate", "candidates", key=False),
            sa.Column("member", number, nullable=False),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("decision", sa.String(16), nullable=False),
            sa.Column("reason", sa.Text, nullable=False),
            sa.Column("decided", moment, nullable=False)),
        op.create_table(
            "protected_groups",
            _of("candidate", "candidates"),
            sa.Column("category", sa.String(32), primary_key=True),
            sa.Column("value", sa.Text, nullable=False),
            sa.Column("declared", sa.Boolean, nullable=False)),
        op.create_table(
            "audit",
            sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("time", sa.String(32), nullable=False),
            sa.Column("who", sa.String(64), nullable=False),
            sa.Column("action", sa.String(32), nullable=False),
            sa.Column("opening", sa.String(64), nullable=False),
            sa.Column("thing", sa.String(64), nullable=False),
            sa.Column("detail", sa.Text, nullable=False),
            sa.Column("previous", sa.String(64), nullable=False),
            sa.Column("hash", sa.String(64), nullable=False)),
        op.create_table(
            "audit_head",
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("line", sa.Integer, nullable=False),
            sa.Column("hash", sa.String(64), nullable=False))]
    op.bulk_insert(made[-1], [{"id": 1, "line": 0, "hash": "0" * 64}])
    if op.get_bind().dialect.name == "postgresql":
        for table in made:
            for column in table.c:  # no examples of rows, for the reason in 0003
                op.execute(f"ALTER TABLE {table.name} ALTER COLUMN {column.name} "
                           "SET STATISTICS 0")
        op.execute("CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$")
        op.execute("CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
                   "ON audit EXECUTE FUNCTION audit_refuses()")
    else:
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit "
                       f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END")


def _of(name: str, table: str, key: bool = True) -> sa.Column[str]:
    """What belongs to a row of another table and goes with it."""
    parent = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.String(32), parent, primary_key=key, nullable=False,
                     index=None if key else True)
