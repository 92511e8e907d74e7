"""What is observed of a clip without any reading of its face: turned to the camera, pace, pauses,
what was said. Which of it an opening asks for: nothing, unless somebody chose it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    table = op.create_table(
        "observations",
        sa.Column("clip", sa.String(32), sa.ForeignKey("clips.id", ondelete="CASCADE"),
                  primary_key=True, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False))
    op.add_column("openings", sa.Column("observed", sa.Text, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        for name in [f"{table.name} ALTER COLUMN {c.name}" for c in table.c] + [
                "openings ALTER COLUMN observed"]:  # no examples of rows, for the reason in 0003
            op.execute(f"ALTER TABLE {name} SET STATISTICS 0")
