"""Rounds of practice that were cut short, until they are gone on with."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    rounds = op.create_table(
        "rounds",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(32), nullable=False, index=True),
        sa.Column("saved", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("data", sa.LargeBinary, nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        for column in rounds.c:  # no examples of rows, for the reason in 0003
            op.execute(f"ALTER TABLE rounds ALTER COLUMN {column.name} SET STATISTICS 0")
