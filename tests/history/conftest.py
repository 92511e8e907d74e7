"""An empty history in SQLite and one in a real PostgreSQL."""

import pytest
from pydantic import SecretStr

from fer_core.config import StorageSettings
from fer_core.history.storage import Store
from tests.postgres import new_database, postgres, programs


def lite(settings: StorageSettings) -> bool:
    """Whether it is SQLite."""
    return not address(settings)


def address(settings: StorageSettings) -> str:
    return settings.database_url.get_secret_value()


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres(tmp_path_factory.mktemp("pg")) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request, tmp_path):
    """An empty place."""
    if request.param == "sqlite":
        return StorageSettings(home=tmp_path / "home", database_url=SecretStr(""))
    return StorageSettings(home=tmp_path, database_url=SecretStr(
        new_database(request.getfixturevalue("server"))))


@pytest.fixture
def store(settings):
    opened = Store(settings)
    yield opened
    opened.close()
