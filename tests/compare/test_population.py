"""Selecting and comparing out of a population: the study on the synthetic country."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.compare.examples import published, write_csv
from tests.population.examples import META, memory_population
from verdeelmodel.compare.build import Source, compare_groups, from_population, select_groups
from verdeelmodel.compare.from_population import computable, population_kenmerken, population_saldi, rules_year_of
from verdeelmodel.compare.robustness import Resampling
from verdeelmodel.compare.study import CompareOptions
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.kenmerken import compute_gemeenten, registry
from verdeelmodel.population import MemoryPopulation, format_gemeente

KEYS = ("household_single", "household_other", "age_20_to_25")


def test_saldi_of_a_population_are_those_of_its_table() -> None:
    population = memory_population()
    saldi = population_saldi(population)
    assert saldi.years == population.years
    assert saldi.yearly == pytest.approx(-0.01)
    assert saldi.inhabitants.tolist() == population.gemeenten(2020)["inhabitants"].tolist()
    assert saldi.synthetic


def test_a_population_without_budgets_says_what_is_missing() -> None:
    population = memory_population()
    tables = {name: population.table(name) for name in population.tables()}
    tables["gemeenten"] = tables["gemeenten"].drop(columns="budget")
    bare = MemoryPopulation(META, {y: population.households(y) for y in population.years}, tables)
    with pytest.raises(RequestError, match="budget"):
        population_saldi(bare)


def test_kenmerken_are_averaged_over_the_years() -> None:
    population = memory_population()
    found, reasons = population_kenmerken(population, KEYS)
    each = [compute_gemeenten(population, KEYS, years=[y], rules_year=2022) for y in population.years]
    assert found.table.values == pytest.approx(np.mean([f[list(KEYS)].to_numpy() for f in each], axis=0))
    assert found.table.codes == tuple(format_gemeente(g) for g in each[0].index)
    assert {k.thema for k in found.table.kenmerken} == {registry()[key].thema for key in KEYS}
    assert reasons == {}


def test_merged_gemeenten_are_averaged_by_households() -> None:
    """Haren (17) went into Groningen (14) on 1 January 2019."""
    whole = memory_population()
    households = {y: whole.households(y) for y in whole.years}
    before = {name: values.copy() for name, values in households[2019].items()}
    before["gemeente"] = np.where(before["gemeente"] == 14, 17, before["gemeente"]).astype(np.int16)
    before["buurt"] = np.where(before["buurt"] // 10_000 == 14, before["buurt"] + 30_000, before["buurt"])
    gemeenten = whole.table("gemeenten").copy()
    gemeenten["year"] = gemeenten["year"] - 1
    first = gemeenten["year"] == 2018
    gemeenten.loc[first & (gemeenten["gemeente"] == 14), ["gemeente", "code", "name"]] = [17, "GM0017", "Haren"]
    tables = {"gemeenten": gemeenten, "buurten": whole.table("buurten").assign(year=lambda f: f["year"] - 1)}
    meta = META.__class__(**{**META.__dict__, "years": (2018, 2019), "division": 2019})
    split = MemoryPopulation(meta, {2018: before, 2019: households[2020]}, tables)
    found, _ = population_kenmerken(split, KEYS)
    expected, _ = population_kenmerken(whole, KEYS)
    assert found.table.codes == expected.table.codes
    assert found.table.values == pytest.approx(expected.table.values)


def test_kenmerken_without_columns_are_left_out_with_the_reason() -> None:
    population = memory_population()
    households = {y: {n: v for n, v in population.households(y).items() if n != "household_type"} for y in META.years}
    tables = {name: population.table(name) for name in population.tables()}
    wanted, reasons = computable(MemoryPopulation(META, households, tables), KEYS)
    assert wanted == ("age_20_to_25",)
    assert all("household_type" in reason for reason in reasons.values())
    with pytest.raises(RequestError, match="geen enkel kenmerk"):
        computable(MemoryPopulation(META, households, tables), KEYS[:1])


def test_the_rules_are_those_of_two_years_later() -> None:
    assert [rules_year_of(year) for year in (2010, 2018, 2019, 2020, 2022, 2040)] == [
        2019,
        2020,
        2020,
        2022,
        2024,
        2026,
    ]


@pytest.mark.slow
def test_the_study_on_the_synthetic_country() -> None:
    """The synthetic country is made with the published saldi; the groups of the report come back out of it."""
    chosen = select_groups()
    for group in ("tekort", "overschot", "vergelijking"):
        expected = {code for code, (_, g, _, _) in published().items() if g == group}
        assert set(getattr(chosen.groups, group)) == expected
    found = compare_groups(Source(keys=KEYS), CompareOptions(resampling=Resampling(99, 99)))
    assert found.groups == chosen.groups
    assert {row.kenmerk.key for row in found.plain.rows} == {*KEYS, "regional_customer_potential"}
    assert found.options.controls == ("regional_customer_potential",)
    tables = found.tables()
    assert all(table.synthetic for table in tables)
    assert {"differences", "association", "persistence", "decomposition"} <= {table.key for table in tables}


def test_a_comparison_can_be_given_groups_and_kenmerken(tmp_path) -> None:
    population = memory_population(meta=META)
    groups = tmp_path / "g.csv"
    frame = pd.DataFrame({"gm_code": ["GM0014", "GM0518", "GM0718"], "groep": ["tekort", "overschot", "vergelijking"]})
    write_csv(groups, frame)
    with pytest.raises(DataError, match="telt 1"):
        from_population(population, groups=groups, keys=KEYS)
