"""Run by Alembic with the connection that ``database`` gives it, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
