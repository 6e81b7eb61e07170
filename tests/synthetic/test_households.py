"""No impossible households: what must hold for every household of every year, and a panel that makes sense."""

import numpy as np
import pandas as pd
import pytest

from verdeelmodel.population import table_schema
from verdeelmodel.synthetic.frame import YEARS, margins
from verdeelmodel.synthetic.gemeente import counts_of

SINGLE, COUPLE, COUPLE_CHILDREN, MOTHER, FATHER, OTHER, AT_HOME = range(7)


@pytest.fixture(params=YEARS)
def households(some, request):
    return pd.DataFrame(some.households(request.param))


def test_every_column_lies_within_its_bounds_and_codes(households):
    for name, column in table_schema("households").columns.items():
        values = households[name]
        there = values[values != column.none] if column.none is not None else values
        if column.codes:
            assert set(there.unique()) <= {code.value for code in column.codes}, name
        if column.minimum is not None:
            assert there.min() >= column.minimum, name
        if column.maximum is not None:
            assert there.max() <= column.maximum, name


def test_adults_agree_with_the_type(households):
    h = households
    alone = h.household_type.isin([SINGLE, MOTHER, FATHER, AT_HOME])
    couple = h.household_type.isin([COUPLE, COUPLE_CHILDREN])
    assert (h.adults[alone] == 1).all()
    assert (h.adults[couple] == 2).all()
    assert ((h.age_2 >= 0) == (h.adults >= 2)).all()
    assert ((h.age_3 >= 0) == (h.adults >= 3)).all()
    for slot in ("2", "3"):
        there = h[f"age_{slot}"] >= 0
        for name in ("sex", "origin", "generation", "hci"):
            assert ((h[f"{name}_{slot}"] >= 0) == there).all(), (name, slot)


def test_children_are_younger_than_their_parents(households):
    h = households[households.age_youngest_child >= 0]
    assert h.household_type.isin([COUPLE_CHILDREN, MOTHER, FATHER]).all()
    assert (h.age_1 - h.age_youngest_child >= 15).all()
    couple = h[h.household_type == COUPLE_CHILDREN]
    assert (couple.age_2 - couple.age_youngest_child >= 15).all()
    parents = households.household_type.isin([COUPLE_CHILDREN, MOTHER, FATHER])
    assert (households.age_youngest_child[parents] >= 0).all()


def test_persons_are_adults_and_minor_children(households):
    h = households
    minors = h.persons - h.adults
    assert (minors >= 0).all()
    assert (minors[h.age_youngest_child < 0] == 0).all()
    assert (minors[(h.age_youngest_child >= 0) & (h.age_youngest_child < 18)] >= 1).all()


def test_a_mother_is_a_woman_and_a_father_a_man(households):
    assert (households.sex_1[households.household_type == MOTHER] == 2).all()
    assert (households.sex_1[households.household_type == FATHER] == 1).all()


def test_students_are_young_and_have_no_benefit_that_follows_a_career(households):
    students = households[households.student_level > 0]
    assert (students.age_1 < 30).all()
    assert not students[["ww", "ao_15_80", "ao_80_100", "wajong", "anw", "pensioen"]].any(axis=None)


def test_dutch_adults_have_no_migration_background(households):
    assert ((households.origin_1 == 0) == (households.generation_1 == 0)).all()


def test_the_price_and_the_spell_belong_to_households_on_bijstand(households):
    on = households.bijstand
    assert (households.bijstand_months[on] >= 1).all()
    assert (households.bijstand_months[~on] == 0).all()
    assert households.fraction_paid[on].between(0, 1).all()
    assert (households.fraction_paid[~on] == -1).all()
    assert (households.bijstand_months <= 12 * (households.age_1.astype(int) - 17)).all()


def test_rents_belong_to_tenants(households):
    owner = households.housing == 0
    assert (households.rent[owner] == -1).all()
    assert (households.home_equity[~owner] == 0).all()
    assert (households.housing[households.kamerhuur] == 2).all()
    assert not (households.huurtoeslag & owner).any()


def test_the_numbers_of_households_are_those_of_the_frame(some):
    from verdeelmodel.synthetic.frame import frame

    places = {int(g): i for i, g in enumerate(frame().index)}
    for year in YEARS:
        found = pd.Series(some.households(year, ["gemeente"])["gemeente"]).value_counts()
        for gemeente, count in found.items():
            wanted = counts_of(places[int(gemeente)], 0.05)[year]
            assert abs(count - wanted) <= max(2, 0.01 * wanted)


def test_households_persist_over_the_years(some):
    numbers = {y: set(some.households(y, ["household"])["household"].tolist()) for y in YEARS}
    for year in YEARS[1:]:
        stayed = len(numbers[year] & numbers[year - 1]) / len(numbers[year])
        assert 0.88 < stayed < 0.97
    assert len(numbers[2017] & numbers[2020]) / len(numbers[2020]) > 0.7


def test_a_household_that_stays_keeps_its_sex_and_origin_and_grows_a_year_older(some):
    names = ["household", "sex_1", "origin_1", "age_1", "gemeente"]
    before, after = (pd.DataFrame(some.households(y, names)).set_index("household") for y in (2019, 2020))
    both = before.join(after, how="inner", suffixes=("_before", ""))
    assert (both.sex_1 == both.sex_1_before).all()
    assert (both.origin_1 == both.origin_1_before).all()
    assert (both.gemeente == both.gemeente_before).all()
    assert (both.age_1 - both.age_1_before).isin([0, 1]).all()
    assert ((both.age_1 - both.age_1_before) == 1).mean() > 0.95


def test_spells_go_on_from_year_to_year(some):
    names = ["household", "bijstand", "bijstand_months"]
    before, after = (pd.DataFrame(some.households(y, names)).set_index("household") for y in (2019, 2020))
    both = before.join(after, how="inner", suffixes=("_before", ""))
    going_on = both[both.bijstand & both.bijstand_before]
    assert (going_on.bijstand_months == going_on.bijstand_months_before + 12).all()
    new = both[both.bijstand & ~both.bijstand_before]
    assert new.bijstand_months.between(1, 12).all()
    assert 0.6 < len(going_on) / both.bijstand_before.sum() < 0.95


def test_the_rate_of_bijstand_is_the_published_one(some):
    from verdeelmodel.synthetic.frame import frame

    found = pd.DataFrame(some.households(2020, ["gemeente", "bijstand"])).groupby("gemeente").bijstand.mean()
    wanted = pd.Series(margins().rate[:, -1], index=frame().index).loc[found.index]
    large = [g for g in found.index if g in (14, 363, 80, 1916)]
    assert np.allclose(found[large], wanted[large], rtol=0.05, atol=0.001)
