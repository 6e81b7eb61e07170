"""What the campaigns found, each as it was found and as it must be met since: refused, in words."""

import io
import re
import zipfile
from importlib.resources import files

import pytest
from openpyxl import Workbook

from fuzz.guard import Guard
from fuzz.targets import SHEET, TARGETS
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.model.national import parse_years
from verdeelmodel.model.spec import read_model
from verdeelmodel.scenario.starting import MOST_ROWS, rows_of

# The packaged profile with one rule left empty.
WITHOUT_EXTREMES = re.sub(
    rb"  extremes:\n(    .*\n)+", b"  extremes:\n", files("verdeelmodel.disclosure").joinpath("rules.yaml").read_bytes()
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("mapping", b"name: a\nyears: 1\n", id="a number where years were expected"),
        pytest.param("mapping", b"name: a\nyears: true\n", id="yes where years were expected"),
        pytest.param("scenario", f"name: a\nbase: {'x' * 300}\n".encode(), id="a base with a name too long for a file"),
        pytest.param("scenario", b'name: a\nbase: "x\\0"\n', id="a base with a NUL in its name"),
        pytest.param("model", b"name: a\nrules: x\n", id="rules that are no year"),
        pytest.param("model", b"name: a\nrules: [1]\n", id="rules that are a list"),
        pytest.param("model", b'name: a\nextends: "x\\0"\n', id="a model to extend with a NUL in its name"),
        pytest.param("model", "name: a\nextends: ²\n".encode(), id="a model to extend of a raised two"),
        pytest.param("model", b"name: a\nextends: " + b"9" * 5000 + b"\n", id="a year of five thousand digits"),
        pytest.param("excel", b"<worksheet", id="a sheet that breaks off"),
        pytest.param("csv", b"\n\n", id="a table of nothing but empty lines"),
        pytest.param("rules", WITHOUT_EXTREMES, id="a rule that is named and empty"),
        pytest.param("excel", b"<worksheet><sheetData><row r='x'><c/></row></sheetData></worksheet>", id="a row x"),
    ],
)
def test_it_is_refused(name, content, tmp_path):
    guard = Guard(TARGETS[name], tmp_path)
    guard.meet(content)
    assert (guard.findings, guard.refused) == ({}, 1)


def test_a_wrong_column_in_a_parquet_footer_does_not_end_the_process(tmp_path):
    """Asking pyarrow for the column itself did; here a column says that it may not be empty, and is told to be."""
    [sound] = TARGETS["parquet"].seeds()
    start = len(sound) - 8 - int.from_bytes(sound[-8:-4], "little")
    guard = Guard(TARGETS["parquet"], tmp_path)
    for place in range(start, len(sound) - 8):
        if sound[place - 1 : place + 1] == b"\x25\x02":  # field "repetition": optional becomes required
            guard.meet(sound[:place] + b"\x00" + sound[place + 1 :])
    assert guard.runs > 5
    assert guard.findings == {}


def test_a_model_named_by_a_raised_two_is_no_year():
    with pytest.raises(DataError):
        read_model("²")


def test_years_of_thousands_of_millennia_are_refused_before_they_are_counted():
    with pytest.raises(RequestError):
        parse_years("1-9999999999", (2020,))


def workbook(path, last_cell):
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B1"] = "path", "value"
    sheet[last_cell] = 1
    book.save(path)


@pytest.mark.parametrize("cell", [f"A{MOST_ROWS + 1}", "XFD2", "XFD1048576"])
def test_a_sheet_with_a_cell_far_away_is_refused_at_once(tmp_path, cell):
    workbook(tmp_path / "a.xlsx", cell)
    with pytest.raises(DataError, match="groter"):
        rows_of(tmp_path / "a.xlsx")


def test_a_workbook_that_unpacks_to_far_more_is_refused_unread(tmp_path):
    buffer = io.BytesIO()
    workbook(buffer, "A2")
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet9.xml", b" " * 60_000_000)
    (tmp_path / "a.xlsx").write_bytes(buffer.getvalue())
    assert len(buffer.getvalue()) < 200_000
    with pytest.raises(DataError, match="groter"):
        rows_of(tmp_path / "a.xlsx")


def test_entities_in_a_workbook_are_not_blown_up(tmp_path):
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % ((c + 1, *[c] * 10)) for c in range(97, 107)
    )
    guard = Guard(TARGETS["excel"], tmp_path)
    guard.meet(
        b"<?xml version='1.0'?>"
        + bomb
        + b"]><worksheet><sheetData><row r='1'><c t='str'><v>&k;</v></c></row></sheetData></worksheet>"
    )
    assert guard.findings == {}
    assert guard.refused == 1
    assert SHEET in zipfile.ZipFile(tmp_path / "scenario.xlsx").namelist()
