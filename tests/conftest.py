import os

import hypothesis
import numpy as np
import pytest
import torch
from skimage import data

from fer_core.config import Settings

# Two test runs, or a training beside them, must not make the threads spin.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
torch.set_num_threads(1)
# A busy machine is slow, not wrong.
hypothesis.settings.register_profile(
    "poise", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("poise")

BY_FIXTURE = {"server": "postgres", "trained": "train", "shared_data": "slow"}
BY_IMPORT = {"playwright": "browser", "LiveEngine": "live"}
"""What a test needs that uses such a fixture, or whose module knows such a name."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark tests by what they use, so that nobody forgets to."""
    for item in items:
        for fixture in BY_FIXTURE.keys() & set(item.fixturenames):
            item.add_marker(BY_FIXTURE[fixture])
        for name in BY_IMPORT.keys() & vars(item.module).keys():
            item.add_marker(BY_IMPORT[name])


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory):
    """Nobody's own history is ever touched."""
    folder = tmp_path_factory.mktemp("home")
    os.environ["POISE_HOME"] = str(folder)
    os.environ.pop("POISE_DATABASE_URL", None)
    return folder


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """(512, 512, 3) RGB, a real face in the public domain, at about (220, 110)."""
    return data.astronaut()


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def shared_data(settings):
    """The folder of real clips and labels; a test that needs it skips without."""
    if not settings.data.is_dir():
        pytest.skip(f"no shared data at {settings.data} (POISE_DATA)")
    return settings.data
