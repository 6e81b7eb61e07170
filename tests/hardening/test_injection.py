"""Names that are formulas, markup, commands or signs go through every verb and every output without harm."""

import csv
import json
import re
import shutil

import html5lib
import numpy as np
import openpyxl
import pytest

from tests.cli.running import verdeelmodel
from tests.small_country import GEMEENTEN, YEARS, small_country
from verdeelmodel.cli.main import VERBS
from verdeelmodel.population.meta import PopulationMeta
from verdeelmodel.population.writer import PopulationWriter

HOSTILE = (
    '=HYPERLINK("http://kwaad.example","klik")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+31\t-2\u202egnp.exe",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "Robert'); DROP TABLE gemeenten;--\x1b[2J\u200b",
    "../../" + "x" * 300 + "\"'><svg/onload=alert(1)>",
)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
RUNS = re.compile(r"[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?%?( \*{1,3})?")
SCENARIO = "name: '=1+1 <script>alert(1)</script>'\nbase: 2022\nmacrobudget: +5%\n"
KENMERK = """
- kenmerk: kwaad
  label: "=1+1<script>alert(1)</script>"
  thema: "<b>thema</b>"
  eenheid: huishouden
  soort: ja_nee
  theorie: "@SUM(1)"
  verwacht_teken: "+"
  beinvloedbaar: nee
  any_of: [wajong_in_huishouden]
"""
# What each verb is asked; LAND is the population with hostile names, OUT a new folder. A verb that is not here fails.
ASKED = {
    "demo": None,
    "params": None,
    "selftest": None,
    "population": [("population", "check", "--population", "LAND"), ("population", "info", "--population", "LAND")],
    "kenmerken": [("kenmerken", "compute", "has_children", "--population", "LAND", "--out", "OUT")],
    "fit": [("fit", "--population", "LAND", "--years", "2020", "--kenmerken-file", "KENMERK", "--out", "OUT")],
    "allocate": [("allocate", "--population", "LAND", "--out", "OUT")],
    "select": [("select", "--population", "LAND", "--number", "2", "--out", "OUT")],
    "compare": [("compare", "--population", "LAND", "--out", "OUT")],
    "assess": [("assess", "diabetes_in_huishouden", "--population", "LAND", "--years", "2020", "--out", "OUT")],
    "scenario": [("scenario", "run", "SCENARIO", "--population", "LAND", "--intervals", "0", "--out", "OUT")],
    "explain": [("explain", "GM0014", "--population", "LAND", "--out", "OUT")],
    "profile": [("profile", "--population", "LAND", "--gemeente", "GM0014", "--out", "OUT")],
    "reintegration": [("reintegration", "outcomes", "--population", "LAND", "--out", "OUT")],
    "report": [("report", "RUN", "--out", "OUT"), ("report", "--population", "LAND", "--out", "OUT")],
    "release": [("release", "RUN", "--out", "OUT")],
    "verify": [("verify", "RUN")],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the population, a scenario, a file of kenmerken and a run, all with hostile names."""
    folder = tmp_path_factory.mktemp("kwaad")
    country = small_country()
    names = dict(zip(GEMEENTEN, HOSTILE, strict=True))
    meta = PopulationMeta("<script>alert(1)</script> =1+1", True, YEARS[-1], tuple(YEARS), seed=1)
    with PopulationWriter(folder / "land", meta) as writer:
        for year in country.years:
            writer.households(year, country.households(year))
        for name in country.tables():
            table = country.table(name)
            if name == "gemeenten":
                table = table.assign(name=[names[int(g)] for g in table["gemeente"]])
            writer.table(name, table)
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "kenmerk.yaml").write_text(KENMERK, encoding="utf-8")
    done = verdeelmodel("allocate", "--population", "land", "--out", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def words_of(asked, out):
    known = {"LAND": "land", "OUT": out, "RUN": "run", "SCENARIO": "scenario.yaml", "KENMERK": "kenmerk.yaml"}
    return [known.get(word, word) for word in asked]


def test_every_verb_is_asked():
    assert set(ASKED) == set(VERBS)


@pytest.mark.slow
@pytest.mark.parametrize("verb", [verb for verb, asked in ASKED.items() if asked])
@pytest.mark.parametrize("json_asked", [False, True], ids=["terminal", "json"])
def test_hostile_names_do_no_harm_in_any_output(place, verb, json_asked):
    before = {p for p in place.rglob("*") if p.is_file()}
    for asked in ASKED[verb]:
        words = words_of(asked, "uit")
        done = verdeelmodel(*words, *(["--json"] if json_asked else []), cwd=place)
        told = done.stdout + done.stderr
        assert done.returncode in (0, 1), told
        assert "Traceback" not in told
        assert "Onverwacht" not in told
        assert not STEERING.search(told), asked
        if json_asked and done.returncode == 0:
            json.loads(done.stdout)
        for path in (p for p in (place / "uit").rglob("*") if p.is_file()):
            fail_if_harmful(path)
        shutil.rmtree(place / "uit", ignore_errors=True)
        assert {p for p in place.rglob("*") if p.is_file()} == before


def fail_if_harmful(path):
    """Each format in its own way: cells that run, markup that is not text, formulas, names that leave the folder."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    assert len(cell) < 2 or not RUNS.match(cell) or NUMBER.fullmatch(cell), (path.name, cell[:40])
    elif path.suffix in (".html", ".svg"):
        content = path.read_text(encoding="utf-8")
        assert "<script>alert" not in content, path.name
        assert "<svg/onload" not in content, path.name
        assert "<img" not in content, path.name
        if path.suffix == ".html":
            html5lib.HTMLParser(strict=True).parse(content)
    elif path.suffix == ".xlsx":
        for sheet in openpyxl.load_workbook(path).worksheets:
            kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
            assert "f" not in kinds, (path.name, sheet.title)
    elif path.suffix == ".json":
        json.loads(path.read_text(encoding="utf-8"))
    assert ".." not in path.parts


def test_the_check_sees_what_it_is_there_to_see(tmp_path):
    for name, content in (("a.csv", 'naam\n"=1+1"\n'), ("a.html", "<p><script>alert(1)</script></p>")):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(AssertionError):
            fail_if_harmful(tmp_path / name)
    assert NUMBER.fullmatch(str(np.float64(-1.5e-7)))
