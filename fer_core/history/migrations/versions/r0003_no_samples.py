"""PostgreSQL keeps no examples of rows for its planner: they would outlive a deletion.

``ANALYZE``, which the server also runs by itself, copies names and notes into its statistics,
where rewriting the tables does not reach them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for table in ("sessions", "scores", "emotions", "photos"):
        for column in sa.inspect(connection).get_columns(table):
            name, kind = column["name"], column["type"].compile(connection.dialect)
            # A type set anew, even the same, drops the examples kept so far.
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind}, "
                       f"ALTER COLUMN {name} SET STATISTICS 0")
