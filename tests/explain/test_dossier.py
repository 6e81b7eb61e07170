"""The dossier of a gemeente: parts that add up for every gemeente, names as people write them, a page that is safe."""

import html5lib
import numpy as np
import pytest

from verdeelmodel.errors import RequestError
from verdeelmodel.explain.country import ExplainOptions, explain_country
from verdeelmodel.explain.dossier import dossier
from verdeelmodel.explain.groups import study_groups
from verdeelmodel.explain.names import find_gemeente, names_in
from verdeelmodel.explain.tables import tables
from verdeelmodel.report.dossier_page import dossier_page
from verdeelmodel.report.sentences import findings
from verdeelmodel.synthetic import default_population
from verdeelmodel.table import NotApplicable

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def population():
    return default_population()


@pytest.fixture(scope="module")
def country(population):
    return explain_country(population, ExplainOptions(), groups=study_groups(population))


@pytest.fixture(scope="module", params=[2017, 2018, 2019])
def earlier(population, request):
    return explain_country(population, ExplainOptions(year=request.param, candidates=()))


def test_every_part_adds_up_for_every_gemeente_in_every_earlier_year(earlier):
    assert len(earlier.gemeenten) == 355
    test_every_part_adds_up_for_every_gemeente(earlier)


def test_every_part_adds_up_for_every_gemeente(country):
    for code in country.gemeenten.tolist():
        found = dossier(country, code)
        for line in found.years:
            assert line.macro + line.distribution == line.budget - line.net
        if found.gap is not None:
            assert sum(found.gap.parts.values()) == found.gap.total
        if found.attributed is not None:
            assert sum(found.attributed.euros.values()) == found.attributed.total == found.account.distribution
        for comparison in found.comparisons:
            assert sum(comparison.parts.values()) == pytest.approx(comparison.rate - comparison.other, abs=1e-9)


def test_numbers_by_household_type_are_those_of_the_gemeente(country, population):
    households = population.households(2020, ["gemeente", "bijstand", "weight"])
    for code in (518, 718, 363):
        inside = households["gemeente"] == code
        actual = float((households["bijstand"] * households["weight"])[inside].sum())
        found = dossier(country, code)
        assert found.types["actual"].sum() == pytest.approx(actual)
        assert found.numbers.actual == pytest.approx(actual)
        assert found.numbers.expected == pytest.approx(found.types["expected"].sum(), rel=1e-6)


@pytest.mark.parametrize("written", ["Vlissingen", "vlissingen", "GM0718", "718"])
def test_a_gemeente_by_name_or_code(population, written):
    assert find_gemeente(written, names_in(population)) == 718


@pytest.mark.parametrize(("written", "code"), [("Den Haag", 518), ("sudwest-fryslan", 1900), ("'s-Gravenhage", 518)])
def test_names_without_accents_and_as_people_say_them(population, written, code):
    assert find_gemeente(written, names_in(population)) == code


def test_a_slip_of_the_pen_gets_a_suggestion(population):
    with pytest.raises(RequestError, match="Vlissingen"):
        find_gemeente("Vlisingen", names_in(population))


def test_chosen_gemeenten_are_a_comparison_of_their_own_and_stand_first(country):
    found = dossier(country, 917, [141, 917, 928])
    assert [p.gemeente for p in found.chosen] == [141, 928]
    chosen = next(c for c in found.comparisons if c.key == "chosen")
    assert chosen.gemeenten == 2
    assert chosen.other == pytest.approx(country.split.of([141, 928])[0])
    assert sum(chosen.parts.values()) == pytest.approx(chosen.rate - chosen.other, abs=1e-9)
    rows = next(t for t in tables(found) if t.key == "peers").values["gm_code"]
    assert list(rows[:2]) == ["GM0141", "GM0928"]
    assert len(rows) == len(set(rows))
    assert "chosen" not in [c.key for c in dossier(country, 917).comparisons]


def test_the_interval_of_a_saldo_holds_it_in_every_year_that_the_model_decides(country):
    table = next(t for t in tables(dossier(country, 917)) if t.key == "years")
    for low, saldo, high in zip(*(table.values[k] for k in ("saldo_low", "saldo", "saldo_high")), strict=True):
        assert low < saldo < high
    historical = next(t for t in tables(dossier(country, 88)) if t.key == "years")
    assert all(isinstance(v, NotApplicable) for v in historical.values["saldo_low"])


def test_the_population_part_of_a_full_count_has_no_room():
    from verdeelmodel.explain.residual import Spread

    p = np.full(400, 0.1)
    spread = Spread(np.array([1]), np.array([20 * p.sum()]), np.array([0.0]), np.array([20 * 6.0]), np.array([0.0]))
    assert spread.drawn(0, 8000.0, 1.0) == 0.0
    # Everyone alike: the expected number of a sample is then known exactly, whoever is drawn.
    alike = Spread(spread.gemeenten, spread.expected, spread.actual, 20 * np.array([np.sqrt((p * (1 - p)).sum())]),
                   spread.model)  # fmt: skip
    assert alike.drawn(0, 8000.0, 20.0) == pytest.approx(0.0, abs=1e-7)


def test_what_a_sample_leaves_open_is_what_drawing_it_shows():
    from verdeelmodel.explain.residual import Spread

    rng = np.random.default_rng(5)
    everyone = rng.beta(0.5, 5, 20_000)
    sums = [20 * rng.choice(everyone, 1000, replace=False).sum() for _ in range(2000)]
    one = rng.choice(everyone, 1000, replace=False)
    chance = 20 * np.sqrt((one * (1 - one)).sum())
    spread = Spread(np.array([1]), np.array([20 * one.sum()]), np.array([0.0]), np.array([chance]), np.array([0.0]))
    assert spread.drawn(0, 20_000.0, 20.0) == pytest.approx(np.std(sums) / np.mean(sums), rel=0.1)


@pytest.mark.parametrize("code", [88, 518, 718, 1900, 363])
def test_the_page_is_valid_self_contained_and_marked(country, code):
    # Schiermonnikoog has few households and a historical budget; the others have apostrophes, accents or size.
    found = dossier(country, code)
    page = dossier_page(found)
    html5lib.HTMLParser(strict=True).parse(page)
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "Content-Security-Policy" in page
    assert "synthetisch" in page.lower()
    assert len(page.encode()) < 1_500_000
    said = findings(found)
    assert said
    assert all("{" not in s and "nan" not in s.lower().split() for s in said)


def test_tables_carry_evidence_and_the_mark(country):
    for table in tables(dossier(country, 718)):
        assert table.synthetic
        for column in table.columns:
            if column.kind == "count" and column.key != "inhabitants":  # a published figure
                assert column.key in table.evidence, (table.key, column.key)


def test_a_name_cannot_inject_anything_into_the_page(country):
    from dataclasses import replace

    table = country.table.copy()
    table.loc[718, "name"] = '<script>alert(1)</script>"&'
    page = dossier_page(dossier(replace(country, table=table), 718))
    assert "<script>alert" not in page


def test_the_gap_of_a_sample_grows_with_what_a_household_stands_for():
    from verdeelmodel.explain.residual import Spread

    spread = Spread(np.array([1]), np.array([10.0]), np.array([14.0]), np.array([3.0]), np.array([1.0]))
    larger = spread.standing_for(20.0)
    assert larger.actual[0] - larger.expected[0] == pytest.approx(80)
    assert [float(p[0]) for p in larger.parts()] == pytest.approx([20 * float(p[0]) for p in spread.parts()])
