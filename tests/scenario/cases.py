"""Small scenarios on a small country, as text."""

from dataclasses import replace

import numpy as np

from tests.small_country import small_country
from verdeelmodel.documents import parse_yaml
from verdeelmodel.population.population import MemoryPopulation
from verdeelmodel.scenario.reading import Source, build
from verdeelmodel.scenario.running import run_scenario

SMALL = {14: 12_000, 80: 60_000, 344: 45_000, 363: 120_000, 599: 28_000, 1680: 9_000}


def country(seed=1, households=3000):
    """A small country whose gemeenten are small, in between and large, with amounts that can be distributed."""
    return country_of(small_country(seed=seed, households=households), seed)


def country_of(found, seed=1):
    """A small country with these amounts."""
    frame = found.table("gemeenten")
    frame["inhabitants"] = frame["gemeente"].map(SMALL).astype("int32")
    people = frame["inhabitants"].to_numpy(float)
    rng = np.random.default_rng(seed)
    for name, per_head in (("cost", 22_000), ("homeless_cost", 300), ("lks_cost", 800), ("budget", 23_300)):
        frame[name] = np.rint(people * per_head * rng.uniform(0.7, 1.3, len(frame)))
    frame["net_expenditure"] = np.rint(frame["budget"] * rng.uniform(0.85, 1.15, len(frame)))
    households_of = {year: found.households(year) for year in found.years}
    tables = {name: found.table(name) for name in found.tables()} | {"gemeenten": frame}
    return MemoryPopulation(replace(found.meta, division=2018), households_of, tables)


def scenario(source, name="proef.yaml", folder=None):
    """The scenario of this text."""
    from pathlib import Path

    return build(Source(parse_yaml(source, name), name, folder or Path()), [])


def run(source, population=None, **options):
    """The scenario of this text, run on the small country."""
    return run_scenario(population or country(), scenario(source), threads=1, **options)
