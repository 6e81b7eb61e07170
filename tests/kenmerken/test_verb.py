"""`verdeelmodel kenmerken`: what a user sees."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.cli.running import verdeelmodel
from tests.small_country import small_country, write_small_country
from verdeelmodel.kenmerken import registry
from verdeelmodel.kenmerken.catalogue import chosen, list_kenmerken, used_by
from verdeelmodel.kenmerken.figures import histogram, kenmerken_table
from verdeelmodel.law.weights import COMPONENTS, weights
from verdeelmodel.population.population import MemoryPopulation
from verdeelmodel.population.writer import PopulationWriter
from verdeelmodel.table import Evidence, NotApplicable


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_small_country(tmp_path_factory.mktemp("land") / "klein")


def rows(*arguments):
    done = verdeelmodel("kenmerken", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["tables"]


def test_list_by_model_year_is_what_the_law_publishes():
    found = {r["kenmerk"] for r in rows("list", "--model", "2024")["kenmerken"]["rows"]}
    law = {k for c in COMPONENTS for k in weights(2024, c).kenmerken}
    law |= {r.kenmerk for c in COMPONENTS for r in weights(2024, c).references}
    assert found == law


def test_wishes_narrow_the_list_down():
    assert len(chosen()) == len(registry())
    some = chosen(eenheid="gemeente", beinvloedbaar="deels", thema="arbeidsmarkt")
    assert all(k.eenheid == "gemeente" and k.beinvloedbaar == "deels" for k in some)
    assert {k.key for k in chosen(search="schuld GEZONDHEID")} >= {"multi_debt_health"}
    assert len(list_kenmerken(chosen(search="niets dat bestaat"))) == 0


def test_a_wish_that_no_kenmerk_can_fit_is_refused_with_all_others():
    done = verdeelmodel("kenmerken", "list", "--model", "2021", "--thema", "xyz", "--eenheid", "land")
    assert done.returncode == 1
    assert all(option in done.stderr for option in ("--model", "--thema", "--eenheid"))


def test_show_has_definition_tree_use_and_distribution(folder):
    tables = rows("show", "combo_hci_low_x_health_problems", "--population", folder)
    facts = {r["fact"]: r["value"] for r in tables["kenmerk"]["rows"]}
    assert facts["Berekening"] == "hci_low & gezondheidsproblemen"
    assert facts["In volumemodel"] == "2019-2026"
    assert "   hci_1" in [r["name"] for r in tables["afhankelijkheden"]["rows"]]
    assert sum(r["gemeenten"] for r in tables["verdeling"]["rows"]) == len(small_country().gemeenten(2019))


def test_show_takes_a_label_and_suggests_names(folder):
    assert rows("show", "lage hci in huishouden", "--population", folder)["kenmerk"]["title"].startswith("hci_low")
    done = verdeelmodel("kenmerken", "show", "hci_lov", "--population", folder)
    assert done.returncode == 1
    assert "hci_low" in done.stderr


def test_show_without_the_columns_still_tells_what_the_kenmerk_is(tmp_path):
    country = small_country()
    poor = tmp_path / "arm"
    with PopulationWriter(poor, replace(country.meta, years=(2019,))) as writer:
        writer.households(2019, {n: v for n, v in country.households(2019).items() if n != "hci_3"})
        for name in ("gemeenten", "buurten"):
            writer.table(name, country.table(name))
    done = verdeelmodel("kenmerken", "show", "hci_low", "--population", poor)
    assert done.returncode == 0
    assert "Lage HCI" in done.stdout
    assert "hci_3" in done.stderr


def test_compute_writes_a_run_with_the_households_behind_each_figure(folder, tmp_path):
    run = tmp_path / "cijfers"
    done = verdeelmodel("kenmerken", "compute", "hci_low", "oad", "--population", folder, "--out", run)
    assert done.returncode == 0, done.stderr
    assert (run / "kenmerken_gemeente.csv").exists()
    assert verdeelmodel("verify", run).returncode == 0


@pytest.mark.parametrize("eenheid", ["gemeente", "wijk", "buurt"])
def test_figures_per_area_carry_code_and_evidence(eenheid):
    table = kenmerken_table(small_country(), ["hci_low"], eenheid, [2019])
    assert table.values["code"][0] in ("GM0014", "WK001400", "BU00140000")
    raw = small_country().households(2019)
    first = int(table.values["code"][0][2:])
    here = raw[{"gemeente": "gemeente"}.get(eenheid, "buurt")] // (100 if eenheid == "wijk" else 1) == first
    low = here & np.any([raw[f"hci_{i}"] == 1 for i in (1, 2, 3)], axis=0)
    assert table.evidence["hci_low"][0] == Evidence(count=here.sum(), numerator=low.sum(), denominator=here.sum())
    assert table.column("hci_low").kind == "share"


def test_evidence_is_the_smallest_of_the_years_and_of_what_a_figure_stands_on():
    keys = ["long_term_bijstand_5y", "multi_debt_health", "oad", "aandeel_medicine_groups"]
    table = kenmerken_table(small_country(), keys, "gemeente", [2018, 2019], 2022)
    long, debt, density, groups = (next(iter(table.evidence[key])) for key in keys)
    raw = [small_country().households(y) for y in (2018, 2019)]
    here = [r["gemeente"] == 14 for r in raw]
    on = [(r["bijstand"] & h).sum() for r, h in zip(raw, here, strict=True)]
    five = [(r["bijstand"] & (r["bijstand_months"] > 60) & h).sum() for r, h in zip(raw, here, strict=True)]
    count = min(h.sum() for h in here)
    assert long == Evidence(count=count, numerator=min(five), denominator=min(on))
    assert debt.count == count
    assert 0 < debt.numerator < count
    assert density == Evidence(count=count), "the density of an area is about all households in it"
    assert groups == Evidence(count=count)


def test_evidence_counts_the_households_of_a_sample_and_not_their_weight():
    country = small_country()
    raw = country.households(2019)
    weighted = MemoryPopulation(
        country.meta,
        {2019: raw | {"weight": np.full(len(raw["ww"]), 20.0)}},
        {name: country.table(name) for name in ("gemeenten", "buurten")},
    )
    both = [kenmerken_table(p, ["student"], "gemeente", [2019]) for p in (country, weighted)]
    assert both[0].evidence == both[1].evidence
    assert both[0].values["student"] == pytest.approx(both[1].values["student"])


def test_a_figure_that_cannot_be_computed_is_not_applicable():
    declared = registry()["segregation_index_bijstand"]
    table = kenmerken_table(_without_bijstand(), [declared.key], "gemeente", [2019])
    assert all(isinstance(v, NotApplicable) for v in table.values[declared.key])
    empty = histogram([float("nan")] * 3, declared, small_country(), [2019])
    assert len(empty) == 0
    assert "geen waarde" in empty.notes[0]


def _without_bijstand():
    raw = small_country().households(2019)
    raw = raw | {"bijstand": np.zeros_like(raw["bijstand"])}
    tables = {name: small_country().table(name) for name in ("gemeenten", "buurten")}
    return MemoryPopulation(small_country().meta, {2019: raw}, tables)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hci_low", "--years", "1990"], "1990"),
        (["hci_low", "--years", "morgen"], "morgen"),
        (["hci_low", "--eenheid", "wijk", "--years", "2019,2020"], "één jaar"),
        (["hci_low", "--eenheid", "land"], "per gemeente, wijk of buurt"),
        (["wealth_single_above_limit", "--rules", "2021"], "2021"),
        (["bestaat_niet"], "bestaat niet"),
        (["oad", "--eenheid", "buurt"], "gemeente"),
        (["hci_low", "--kenmerken-file", "weg.yaml"], "weg.yaml"),
    ],
)
def test_a_wrong_request_is_a_clear_error(folder, arguments, message):
    done = verdeelmodel("kenmerken", "compute", *arguments, "--population", folder)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_stands_on_a_kenmerk():
    assert "combo_hci_low_x_health_problems" in used_by(registry()["hci_low"])
    assert "cheap_rental_housing_50" in used_by(registry()["huur_bekend"])
