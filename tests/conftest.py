"""What holds for every test: Dutch unless it says otherwise, and property tests with the same verdict anywhere."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from verdeelmodel.wording import set_language

# A slow machine is no failure, and a failure comes back when the suite is run again.
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")

# The tests run side by side already. Libraries that each start a thread per processor then wait for one another for
# minutes; this stands before any of them is imported.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

for name in ("VERDEELMODEL_LANG", "VERDEELMODEL_DEBUG", "COLUMNS"):
    os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    set_language("nl")
    yield
    set_language("nl")
