"""What holds for every test: Dutch unless it says otherwise, and property tests with the same verdict anywhere."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from verdeelmodel.wording import set_language

# A slow machine is no failure, and a failure comes back when the suite is run again.
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")

for name in ("VERDEELMODEL_LANG", "VERDEELMODEL_DEBUG", "COLUMNS"):
    os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    set_language("nl")
    yield
    set_language("nl")
