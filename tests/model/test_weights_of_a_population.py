"""One weight for all households says how large the sample is; it does not make estimates more certain."""

from dataclasses import replace

import numpy as np
import pytest

from verdeelmodel.model.fitting import Fitting, fit_model
from verdeelmodel.model.national import weights_differ
from verdeelmodel.model.spec import published_model
from verdeelmodel.population import MemoryPopulation, Population


def with_weight(population: Population, weight: object) -> MemoryPopulation:
    year = population.years[-1]
    columns = population.households(year)
    columns["weight"] = np.broadcast_to(np.asarray(weight, np.float32), len(columns["gemeente"])).copy()
    tables = {name: population.table(name) for name in ("gemeenten", "buurten", "banen", "sectoren", "reistijden")}
    return MemoryPopulation(population.meta, dict.fromkeys(population.years, columns), tables)


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    from verdeelmodel.population import open_population
    from verdeelmodel.synthetic import SyntheticOptions, make_population

    folder = tmp_path_factory.mktemp("gewichten") / "land"
    options = SyntheticOptions(scale=0.05, years=(2020,), gemeenten=(14, 80, 363, 518, 599, 718, 855, 1916))
    return open_population(make_population(folder, options))


def test_equal_weights_are_no_weights(country):
    whole = MemoryPopulation(country.meta, {2020: country.households(2020)}, {})
    assert not weights_differ(whole, (2020,))
    columns = country.households(2020)
    columns["weight"][::2] = 1.0
    assert weights_differ(MemoryPopulation(country.meta, {2020: columns}, {}), (2020,))
    del columns["weight"]
    assert not weights_differ(MemoryPopulation(country.meta, {2020: columns}, {}), (2020,))


def test_standard_errors_do_not_depend_on_the_size_of_an_equal_weight(country):
    model = published_model(2022)
    few = replace(
        model, volume=keep(model.volume, "student", "housing_corporation", "hci_low"), price=keep(model.price)
    )
    found = [fit_model(Fitting(with_weight(country, weight), (2020,), few)).volume for weight in (1.0, 20.0)]
    assert np.array_equal(found[0].se, found[1].se)
    assert np.array_equal(found[0].estimate, found[1].estimate)


def keep(part, *keys):
    return replace(part, terms=tuple(term for term in part.terms if term.kenmerk in keys))
