"""Who practises, what a session practised, and how it felt before and after."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

QUESTION = re.compile(r"([a-z_]+)\.\d+")


def upgrade() -> None:
    table = op.create_table(
        "profiles",
        sa.Column("person", sa.Text, primary_key=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("experience", sa.Text, nullable=False),
        sa.Column("strengths", sa.Text, nullable=False),
        sa.Column("interview", sa.Date),
        sa.Column("language", sa.String(2)),
        sa.Column("tone", sa.Text, nullable=False),
        sa.Column("emoticon", sa.Text))
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("sets", sa.Text, nullable=False, server_default=""))
        sessions.add_column(sa.Column("felt_before", sa.SmallInteger))
        sessions.add_column(sa.Column("felt_after", sa.SmallInteger))
    connection = op.get_bind()
    for number, report in connection.execute(sa.text("SELECT id, report FROM sessions")).all():
        found = [QUESTION.fullmatch(a["question"]) for a in json.loads(report).get("answers", [])]
        sets = dict.fromkeys(m[1] if m else "own" for m in found)
        connection.execute(sa.text("UPDATE sessions SET sets = :sets WHERE id = :id"),
                           {"sets": "\n".join(sets), "id": number})
    if connection.dialect.name == "postgresql":
        for name in [f"profiles ALTER COLUMN {c.name}" for c in table.c] + [
                f"sessions ALTER COLUMN {c}" for c in ("sets", "felt_before", "felt_after")]:
            # no examples of rows, for the reason in 0003
            op.execute(f"ALTER TABLE {name} SET STATISTICS 0")
