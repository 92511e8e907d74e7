"""The schema brought up to date, by Alembic."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from fer_core.errors import StorageError


def migrate(connection: sa.Connection, migrations: Path) -> None:
    """Apply what is missing, in the connection's transaction.

    Args:
        migrations: the folder of Alembic's environment.

    Raises:
        StorageError: the schema is of a newer Poise, or damaged.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    try:
        found = MigrationContext.configure(connection).get_current_revision()
        known = {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}
        if found not in {None, *known}:
            raise StorageError("error.storage.newer", revision=found)
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError("error.storage.damaged") from error
