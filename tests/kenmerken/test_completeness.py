"""Every indicator of the law, every row of the reports and every kenmerk computes, with the right unit and range."""

from pathlib import Path

import numpy as np
import pytest

from tests.small_country import small_country
from verdeelmodel.kenmerken import compute_buurten, compute_gemeenten, registry
from verdeelmodel.kenmerken.declare import formula
from verdeelmodel.kenmerken.page import catalogue_page, report_rows
from verdeelmodel.kenmerken.resolve import fail_if_unresolved
from verdeelmodel.law.weights import CONSTANT, indicators
from verdeelmodel.wording import text

RULES = 2022
# A household with a wage cost subsidy need not be on bijstand, so their ratio can exceed 1.
UNBOUNDED = ("wage_cost_subsidies",)
# Tables D.1, 3.2 and B.3 of SEO/Atlas (2022) have 71, 37 and 42 rows; the profile of ROA has five aspects.
ROWS = {"D.1": 71, "3.2": 37, "B.3": 42, "aspecten": 5}
KEYS = tuple(registry())
AREAS = tuple(k for k in KEYS if registry()[k].eenheid != "wijk")


@pytest.fixture(scope="module")
def small():
    return compute_gemeenten(small_country(), AREAS, None, RULES)


def test_every_definition_resolves():
    fail_if_unresolved(registry(), KEYS)


@pytest.mark.parametrize(
    ("component", "key"), [pair for pair, fact in indicators().items() if pair[1] != CONSTANT], ids=" ".join
)
def test_every_indicator_of_the_law_has_a_kenmerk_of_its_unit(component, key):
    assert registry()[key].eenheid == indicators()[component, key].level


def test_every_row_of_the_reports_is_covered_once():
    for table, rows in ROWS.items():
        assert [r.row for r in report_rows() if r.table == table] == list(range(1, rows + 1))


def test_a_row_without_kenmerk_says_why():
    without = [r for r in report_rows() if not r.kenmerken]
    assert [(r.table, r.row) for r in without] == [("B.3", 39)]
    assert all(r.reason for r in without)


@pytest.mark.parametrize("row", [r for r in report_rows() if r.kenmerken], ids=lambda r: f"{r.table}-{r.row}")
def test_every_row_of_the_reports_computes_per_gemeente(row, small):
    for key in row.kenmerken:
        assert small[key].notna().any(), key
        assert registry()[key].label


@pytest.mark.parametrize("key", KEYS)
def test_every_kenmerk_says_what_the_assessment_needs_to_know(key):
    declared = registry()[key]
    assert declared.thema
    assert declared.label
    assert declared.label_en
    assert declared.definitie.endswith(".")
    assert formula(declared)
    assert text(f"kenmerken.eenheid.{declared.eenheid}")
    if declared.beinvloedbaar != "nee":
        assert declared.reden


@pytest.mark.parametrize("key", AREAS)
def test_every_kenmerk_stays_within_the_range_of_its_kind(key, small):
    values = small[key].dropna()
    assert len(values)
    assert np.isfinite(values).all()
    if registry()[key].soort in ("ja_nee", "aandeel") and key not in UNBOUNDED:
        assert values.between(0, 1).all()


def test_buurt_kenmerken_compute_per_buurt():
    keys = [k for k in KEYS if registry()[k].eenheid == "buurt"]
    frame = compute_buurten(small_country(), keys, 2019, RULES)
    assert frame.notna().any().all()


def test_labels_are_unique_within_a_unit():
    labels = [(k.eenheid, k.label.casefold()) for k in registry().values()]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


def test_the_catalogue_page_is_made_from_the_declarations():
    """Remake it with `python -m verdeelmodel.kenmerken.page > docs/kenmerken.md`."""
    page = Path(__file__).parents[2] / "docs" / "kenmerken.md"
    assert page.read_text(encoding="utf-8") == catalogue_page()


@pytest.mark.slow
def test_every_kenmerk_computes_on_the_synthetic_netherlands():
    from verdeelmodel.synthetic import default_population

    frame = compute_gemeenten(default_population(), AREAS, None, RULES)
    assert frame.notna().mean().min() > 0.9
    shares = [k for k in AREAS if registry()[k].soort in ("ja_nee", "aandeel") and k not in UNBOUNDED]
    wrong = [k for k in shares if not frame[k].dropna().between(0, 1).all()]
    assert wrong == []
