"""One small synthetic country for all tests of the room."""

from __future__ import annotations

import pytest

from verdeelmodel.population import open_population
from verdeelmodel.synthetic import SyntheticOptions, make_population

SOME = (3, 14, 80, 96, 363, 439, 718, 1916)


@pytest.fixture(scope="session")
def some(tmp_path_factory):
    """Eight municipalities, small and large, at one twentieth, over four years."""
    folder = tmp_path_factory.mktemp("synthetisch") / "enkele"
    make_population(folder, SyntheticOptions(scale=0.05, seed=7, gemeenten=SOME))
    return open_population(folder)
