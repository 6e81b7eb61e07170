"""A kenmerk of one's own touches one file, and then takes part in every verb like a built-in one."""

import json
from textwrap import dedent

import pytest

from tests.cli.running import verdeelmodel
from tests.small_country import write_small_country

HOUSEHOLD = '''
from verdeelmodel.kenmerken import kenmerk


@kenmerk(thema="Eigen", label="Verdachte of gedetineerde in huishouden")
def eigen_huishouden(verdachte, gedetineerd):
    """At least one suspect or person in detention."""
    return verdachte | gedetineerd
'''
GEMEENTE = '''
from verdeelmodel.kenmerken import kenmerk


@kenmerk(thema="Eigen", label="Dichtheid in duizendtallen", eenheid="gemeente", soort="getal")
def eigen_gemeente(oad):
    """Address density in thousands."""
    return oad / 1000
'''
YAML = """
eigen_yaml:
  label: Alleenstaande zonder werk
  thema: Eigen
  eenheid: huishouden
  all_of: [household_single, {in_band: {of: working, below: 1}}]
"""
CASES = {
    "eigen_huishouden": ("eigen_huishouden.py", HOUSEHOLD, "huishouden"),
    "eigen_gemeente": ("eigen_gemeente.py", GEMEENTE, "gemeente"),
    "eigen_yaml": ("eigen.yaml", YAML, "huishouden"),
}
MODEL = """
name: Proef
rules: 2022
add: [benefit_survivors, hci_low, {key}]
price:
  add: [hci_low]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_small_country(tmp_path_factory.mktemp("land") / "klein")


@pytest.fixture(params=CASES)
def own(request, tmp_path):
    """The key of a kenmerk, its unit, and the one file that declares it."""
    name, source, unit = CASES[request.param]
    (tmp_path / name).write_text(source, encoding="utf-8")
    return request.param, unit, tmp_path / name


def tables(*arguments):
    done = verdeelmodel(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["tables"]


def test_it_is_in_the_list_and_can_be_shown(own, folder):
    key, _, file = own
    listed = tables("kenmerken", "list", "--thema", "Eigen", "--kenmerken-file", file)
    assert [r["kenmerk"] for r in listed["kenmerken"]["rows"]] == [key]
    shown = tables("kenmerken", "show", key, "--kenmerken-file", file, "--population", folder)
    assert sum(r["gemeenten"] for r in shown["verdeling"]["rows"]) == 6


def test_it_is_computed_per_gemeente_and_per_buurt(own, folder):
    key, unit, file = own
    common = ("--kenmerken-file", file, "--population", folder)
    rows = tables("kenmerken", "compute", key, *common)["kenmerken_gemeente"]["rows"]
    assert all(isinstance(r[key], float) for r in rows)
    done = verdeelmodel("kenmerken", "compute", key, "--eenheid", "buurt", *common)
    assert done.returncode == (0 if unit == "huishouden" else 1)


def test_it_is_estimated(own, folder, tmp_path):
    key, _, file = own
    model = tmp_path / "model.yaml"
    model.write_text(dedent(MODEL).replace("{key}", key), encoding="utf-8")
    run = tmp_path / "schatting"
    done = verdeelmodel("fit", "--model", model, "--kenmerken-file", file, "--population", folder, "--out", run)
    assert done.returncode == 0, done.stderr
    assert key in (run / "coefficients.csv").read_text(encoding="utf-8")


def test_it_is_assessed(own, folder, tmp_path):
    key, _, file = own
    model = tmp_path / "model.yaml"
    model.write_text(dedent(MODEL).replace(", {key}", ""), encoding="utf-8")
    asked = ("--model", model, "--kenmerken-file", file, "--population", folder, "--years", 2020)
    found = tables("assess", *asked)
    assert [r["key"] for r in found["scorecard"]["rows"]] == [key]


@pytest.mark.slow
def test_it_is_compared(own, tmp_path):
    key, _, file = own
    asked = ("--kenmerk", key, "--kenmerk", "hci_low", "--kenmerken-file", file, "--no-control")
    run = tmp_path / "vergelijking"
    done = verdeelmodel("compare", *asked, "--permutations", 99, "--draws", 99, "--out", run)
    assert done.returncode == 0, done.stderr
    assert key in (run / "regressions.csv").read_text(encoding="utf-8")
    assert str(file.name) in (run / "record.json").read_text(encoding="utf-8")
