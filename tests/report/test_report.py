"""The report of the country: pages that are valid, safe and accessible, and the same figures in page, Excel and CSV."""

import io
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import html5lib
import openpyxl
import pandas as pd
import pytest

from tests.cli.running import verdeelmodel
from tests.report.browser import WITHOUT, chromium, measured, run_browser
from verdeelmodel.explain.country import ExplainOptions, explain_country
from verdeelmodel.explain.groups import study_groups
from verdeelmodel.record import verify
from verdeelmodel.report.dossier_page import dossier_page
from verdeelmodel.report.national import alphabetical, national_report
from verdeelmodel.report.sentences import findings, since_sentences
from verdeelmodel.report.workbook import FIRST_ROW, sheet_names, workbook
from verdeelmodel.scenario.since import since_last_year
from verdeelmodel.synthetic import default_population
from verdeelmodel.table import Column, NotApplicable, Table

pytestmark = pytest.mark.slow
# Few households and a historical budget; an apostrophe; a tekort; an accent; the largest; a small historical one.
KINDS = {
    88: "Schiermonnikoog",
    96: "Vlieland",
    518: "'s-Gravenhage",
    80: "Leeuwarden",
    1900: "Súdwest-Fryslân",
    363: "Amsterdam",
}
# The width of a screen, of a phone, and of A4 within its margins, in CSS pixels.
DESKTOP, PHONE, PAPER = 1200, 500, 680


@pytest.fixture(scope="module")
def made():
    population = default_population()
    country = explain_country(population, ExplainOptions(), groups=study_groups(population))
    return national_report(country, since=since_last_year(population, country.year))


@pytest.fixture(scope="module")
def pages(made):
    found = {KINDS[d.gemeente]: dossier_page(d, "index.html", made.since) for d in made.dossiers if d.gemeente in KINDS}
    return {**found, "index": made.index_page(made.dossiers), "landelijk": made.national_page()}


def elements(page, tag):
    return html5lib.parse(page, namespaceHTMLElements=False).iter(tag)


def test_pages_are_strict_html_without_any_request(pages):
    for name, page in pages.items():
        html5lib.HTMLParser(strict=True).parse(page)
        policies = [e.get("content") for e in elements(page, "meta") if e.get("http-equiv")]
        assert len(policies) == 1
        assert policies[0].startswith("default-src 'none'"), name
        assert not re.search(r"https?://(?!www\.w3\.org)", page), name
        assert "SYNTHETISCH" in page, name
        assert len(page.encode()) < 1_500_000, name


def test_pages_can_be_read_aloud(pages):
    for name, page in pages.items():
        tree = html5lib.parse(page, namespaceHTMLElements=False)
        assert tree.get("lang") == "nl", name
        assert tree.find("head/title").text, name
        levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch(r"h[1-6]", str(e.tag))]
        assert levels[0] == 1
        assert levels.count(1) == 1, name
        assert all(after - before <= 1 for before, after in pairwise(levels)), name
        assert len(list(tree.iter("main"))) == 1
        assert all(e.get("scope") in ("col", "row") for e in tree.iter("th")), name
        assert all(table.find("caption") is not None for table in tree.iter("table")), name
        identifiers = [e.get("id") for e in tree.iter() if e.get("id")]
        assert len(identifiers) == len(set(identifiers)), name
        headings = ["".join(e.itertext()) for e in tree.iter("h2")]
        regions = [e.get("aria-label") for e in tree.iter("div") if e.get("role") == "region"]
        assert len({*headings, *regions}) == len(headings) + len(regions), name
        for drawing in tree.iter("{http://www.w3.org/2000/svg}svg"):
            assert drawing.get("role") == "img"
            spoken = drawing.get("aria-labelledby").split()
            assert set(spoken) <= set(identifiers), name
        for link in tree.iter("a"):
            target = link.get("href")
            assert not target.startswith("#") or target[1:] in identifiers, (name, target)
            assert "".join(link.itertext()).strip(), name


def test_a_dossier_tells_what_changed_and_what_is_unusual(made, pages):
    for d in made.dossiers:
        if d.gemeente not in KINDS:
            continue
        page = pages[KINDS[d.gemeente]]
        anchors = [e.get("id") for e in elements(page, "h2")]
        assert {"toeval", "toedeling", "verandering", "bijzonder", "grenzen"} <= set(anchors), d.name
        change = made.since.change(d.code)
        assert f"€\u00a0{change.end:,}".replace(",", ".") in page, d.name
        figures = [e.text for e in elements(page, "{http://www.w3.org/2000/svg}title") if e.get("id")]
        assert any("voorspelde kans, alle" in t for t in figures), (d.name, figures)


def test_every_sentence_of_every_dossier_is_filled_in(made):
    for d in made.dossiers:
        for said in [*findings(d), *since_sentences(d, made.since)]:
            assert "{" not in said, (d.name, said)
            assert not {"nan", "inf", "None"} & set(re.findall(r"\w+", said)), (d.name, said)


def test_what_is_not_known_of_the_year_before_is_said(made):
    page = dossier_page(made.dossiers[0], since=NotApplicable("er geen jaar voor 2017 is"))
    assert "er geen jaar voor 2017 is" in page
    assert 'id="verandering"' in page
    assert "verandering" not in [e.get("id") for e in elements(dossier_page(made.dossiers[0]), "h2")]


def test_every_gemeente_is_on_the_index_in_the_order_of_the_alphabet(made, pages):
    links = [e.get("href") for e in elements(pages["index"], "a") if e.get("href").startswith("GM")]
    assert sorted(links) == sorted(f"{d.code}.html" for d in made.dossiers)
    names = ["".join(e.itertext()) for e in elements(pages["index"], "a") if e.get("href").startswith("GM")]
    assert names == sorted(names, key=alphabetical)
    assert [alphabetical(n) for n in ("'s-Gravenhage", "Súdwest-Fryslân")] == ["gravenhage", "sudwest-fryslan"]


def test_the_workbook_holds_the_numbers_of_the_tables(made):
    book = openpyxl.load_workbook(io.BytesIO(made.workbook()), read_only=False)
    names = sheet_names([t.key for t in made.tables])
    assert book.sheetnames == names
    assert names[-1] == "Verantwoording"
    for name, table in zip(names, made.tables, strict=True):
        sheet = book[name]
        assert sheet.freeze_panes == f"B{FIRST_ROW + 2}"
        assert sheet.cell(2, 1).value == "SYNTHETISCH"
        assert [c.value for c in sheet[FIRST_ROW + 1][: len(table.columns)]] == [c.label for c in table.columns]
        for at in (0, len(table) // 2, len(table) - 1):
            for column, c in enumerate(table.columns):
                cell = sheet.cell(FIRST_ROW + 2 + at, column + 1).value
                value = table.values[c.key][at]
                if isinstance(value, NotApplicable):
                    assert cell == "n.v.t."
                elif c.kind == "percentage_points":
                    assert cell == pytest.approx(100 * value)
                elif isinstance(value, int | float):
                    assert cell == pytest.approx(value)
                else:
                    assert (cell or "") == str(value)


def test_a_name_that_looks_like_a_formula_stays_text():
    table = Table("=1+1", "=HYPERLINK()", (Column("naam", "=A1"),), {"naam": ["=1+1", "@SUM(A1)", "+31", "-2"]})
    book = openpyxl.load_workbook(io.BytesIO(workbook([table, table])))
    assert len(set(book.sheetnames)) == 2
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    place = tmp_path_factory.mktemp("verslag")
    done = verdeelmodel("report", "--gemeente", "Groningen", "--gemeente", "518", "--out", place / "v", "--quiet")
    assert done.returncode == 0, done.stderr
    return place / "v"


def test_page_excel_and_csv_show_the_same_figures(run):
    assert verify(run).ok
    csv = pd.read_csv(run / "all_years.csv")
    row = csv[(csv.gm_code == "GM0014") & (csv.year == 2020)].iloc[0]
    page = (run / "GM0014.html").read_text(encoding="utf-8")
    assert f"€\u00a0{int(row.budget):,}".replace(",", ".") in page
    assert f"{100 * row.saldo:.1f}%".replace(".", ",") in page
    sheet = openpyxl.load_workbook(run / "werkboek.xlsx")["Gemeenten per jaar"]
    header = [c.value for c in sheet[FIRST_ROW + 1]]
    found = [
        dict(zip(header, values, strict=True))
        for values in sheet.iter_rows(min_row=FIRST_ROW + 2, max_row=FIRST_ROW + 1 + len(csv), values_only=True)
    ]
    same = next(r for r in found if r["Code"] == "GM0014" and r["Jaar"] == "2020")
    assert same["Budget"] == row.budget
    assert same["Saldo"] == pytest.approx(row.saldo)


def test_only_the_gemeenten_that_were_asked_for(run):
    assert sorted(p.name for p in run.glob("GM*.html")) == ["GM0014.html", "GM0518.html"]
    links = [e.get("href") for e in elements((run / "index.html").read_text(encoding="utf-8"), "a")]
    assert {link for link in links if link.startswith("GM")} == {"GM0014.html", "GM0518.html"}


def test_a_run_as_page_and_workbook(tmp_path):
    made = verdeelmodel("params", "show", "vangnet", "2025", "--out", tmp_path / "p", "--quiet")
    assert made.returncode == 0, made.stderr
    done = verdeelmodel("report", tmp_path / "p", "--out", tmp_path / "v")
    assert done.returncode == 0, done.stderr
    html5lib.HTMLParser(strict=True).parse((tmp_path / "v" / "verslag.html").read_text(encoding="utf-8"))
    assert "Verantwoording" in openpyxl.load_workbook(tmp_path / "v" / "werkboek.xlsx").sheetnames
    refused = verdeelmodel("report", tmp_path / "p", "--gemeente", "Groningen")
    assert refused.returncode == 1
    assert "--gemeente" in refused.stderr


def test_a_run_that_was_changed_is_refused(tmp_path):
    verdeelmodel("params", "show", "vangnet", "2025", "--out", tmp_path / "p", "--quiet")
    (tmp_path / "p" / "values.csv").write_text("anders", encoding="utf-8")
    done = verdeelmodel("report", tmp_path / "p", "--out", tmp_path / "v")
    assert done.returncode == 1
    assert not (tmp_path / "v").exists()


@pytest.mark.skipif(chromium() is None, reason=WITHOUT)
@pytest.mark.parametrize(("width", "printed"), [(DESKTOP, False), (PHONE, False), (PAPER, True)])
def test_pages_fit_in_a_browser(pages, tmp_path, width, printed):
    for name, page in pages.items():
        found = measured(page.replace("@media print{", "@media all{") if printed else page, tmp_path, width)
        assert found["scroll"] <= found["width"] + 1, (name, found["wide"])
        assert found["wide"] == [], name
        assert found["crossing"] == [], name
        assert found["outside"] == [], name
        assert found["contrast"] == [], name
        assert width == PHONE or found["sideways"] == [], name
        assert found["buttons"] > 0, name


@pytest.mark.skipif(chromium() is None, reason=WITHOUT)
def test_a_dossier_prints_on_paper(pages, tmp_path):
    for name in ("Leeuwarden", "landelijk"):
        (tmp_path / "p.html").write_text(pages[name], encoding="utf-8")
        run_browser(
            tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'p.pdf'}", (tmp_path / "p.html").as_uri()
        )
        printed = (tmp_path / "p.pdf").read_bytes()
        boxes = set(re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", printed))
        assert printed.startswith(b"%PDF")
        assert boxes
        for wide, high in boxes:
            assert float(wide) == pytest.approx(595, abs=2)
            assert float(high) == pytest.approx(842, abs=2)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine; it reads the workbook")
def test_libreoffice_reads_the_workbook_as_it_is(run, tmp_path):
    profile = f"-env:UserInstallation={(tmp_path / 'profiel').as_uri()}"
    converted = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        converted,
        "--outdir",
        str(tmp_path),
        str(run / "werkboek.xlsx"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    sheet = next(Path(tmp_path).glob("*Gemeenten per jaar.csv"))
    frame = pd.read_csv(sheet, skiprows=FIRST_ROW, thousands=None, nrows=len(pd.read_csv(run / "all_years.csv")))
    csv = pd.read_csv(run / "all_years.csv")
    assert frame["Budget"].astype(float).tolist() == csv["budget"].astype(float).tolist()
