"""The population of a scenario: weighed, moved, assigned and replaced, in chunks of any size the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenario.cases import country
from verdeelmodel.errors import DataError
from verdeelmodel.kenmerken import compute_households
from verdeelmodel.scenario.applying import changed_population
from verdeelmodel.scenario.definition import Amount, Assign, Between, Condition, Move, Rake, Replace, Scale
from verdeelmodel.scenario.population import uniform

YEAR = 2020
STUDENTS = Between("student", 1, 1)


def after(*steps):
    return changed_population(country(), tuple(steps), 1, 2022, YEAR)


def test_scaling_weighs_the_households_of_the_condition_only():
    changed = after(Scale(2.5, Condition((14,), (STUDENTS,))))
    found = changed.households(YEAR, ["weight", "gemeente"])
    student = np.concatenate([c["student"] for c in compute_households(changed, YEAR, ["student"], 2022)])
    met = student & (found["gemeente"] == 14)
    assert met.any()
    assert (found["weight"] == np.where(met, 2.5, 1.0)).all()


def test_scaling_everyone_scales_the_tables_of_areas():
    changed, base = after(Scale(2.0, Condition((14,)))), country()
    old, new = base.gemeenten(YEAR), changed.gemeenten(YEAR)
    factor = np.where(old["gemeente"] == 14, 2.0, 1.0)
    assert (new["inhabitants"] == old["inhabitants"] * factor).all()
    assert (new["cost"] == old["cost"]).all()
    buurten = changed.buurten(YEAR)
    assert (buurten["households"] == base.buurten(YEAR)["households"] * np.where(buurten["gemeente"] == 14, 2, 1)).all()


@given(share=st.floats(0.02, 0.9))
@settings(max_examples=15)
def test_raking_reaches_the_share_and_keeps_the_total_of_every_gemeente(share):
    changed = after(Rake("housing_corporation", Amount(share), Condition((80, 363))))
    (chunk,) = compute_households(changed, YEAR, ["housing_corporation", "weight"], 2022)
    for gemeente in (80, 363):
        inside = chunk["gemeente"] == gemeente
        weight = chunk["weight"][inside]
        assert weight.sum() == pytest.approx(inside.sum())
        assert (weight * chunk["housing_corporation"][inside]).sum() / weight.sum() == pytest.approx(share)
    assert (chunk["weight"][chunk["gemeente"] == 14] == 1).all()


def test_raking_in_the_country_keeps_the_total_of_the_country():
    changed = after(Rake("housing_corporation", Amount(0.10, relative=True), per="land"))
    (chunk,) = compute_households(changed, YEAR, ["housing_corporation", "weight"], 2022)
    before = chunk["housing_corporation"].mean()
    assert np.average(chunk["housing_corporation"], weights=chunk["weight"]) == pytest.approx(1.1 * before)
    assert chunk["weight"].sum() == pytest.approx(len(chunk["weight"]))


def test_a_kenmerk_that_nobody_has_cannot_be_raked_up():
    nobody = Condition((14,), (Between("housing", 0, 0),))
    with pytest.raises(DataError, match="GM0014"):
        after(Rake("housing_corporation", Amount(0.2), nobody))


def test_everything_that_cannot_be_done_to_the_population_is_reported_together(tmp_path):
    path = tmp_path / "oad.csv"
    path.write_text("gemeente,oad\nGM0014,1\nGM0015,1\n")
    nobody = Condition((14,), (Between("rent", 1e6, 1e7),))
    with pytest.raises(DataError) as refused:
        after(
            Scale(2.0, nobody, place="stap 1"),
            Rake("student", Amount(20.0, relative=True), Condition((80,)), place="stap 2"),
            Scale(2.0, place="stap 3"),
            Assign("housing", 1, 0.3, nobody, place="stap 4"),
            Replace("gemeenten", "oad", path, place="stap 5"),
            Move(0.5, 15, place="stap 6"),
        )
    assert [p.where[:6] for p in refused.value.problems] == ["stap 1", "stap 2", "stap 4", "stap 5", "stap 6"]


def test_who_moves_leaves_with_part_of_the_weight_and_arrives_elsewhere():
    changed, base = after(Move(0.25, 363, Condition((14,)))), country()
    found, old = changed.households(YEAR), base.households(YEAR)
    weight = found["weight"].astype(float)
    in_14 = (old["gemeente"] == 14).sum()
    assert changed.count(YEAR) == base.count(YEAR) + in_14
    assert weight.sum() == pytest.approx(base.count(YEAR))
    assert weight[found["gemeente"] == 14].sum() == pytest.approx(0.75 * in_14)
    assert weight[found["gemeente"] == 363].sum() == pytest.approx((old["gemeente"] == 363).sum() + 0.25 * in_14)
    key = found["gemeente"].astype(np.int64) * 10**9 + found["buurt"]
    assert (np.diff(key) >= 0).all()
    assert set(found["buurt"][found["gemeente"] == 363]) <= set(old["buurt"][old["gemeente"] == 363])
    assert found["household"].tolist() == list(range(changed.count(YEAR)))
    for name in ("age_1", "assets", "bijstand"):
        moved = (weight * found[name])[np.isin(found["gemeente"], (14, 363))].sum()
        assert moved == pytest.approx(old[name][np.isin(old["gemeente"], (14, 363))].sum())


def test_moving_to_where_nobody_lives_is_refused():
    with pytest.raises(DataError, match="GM0015"):
        after(Move(0.5, 15))


def test_a_value_is_assigned_to_the_drawn_share():
    changed = after(Assign("housing", 1, 0.3, Condition((), (Between("housing", 2, 2),))))
    old, new = country().households(YEAR, ["housing"])["housing"], changed.households(YEAR, ["housing"])["housing"]
    turned = (old == 2) & (new == 1)
    assert turned.sum() / (old == 2).sum() == pytest.approx(0.3, abs=0.06)
    assert (new[~turned] == old[~turned]).all()


def test_drawn_numbers_are_uniform_and_differ_by_seed():
    one, other = uniform(np.arange(50_000), 1), uniform(np.arange(50_000), 2)
    assert one.mean() == pytest.approx(0.5, abs=0.01)
    assert np.histogram(one, 10, (0, 1))[0].min() > 4600
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.02


def test_a_column_of_a_table_is_replaced_where_the_file_has_a_value(tmp_path):
    path = tmp_path / "oad.csv"
    path.write_text("gemeente,oad\nGM0014,1234\n")
    changed, base = after(Replace("gemeenten", "oad", path)), country().gemeenten(YEAR)
    new = changed.gemeenten(YEAR)
    assert new.loc[new["gemeente"] == 14, "oad"].tolist() == [1234.0]
    rest = new["gemeente"] != 14
    assert (new.loc[rest, "oad"] == base.loc[rest, "oad"]).all()


def test_a_column_of_households_is_replaced_in_the_year_of_the_file(tmp_path):
    path = tmp_path / "huur.csv"
    path.write_text("household,year,rent\n3,2020,500\n7,2020,600\n7,2019,700\n")
    changed, base = after(Replace("households", "rent", path)), country()
    for year, expected in ((2020, {3: 500, 7: 600}), (2019, {7: 700}), (2018, {})):
        new, old = changed.households(year, ["rent"])["rent"], base.households(year, ["rent"])["rent"]
        assert {int(i): int(new[i]) for i in np.flatnonzero(new != old)} == expected


def test_a_column_with_a_codebook_is_replaced_by_its_words_or_numbers(tmp_path):
    path = tmp_path / "woning.csv"
    path.write_text("household,housing\n3,corporatie\n7,2\n")
    new = after(Replace("households", "housing", path)).households(YEAR, ["housing"])["housing"]
    assert (new[3], new[7]) == (1, 2)
    path.write_text("household,housing\n3,corporati\n7,99\n")
    with pytest.raises(DataError, match="bedoelt u corporatie") as refused:
        after(Replace("households", "housing", path))
    assert len(refused.value.problems) == 2


def test_a_row_that_belongs_to_nothing_is_refused(tmp_path):
    path = tmp_path / "oad.csv"
    path.write_text("gemeente,oad\nGM0014,1\nGM0015,1\n")
    with pytest.raises(DataError, match="15"):
        after(Replace("gemeenten", "oad", path))


@pytest.mark.parametrize("rows", [1, 97, 1000, 5000])
def test_chunks_of_any_size_give_the_same_population(rows):
    steps = (
        Move(0.25, 363, Condition((14, 80))),
        Scale(1.5, Condition((), (STUDENTS,))),
        Assign("housing", 1, 0.3),
        Rake("housing_corporation", Amount(0.8), Condition((363,))),
    )
    changed = after(*steps)
    columns = ["household", "gemeente", "buurt", "housing", "age_1", "weight"]
    whole = changed.households(YEAR, columns)
    blocks = list(changed.chunks(YEAR, columns, rows))
    assert max(len(block["age_1"]) for block in blocks) <= rows
    for name in columns:
        assert np.array_equal(np.concatenate([b[name] for b in blocks]).astype(whole[name].dtype), whole[name])
