"""What a session's scores are measured by: score version, networks, vote, kind of neutral take.

Of older sessions it is taken from their reports; what had no recipe is version 1.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("basis", sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    for number, report in connection.execute(sa.text("SELECT id, report FROM sessions")).all():
        data = json.loads(report)
        recipe, settings = data.get("recipe") or {}, data["settings"]
        resting = settings["scoring"].get("resting")
        basis = (recipe.get("version", 1), sorted(m["sha256"] for m in data["models"]),
                 str(settings["recogniser"]["vote"]),
                 recipe.get("neutral", "none" if resting is None else "number"))
        connection.execute(sa.text("UPDATE sessions SET basis = :basis WHERE id = :id"),
                           {"basis": json.dumps(basis), "id": number})
