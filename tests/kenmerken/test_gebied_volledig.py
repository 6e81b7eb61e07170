"""Nothing is missing: every area kenmerk of the models, the shortlist and earlier research exists and computes."""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.small_country import small_country
from verdeelmodel.kenmerken import compute_buurten, compute_gemeenten
from verdeelmodel.kenmerken.plugins import read_file
from verdeelmodel.kenmerken.registry import builtin
from verdeelmodel.law.weights import indicators

ROOT = Path(__file__).parents[2]
WANTED = yaml.safe_load((Path(__file__).parent / "cases" / "volledig.yaml").read_text(encoding="utf-8"))
SHORTLIST = WANTED["shortlist"]
VARIANTS = [variant for entry in SHORTLIST.values() for variant in entry.get("variants", [])]
PAGE = (ROOT / "docs" / "kenmerken_gebied.md").read_text(encoding="utf-8")
OFFICIAL = {kenmerk: fact.level for (_, kenmerk), fact in indicators().items() if fact.level in ("gemeente", "buurt")}


def area_kenmerken():
    return sorted(k.key for k in builtin().values() if k.eenheid in ("gemeente", "buurt"))


def test_the_shortlist_has_37_characteristics_and_the_models_ten_of_areas():
    assert len(SHORTLIST) == 37
    assert len(OFFICIAL) == 10


@pytest.mark.parametrize("key", OFFICIAL)
def test_every_area_indicator_of_the_models_is_declared_at_its_level(key):
    assert builtin()[key].eenheid == OFFICIAL[key]
    assert (
        "niet" in PAGE[PAGE.index(f"`{key}`") :].split("\n")[0]
    )  # the page says that the official unit is not published


@pytest.mark.parametrize("key", SHORTLIST)
def test_every_characteristic_of_the_shortlist_is_declared_under_its_name(key):
    entry, declared = SHORTLIST[key], builtin()[key]
    assert declared.label == entry.get("label", entry["name"])
    assert declared.eenheid == entry.get("level", "gemeente")


@pytest.mark.parametrize("key", [*area_kenmerken(), *VARIANTS])
def test_what_is_declared_says_what_the_framework_needs(key):
    declared = builtin()[key]
    assert declared.label_en
    assert declared.definitie
    assert declared.theorie or declared.thema == "Geografisch"
    assert declared.reden


def test_every_area_kenmerk_computes_on_a_small_country():
    keys = [k for k in [*area_kenmerken(), *VARIANTS, "wage_cost_subsidies"] if builtin()[k].eenheid != "buurt"]
    frame = compute_gemeenten(small_country(), keys, rules_year=2022)
    assert frame.columns[frame.isna().any()].tolist() == []
    assert len(frame) == 6


def test_every_buurt_kenmerk_computes_and_reaches_the_gemeente_as_a_mean():
    keys = [k for k in area_kenmerken() if builtin()[k].eenheid == "buurt"]
    assert compute_buurten(small_country(), keys, 2019).notna().all().all()
    assert compute_gemeenten(small_country(), keys, [2019]).notna().all().all()


@pytest.mark.parametrize("key", [key for key, entry in SHORTLIST.items() if "bounded" in entry])
def test_values_lie_where_the_definition_puts_them(key):
    values = compute_gemeenten(small_country(seed=5), [key], [2018, 2019], 2022)[key]
    assert values.min() >= 0
    assert values.max() <= SHORTLIST[key]["bounded"]


@pytest.mark.parametrize("key", [*WANTED["model"].values(), *WANTED["tested_before"].values()])
def test_characteristics_of_the_model_and_of_earlier_research_exist(key):
    assert key in builtin()


def test_the_example_of_the_page_works_as_a_file_of_kenmerken(tmp_path):
    (tmp_path / "eigen.py").write_text(re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1], encoding="utf-8")
    known = builtin().extended(read_file(tmp_path / "eigen.py"))
    keys = ["banen_binnen_half_uur", "segregatie_huurtoeslag", "beschikbaarheid_zonder_grenspendel"]
    frame = compute_gemeenten(small_country(), keys, [2019], known=known)
    assert frame.notna().all().all()
    assert frame["segregatie_huurtoeslag"].between(0, 1).all()
    assert not np.allclose(frame["banen_binnen_half_uur"], frame["beschikbaarheid_zonder_grenspendel"])


def test_the_page_maps_every_area_kenmerk_to_the_function_that_computes_it():
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| `([\w.]+)` \|", PAGE, re.MULTILINE))
    assert sorted({*area_kenmerken(), *VARIANTS, *SHORTLIST} - set(rows)) == []
    for key, path in rows.items():
        module, _, function = path.rpartition(".")
        assert hasattr(importlib.import_module(f"verdeelmodel.kenmerken.{module}"), function), key
        assert builtin()[key].herkomst.endswith(module), key
