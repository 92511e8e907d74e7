"""The reviewers' room: where each question begins in a clip, and whether voices are disguised."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    table = op.create_table(
        "chapters",
        sa.Column("clip", sa.String(32), sa.ForeignKey("clips.id", ondelete="CASCADE"),
                  primary_key=True, nullable=False),
        sa.Column("question", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("second", sa.Float, nullable=False))
    op.add_column("openings", sa.Column("pitched", sa.Boolean, nullable=False,
                                        server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":
        for name in [f"{table.name} ALTER COLUMN {c.name}" for c in table.c] + [
                "openings ALTER COLUMN pitched"]:  # no examples of rows, for the reason in 0003
            op.execute(f"ALTER TABLE {name} SET STATISTICS 0")
