"""What a session's delivery was made of joins what its scores are measured by; which network read
the muscles too, which older reports do not tell.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    connection = op.get_bind()
    sessions = connection.execute(sa.text("SELECT id, report, basis FROM sessions")).all()
    for number, report, basis in sessions:
        rows = json.loads(report)["timeline"]
        voice = next((made for made, column in (("words", "words"), ("sound", "speech"))
                      if any(row.get(column) is not None for row in rows)), "")
        connection.execute(sa.text("UPDATE sessions SET basis = :basis WHERE id = :id"),
                           {"basis": json.dumps([*json.loads(basis)[:4], "", voice]),
                            "id": number})
