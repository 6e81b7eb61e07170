"""The check: a sound population breaks no rule, and every declared rule is broken by the damage made for it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.population.examples import META, area_tables, memory_population, random_households, write
from verdeelmodel.population import MemoryPopulation, open_population, table_schema
from verdeelmodel.population import check as module
from verdeelmodel.population.check import check_population, write_good_rows
from verdeelmodel.population.rules import household_rules
from verdeelmodel.wording import text

# For each rule the columns that are overwritten in row 7 of 2020 to break it.
DAMAGE: dict[str, dict[str, object]] = {
    "gemeente_not_in_division": {"gemeente": 17},
    "gemeente_without_row": {"gemeente": 15},
    "household_without_buurt": {"buurt": 0},
    "buurt_without_row": {"buurt": 140_099},
    "buurt_of_other_gemeente": {"gemeente": 14, "buurt": 7_180_001},
    "reference_person_above_aow": {"age_1": 67},
    "couple_with_one_adult": {"household_type": 1, "adults": 1, "age_2": -1},
    "single_with_two_adults": {"household_type": 0, "adults": 2, "persons": 2},
    "more_adults_than_persons": {"adults": 3, "persons": 2},
    "second_adult_without_age": {"adults": 2, "age_2": -1},
    "age_without_second_adult": {"adults": 1, "age_2": 40},
    "third_adult_does_not_fit": {"age_3": 50},
    "second_adult_half_described": {"age_2": 40, "sex_2": -1},
    "first_adult_half_described": {"hci_1": -1},
    "children_without_age": {"household_type": 3, "age_youngest_child": -1},
    "age_without_children": {"household_type": 0, "age_youngest_child": 3},
    "months_without_bijstand": {"bijstand": False, "bijstand_months": 5, "fraction_paid": -1},
    "bijstand_without_months": {"bijstand": True, "bijstand_months": 0, "fraction_paid": 0.5},
    "paid_without_bijstand": {"bijstand": False, "bijstand_months": 0, "fraction_paid": 0.5},
    "bijstand_without_fraction_paid": {"bijstand": True, "bijstand_months": 3, "fraction_paid": -1},
    "bijstand_with_large_assets": {"bijstand": True, "assets": 200_000},
    "more_dropouts_with_problems_than_dropouts": {"dropouts": 0, "dropouts_psychological": 1},
    "dropout_age_does_not_fit": {"dropouts": 1, "dropout_age": -1},
    "more_in_labour_force_than_persons": {"labour_force": 9},
    "more_zzp_than_self_employed": {"zelfstandigen": 1, "zzp": 2},
    "home_equity_without_owned_home": {"home_equity": 5_000, "housing": 1},
    "rent_allowance_in_owned_home": {"huurtoeslag": True, "housing": 0},
}


def check(households, tables=None, meta=META):
    return check_population(MemoryPopulation(meta, households, tables or area_tables(households)))


def damaged(**changes):
    """Two years of sound households with row 7 of 2020 changed, and the tables of the sound ones."""
    households = {year: random_households(300, seed=year) for year in META.years}
    tables = area_tables(households)
    for name, value in changes.items():
        households[2020][name][7] = value
    return households, tables


def test_a_sound_population_breaks_no_rule():
    found = check_population(memory_population())
    assert found.findings == ()
    assert found.ok
    assert found.good_rows(2020).all()


@pytest.mark.parametrize("name", household_rules())
def test_each_rule_finds_what_it_is_for(name):
    found = check(*damaged(**DAMAGE[name]))
    (finding,) = [f for f in found.findings if f.rule == name]
    rule = household_rules()[name]
    assert finding.count == 1
    assert finding.severity == rule.severity
    assert finding.examples[0].row == 8
    assert text(f"population.rule.{name}", "nl") != text(f"population.rule.{name}", "en")
    assert text(f"population.rule.{name}", "nl") in str(finding.problem())
    assert set(finding.examples[0].values) == set(rule.columns)
    assert found.good_rows(2020)[7] == (found.ok if rule.severity == "warning" else False)


@pytest.mark.parametrize(
    ("column", "value"),
    [("age_1", 17), ("age_1", 111), ("origin_1", 25), ("sex_2", 3), ("ggz", -1), ("assets", 2_000_000_000)],
)
def test_values_outside_bounds_and_codebooks_are_found(column, value):
    found = check(*damaged(**{column: value}))
    (finding,) = [f for f in found.findings if f.rule == "value_not_allowed"]
    assert (finding.column, finding.count) == (column, 1)
    assert found.good_rows(2020).sum() == 299
    message = str(finding.problem())
    assert "households/2020.parquet" in message
    assert f"rij 8 ({column} {value})" in message
    assert "verwacht" in message


def test_not_a_number_is_found_in_households():
    found = check(*damaged(weight=np.nan))
    assert [f.rule for f in found.errors] == ["not_a_number"]


def test_every_number_column_is_checked():
    for name, column in table_schema("households").columns.items():
        if column.is_number and name not in ("household", "gemeente", "buurt"):
            limit = np.iinfo(column.dtype).min if column.dtype.kind == "i" else -5.0
            found = check(*damaged(**{name: limit}))
            assert (name, 1) in [(f.column, f.count) for f in found.errors], name


def test_a_household_that_stands_there_twice_and_one_out_of_order_are_found():
    households, tables = damaged(household=6)
    assert [(f.rule, f.count) for f in check(households, tables).errors] == [("household_twice", 1)]
    households, tables = damaged()
    households[2020] = {name: values[::-1] for name, values in households[2020].items()}
    assert {f.rule for f in check(households, tables).errors} == {"not_in_order"}


def table_damage():
    """Name of the rule, and what is done to the tables to break it."""
    yield "year_missing", lambda t: t | {"gemeenten": t["gemeenten"].query("year == 2020")}
    yield "key_twice", lambda t: t | {"gemeenten": t["gemeenten"].iloc[[0, *range(6)]].reset_index(drop=True)}
    yield "code_of_other_gemeente", lambda t: t | {"gemeenten": t["gemeenten"].assign(code="GM0001")}
    yield "value_not_allowed", lambda t: t | {"gemeenten": t["gemeenten"].assign(inhabitants=-1)}
    yield "area_without_households", lambda t: t | {"gemeenten": with_row(t["gemeenten"], 1900, 40_000)}
    yield "total_does_not_match", lambda t: t | {"gemeenten": t["gemeenten"].assign(households=50)}
    yield "buurt_code_of_other_gemeente", lambda t: t | {"buurten": t["buurten"].assign(gemeente=14)}
    yield "buurt_code_of_other_wijk", lambda t: t | {"buurten": t["buurten"].assign(wijk=1400)}
    yield "gemeente_not_in_division", lambda t: t | {"gemeenten": with_row(t["gemeenten"], 17, 0)}


def with_row(frame, gemeente, households):
    more = frame.iloc[[-1]].assign(gemeente=gemeente, code=f"GM{gemeente:04d}", households=households)
    return frame.__class__({name: [*frame[name], *more[name]] for name in frame.columns})


@pytest.mark.parametrize(("rule", "damage"), list(table_damage()), ids=lambda v: v if isinstance(v, str) else "")
def test_each_rule_for_tables_finds_what_it_is_for(rule, damage):
    households = {year: random_households(300, seed=year) for year in META.years}
    meta = META.__class__(name="x", synthetic=False, division=2020, years=META.years)
    found = check(households, damage(area_tables(households)), meta)
    assert rule in {f.rule for f in found.findings}


def test_counts_per_gemeente_add_up_and_become_tables():
    households, tables = damaged()
    households[2020]["age_1"][::3] = 12
    found = check(households, tables)
    (finding,) = found.errors
    assert sum(finding.per_gemeente.values()) == finding.count == 100
    assert len(finding.examples) == 5
    whole, per_gemeente, examples = found.tables()
    assert whole.to_frame()["rows"].tolist() == [100]
    assert per_gemeente.to_frame()["rows"].sum() == 100
    assert set(per_gemeente.to_frame()["gemeente"]) == {"GM0014", "GM0518", "GM0718"}
    assert len(examples) == 5
    assert whole.synthetic
    assert "100" in str(found)


def test_the_good_rows_are_a_population_that_passes(tmp_path):
    households, tables = damaged(age_1=12)
    households[2020]["adults"][9] = 20
    population = open_population(write(MemoryPopulation(META, households, tables), tmp_path / "bad"))
    found = check_population(population)
    assert not found.ok
    write_good_rows(population, found, tmp_path / "good")
    good = open_population(tmp_path / "good")
    assert good.count(2020) == 298
    assert check_population(good).ok


@pytest.mark.parametrize("rows", [1, 7, 250])
def test_the_findings_do_not_depend_on_the_blocks(rows, monkeypatch):
    households, tables = damaged(age_1=12, household=6)
    households[2020]["gemeente"][150] = 14
    households[2020]["fraction_paid"][::9] = 0.5
    whole = check(households, tables)
    monkeypatch.setattr(module, "ROWS", rows)
    parts = check(households, tables)
    assert {str(f) for f in parts.findings} == {str(f) for f in whole.findings}
    np.testing.assert_array_equal(parts.good_rows(2020), whole.good_rows(2020))
