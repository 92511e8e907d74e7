"""How many numbers an opening has given its candidates: reviewers know them by number alone, so
none is given twice, also after somebody was forgotten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("openings", sa.Column("numbers", sa.Integer, nullable=False,
                                        server_default="0"))
    # The log knows of those as well who are gone since; it has a line for each that was added.
    op.execute("UPDATE openings SET numbers = (SELECT count(*) FROM audit WHERE "
               "audit.opening = openings.id AND action = 'candidate.add' AND "
               "detail NOT LIKE '%\"refused\"%')")
    newest = ("(SELECT coalesce(max(place_in_line), 0) FROM candidates "
              "WHERE candidates.opening = openings.id)")
    op.execute(f"UPDATE openings SET numbers = {newest} WHERE numbers < {newest}")
