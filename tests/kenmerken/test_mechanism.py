"""Names become dependencies; what is wrong is said with the path; each column is computed once."""

import numpy as np
import pytest

from tests.kenmerken.declared import declared, registry_of, with_builtin
from tests.small_country import small_country
from verdeelmodel.errors import DataError, RequestError, UnknownRuleError
from verdeelmodel.kenmerken import compute_buurten, compute_gemeenten, compute_households, compute_wijken
from verdeelmodel.kenmerken.areas import columns_needed
from verdeelmodel.kenmerken.declare import formula, verhouding
from verdeelmodel.kenmerken.households import plan
from verdeelmodel.kenmerken.registry import builtin
from verdeelmodel.kenmerken.resolve import fail_if_unresolved, in_order, needs, tree
from verdeelmodel.population.population import MemoryPopulation


def whole(population, year, keys, **options):
    """All chunks of compute_households put together."""
    chunks = list(compute_households(population, year, keys, **options))
    return {name: np.concatenate([c[name] for c in chunks]) for name in chunks[0]}


def test_dependencies_come_first_and_each_is_computed_once():
    calls = []

    def basis(ww):
        calls.append("basis")
        return ww

    def links(basis):
        return basis

    def rechts(basis):
        return ~basis

    def top(links, rechts):
        return links | rechts

    known = registry_of(*(declared(f) for f in (top, rechts, links, basis)))
    assert [k.key for k in in_order(known, ["top"])] == ["basis", "links", "rechts", "top"]
    population = small_country()
    chunks = list(compute_households(population, 2019, ["top"], rows=1000, known=known))
    assert calls == ["basis"] * len(chunks)
    assert all(c["top"].all() for c in chunks)


def test_chunks_do_not_change_the_values():
    population = small_country()
    one, many = (whole(population, 2018, ["age_50_to_aow", "bijstand"], rows=rows) for rows in (10**6, 257))
    assert all(np.array_equal(one[name], many[name]) for name in one)


def test_a_cycle_shows_its_path():
    def heen(terug):
        return terug

    def terug(heen):
        return heen

    with pytest.raises(RequestError, match="heen → terug → heen"):
        fail_if_unresolved(registry_of(declared(heen), declared(terug)), ["heen"])


def test_a_kenmerk_on_itself_is_a_cycle():
    def slang(slang):
        return slang

    with pytest.raises(RequestError, match="slang → slang"):
        fail_if_unresolved(registry_of(declared(slang)), ["slang"])


def test_an_unknown_name_gets_the_closest_names_and_the_path():
    def boven(onder):
        return onder

    def onder(age_50_to_awo):
        return age_50_to_awo

    known = with_builtin
    with pytest.raises(RequestError) as caught:
        known(declared(boven), declared(onder))
    message = str(caught.value)
    assert "age_50_to_aow" in message
    assert "boven → onder → age_50_to_awo" in message


def test_all_faults_come_together():
    def een(bestaat_niet_a):
        return bestaat_niet_a

    def twee(bestaat_niet_b):
        return bestaat_niet_b

    with pytest.raises(RequestError) as caught:
        with_builtin(declared(een), declared(twee))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("function", "eenheid", "remedy"),
    [
        (lambda age_50_to_aow: age_50_to_aow, "gemeente", "aandeel_age_50_to_aow"),
        (lambda ww: ww, "buurt", "aandeel_ww"),
        (lambda oad: oad, "huishouden", ""),
        (lambda overlast: overlast, "gemeente", ""),
    ],
)
def test_a_name_of_another_unit_is_refused_with_the_remedy(function, eenheid, remedy):
    wrong = declared(function, eenheid=eenheid, soort="getal", key="verkeerd")
    with pytest.raises(RequestError) as caught:
        with_builtin(wrong)
    [problem] = caught.value.problems
    assert problem.remedy == remedy
    assert "hoort bij een" in problem.found


def test_a_raw_column_is_never_the_name_of_a_household_kenmerk():
    with pytest.raises(RequestError, match="al de naam van een kolom"):
        with_builtin(declared(lambda age_1: age_1 > 20, key="ww"))


def test_a_key_is_declared_once():
    with pytest.raises(RequestError, match="maar één keer"):
        with_builtin(declared(lambda age_1: age_1 > 20, key="age_50_to_aow"))


def test_wrong_metadata_are_named_together():
    with pytest.raises(RequestError) as caught:
        declared(
            lambda ww: ww, key="Fout!", thema=" ", eenheid="land", verwacht_teken="plus", beinvloedbaar="misschien"
        )
    assert {p.where for p in caught.value.problems} == {"key", "thema", "eenheid", "verwacht_teken", "beinvloedbaar"}


def test_share_sum_and_mean_per_gemeente():
    population = small_country()
    frame = compute_gemeenten(population, ["ww", "som_ww", "aandeel_medicine_groups"], [2019])
    raw = population.households(2019)
    for code in frame.index:
        inside = raw["gemeente"] == code
        assert frame.loc[code, "ww"] == pytest.approx(raw["ww"][inside].mean(), rel=1e-12)
        assert frame.loc[code, "som_ww"] == raw["ww"][inside].sum()
        assert frame.loc[code, "aandeel_medicine_groups"] == pytest.approx(raw["medicine_groups"][inside].mean())


def test_values_that_mean_not_there_stay_out_of_the_mean():
    population = small_country()
    raw = population.households(2019)
    frame = compute_gemeenten(population, ["aandeel_rent"], [2019])
    inside = (raw["gemeente"] == 363) & (raw["rent"] >= 0)
    assert frame.loc[363, "aandeel_rent"] == pytest.approx(raw["rent"][inside].mean())


def test_the_denominator_of_a_share_can_be_another_kenmerk():
    known = with_builtin(
        declared(lambda bijstand, bijstand_months: bijstand & (bijstand_months > 24), key="lang", noemer="bijstand")
    )
    population = small_country()
    raw = population.households(2017)
    inside = (raw["gemeente"] == 14) & raw["bijstand"]
    frame = compute_gemeenten(population, ["lang"], [2017], known=known)
    assert frame.loc[14, "lang"] == pytest.approx((raw["bijstand_months"][inside] > 24).mean())


def test_weights_of_a_sample_count():
    population = small_country()
    raw = population.households(2017)
    weight = np.linspace(0.5, 3, len(raw["ww"])).astype("float32")
    weighted = MemoryPopulation(
        population.meta, {2017: {**raw, "weight": weight}}, {t: population.table(t) for t in ("gemeenten", "buurten")}
    )
    frame = compute_gemeenten(weighted, ["ww"], [2017])
    inside = raw["gemeente"] == 80
    expected = np.average(raw["ww"][inside], weights=weight[inside].astype("float64"))
    assert frame.loc[80, "ww"] == pytest.approx(expected, rel=1e-9)


def test_buurten_and_wijken_add_up_to_the_gemeente():
    population = small_country()
    buurten = compute_buurten(population, ["som_ww", "overlast"], 2019)
    wijken = compute_wijken(population, ["som_ww", "households"], 2019)
    gemeente = compute_gemeenten(population, ["som_ww"], [2019])
    assert buurten["som_ww"].sum() == wijken["som_ww"].sum() == gemeente["som_ww"].sum()
    assert wijken["households"].sum() == population.buurten(2019)["households"].sum()
    assert buurten.index.name == "buurt"
    assert list(buurten["overlast"]) == list(population.buurten(2019)["overlast"])


def test_a_buurt_kenmerk_of_a_gemeente_is_the_mean_over_its_households():
    known = with_builtin(declared(lambda overlast: overlast, key="hinder", eenheid="buurt", soort="getal"))
    population = small_country()
    buurten = population.buurten(2019)
    inside = buurten[buurten["gemeente"] == 599]
    expected = np.average(inside["overlast"], weights=inside["households"])
    assert compute_gemeenten(population, ["hinder"], [2019], known=known).loc[599, "hinder"] == pytest.approx(expected)


def test_a_gemeente_kenmerk_gets_counts_per_buurt_and_may_return_a_series():
    import pandas as pd

    def grootste(telling_ww):
        shares = pd.Series(telling_ww.groep / telling_ww.totaal).groupby(telling_ww.gemeente).max()
        assert np.array_equal(telling_ww.rest, telling_ww.totaal - telling_ww.groep)
        return shares

    known = with_builtin(declared(grootste, eenheid="gemeente", soort="aandeel"))
    population = small_country()
    per_buurt = compute_buurten(population, ["ww"], 2019)["ww"]
    frame = compute_gemeenten(population, ["grootste"], [2019], known=known)
    assert frame.loc[363, "grootste"] == pytest.approx(per_buurt[per_buurt.index // 10_000 == 363].max())


def test_whole_tables_and_means_over_the_years_of_the_analysis():
    def banen_per_lid(banen, gemeente, gemiddelde_labour_force, jaar):
        jobs = banen[banen["year"] == jaar].groupby("gemeente")["jobs"].sum()
        return jobs.reindex(gemeente).to_numpy() / gemiddelde_labour_force

    known = with_builtin(declared(banen_per_lid, eenheid="gemeente", soort="getal"))
    population = small_country()
    frame = compute_gemeenten(population, ["banen_per_lid"], [2018, 2019], known=known)
    jobs, areas = population.table("banen"), population.table("gemeenten")
    force = areas[areas["year"].isin([2018, 2019]) & (areas["gemeente"] == 14)]["labour_force"].mean()
    expected = jobs[jobs["year"].isin([2018, 2019]) & (jobs["gemeente"] == 14)]["jobs"].sum() / 2 / force
    assert frame.loc[14, "banen_per_lid"] == pytest.approx(expected)


def test_the_mean_over_years_says_which_years_were_there():
    population = small_country()
    tables = {name: population.table(name).copy() for name in ("gemeenten", "buurten")}
    early = tables["gemeenten"]["year"] < 2019
    tables["gemeenten"].loc[early, "high_education"] = np.nan
    known = MemoryPopulation(population.meta, {y: population.households(y) for y in population.years}, tables)
    frame = compute_gemeenten(known, ["high_education", "oad"])
    assert frame.attrs["years"] == {"high_education": (2019, 2020), "oad": (2017, 2018, 2019, 2020)}
    late = tables["gemeenten"][~early].groupby("gemeente")["high_education"].mean()
    assert np.allclose(frame["high_education"], late)


def test_a_column_of_its_own_name_is_the_column():
    known = with_builtin(declared(lambda oad: oad, key="oad", eenheid="gemeente", soort="getal"))
    assert needs(known, known["oad"])["oad"].kind == "column"
    population = small_country()
    assert np.allclose(
        compute_gemeenten(population, ["oad"], [2019], known=known)["oad"], population.gemeenten(2019)["oad"]
    )


def test_parameters_of_the_law_follow_the_rules_year():
    known = with_builtin(
        declared(lambda assets, vermogensgrens_alleenstaande: assets > vermogensgrens_alleenstaande, key="rijk")
    )
    population = small_country()
    raw = population.households(2019)["assets"]
    for year, limit in ((2019, 5000), (2026, 7605)):
        found = whole(population, 2019, ["rijk"], rules_year=year, known=known)["rijk"]
        assert np.array_equal(found, raw > limit)
    with pytest.raises(UnknownRuleError):
        compute_households(population, 2019, ["rijk"], 2021, known=known)
    with pytest.raises(RequestError, match="regeljaar"):
        compute_households(population, 2019, ["rijk"], known=known)


def test_a_value_of_a_year_that_is_not_known_is_never_guessed():
    known = with_builtin(
        declared(
            lambda liberalisatiegrens, oad: oad * liberalisatiegrens, key="huur", eenheid="gemeente", soort="getal"
        )
    )
    population = small_country(years=(2016,))
    with pytest.raises(UnknownRuleError, match="2016"):
        compute_gemeenten(population, ["huur"], known=known)


def test_missing_columns_are_named_with_the_kenmerken_that_need_them():
    population = small_country()
    raw = population.households(2019)
    del raw["age_3"]
    poor = MemoryPopulation(population.meta, {2019: raw}, {})
    with pytest.raises(DataError) as caught:
        compute_households(poor, 2019, ["age_50_to_aow"])
    assert "age_3" in str(caught.value)
    assert "age_50_to_aow" in str(caught.value)


@pytest.mark.parametrize(
    ("function", "facts", "message"),
    [
        (lambda ww: ww.sum(), {}, "in plaats van"),
        (lambda ww: ww.astype(int), {}, "ja of nee"),
        (lambda ww: 1 / 0, {}, "ZeroDivisionError"),
    ],
)
def test_a_function_that_misbehaves_is_an_error_with_its_name(function, facts, message):
    known = with_builtin(declared(function, key="stuk", **facts))
    with pytest.raises(RequestError, match=message) as caught:
        whole(small_country(), 2019, ["stuk"], known=known)
    assert "stuk" in str(caught.value)


def test_areas_and_years_that_do_not_exist_are_refused():
    population = small_country()
    with pytest.raises(RequestError, match="1999"):
        compute_gemeenten(population, ["ww"], [1999])
    with pytest.raises(RequestError, match="age_50_to_aow"):
        compute_gemeenten(population, ["age_50_to_awo"])
    with pytest.raises(RequestError, match="age_50_to_aow"):
        plan(["age_50_to_awo"])
    area = with_builtin(declared(lambda oad: oad, key="dichtheid", eenheid="gemeente", soort="getal"))
    with pytest.raises(RequestError, match="hoort bij een gemeente"):
        plan(["dichtheid"], area)


def test_what_a_kenmerk_stands_on_as_a_tree_and_as_columns():
    def onder(ww):
        return ww

    def boven(aandeel_onder, oad, banen):
        return aandeel_onder * oad

    known = with_builtin(declared(onder, noemer="bijstand"), declared(boven, eenheid="gemeente", soort="getal"))
    assert [(depth, name) for depth, name, _ in tree(known, "boven")] == [
        (1, "aandeel_onder"), (2, "ww"), (1, "oad"), (1, "banen"),
    ]  # fmt: skip
    assert columns_needed(known, "gemeente", "boven") == {
        "households": ("bijstand", "ww"), "gemeenten": ("oad",), "buurten": (), "tables": ("banen",),
    }  # fmt: skip


def test_the_formula_is_the_body_of_the_function():
    def met_tekst(ww, anw):
        """Definition."""
        return ww | anw

    assert formula(declared(met_tekst)) == "ww | anw"
    assert "any_aged(50, aow_leeftijd" in formula(builtin()["age_50_to_aow"])


def test_a_ratio_without_denominator_is_missing():
    assert np.array_equal(verhouding([1, 1], [2, 0]), [0.5, np.nan], equal_nan=True)
