"""Who comes to the desk from outside: candidates' objections, and links for outside reviewers."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    number = sa.String(32)
    moment = sa.DateTime(timezone=True)
    made = [
        op.create_table(
            "objections",
            sa.Column("id", number, primary_key=True),
            sa.Column("candidate", number, sa.ForeignKey("candidates.id", ondelete="CASCADE"),
                      nullable=False, index=True),
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("text", sa.Text, nullable=False),
            sa.Column("raised", moment, nullable=False),
            sa.Column("answer", sa.Text, nullable=False),
            sa.Column("answered_by", number),
            sa.Column("answered", moment)),
        op.create_table(
            "shares",
            sa.Column("id", number, primary_key=True),
            sa.Column("opening", number, sa.ForeignKey("openings.id", ondelete="CASCADE"),
                      nullable=False, index=True),
            sa.Column("clip", number, sa.ForeignKey("clips.id", ondelete="CASCADE")),
            sa.Column("token", sa.String(64), nullable=False, unique=True),
            sa.Column("label", sa.Text, nullable=False),
            sa.Column("made_by", number, nullable=False),
            sa.Column("made", moment, nullable=False),
            sa.Column("expires", moment, nullable=False),
            sa.Column("revoked", moment))]
    if op.get_bind().dialect.name == "postgresql":
        for table in made:
            for column in table.c:  # no examples of rows, for the reason in 0003
                op.execute(f"ALTER TABLE {table.name} ALTER COLUMN {column.name} "
                           "SET STATISTICS 0")
