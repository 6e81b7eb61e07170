"""Small tables of users: what is read, in whatever way it is written, and what is told when it cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verdeelmodel.errors import DataError
from verdeelmodel.population.cells import CellError, decimal_sign, integer, number
from verdeelmodel.population.csv_table import CsvColumn, read_csv_table

COLUMNS = (
    CsvColumn("gm_code", "gemeente"),
    CsvColumn("inhabitants", "integer", minimum=0),
    CsvColumn("objective", "number"),
    CsvColumn("lks", "number", required=False),
    CsvColumn("name", "text", required=False),
)
PLAIN = "gm_code,inhabitants,objective\nGM0014,230000,1234567.5\nGM0518,540000,7654321\n"


def read(folder, content, encoding="utf-8", **options):
    path = folder / "gemeenten_2024.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    options = {"key": ["gm_code"], "division": 2024, **options}
    return read_csv_table(path, COLUMNS, **options)


def refused(folder, content, **options):
    with pytest.raises(DataError) as error:
        read(folder, content, **options)
    return str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        "\ufeff" + PLAIN,
        PLAIN.replace(".", "§").replace(",", ";").replace("§", ","),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("gm_code", " GM Code ").replace("inhabitants", "INHABITANTS"),
        PLAIN.replace("GM0014", "14").replace("GM0518", "gm0518  "),
        PLAIN.replace("GM0014", '"GM0014"') + "\n,,\n\n",
        "gm_code;inhabitants;objective;\nGM0014;230.000;1.234.567,50;\nGM0518;540.000;7.654.321;\n",
        'gm_code,inhabitants,objective\n14,"230,000","1,234,567.50"\n518,"540,000",7654321\n',
        'gm_code,inhabitants,objective\n14,230000,"1234567,50"\n518,540000,"7654321,00"\n',
    ],
)
def test_the_same_table_in_twelve_spellings(tmp_path, content):
    frame = read(tmp_path, content)
    assert list(frame.columns) == ["gm_code", "inhabitants", "objective"]
    assert frame["gm_code"].tolist() == [14, 518]
    assert frame["gm_code"].dtype == np.int16
    assert frame["inhabitants"].tolist() == [230_000, 540_000]
    assert frame["objective"].tolist() == [1_234_567.5, 7_654_321.0]
    assert frame.index.tolist() == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_in_every_encoding_a_spreadsheet_writes(tmp_path, encoding):
    frame = read(tmp_path, "gm_code,inhabitants,objective,name\n1900,90000,1,Súdwest-Fryslân\n", encoding)
    assert frame["name"].tolist() == ["Súdwest-Fryslân"]


def test_an_empty_cell_that_is_allowed_is_missing(tmp_path):
    frame = read(tmp_path, "gm_code,inhabitants,objective,lks\n14,1,2,\n518,1,2,3\n")
    assert np.isnan(frame["lks"].iloc[0])
    assert frame["lks"].iloc[1] == 3


def test_all_problems_at_once_each_with_line_and_column(tmp_path):
    rows = 'GM0014,"31.204,0",1.5\nGM0017,100,2.5\nGM0518,-3,x\nGM0014,5,\n'
    message = refused(tmp_path, "gm_code,inhabitants,objective\n" + rows)
    assert "6 problemen in gemeenten_2024.csv" in message
    assert 'regel 2, kolom inhabitants: "31.204,0" is geen getal' in message
    assert "bedoelt u 31204?" in message
    assert "regel 3, kolom gm_code: GM0017 bestaat niet in de indeling van 2024; opgegaan in GM0014" in message
    assert "regel 4, kolom inhabitants: -3 is lager dan 0" in message
    assert 'regel 4, kolom objective: "x" is geen getal' in message
    assert "regel 5, kolom objective: de cel is leeg" in message
    assert "regel 5: GM0014 staat ook al op regel 2" in message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "leeg"),
        ("\n \n", "leeg"),
        ("\ufeff", "leeg"),
        ("gm_code,inhabitants,objective\n", "geen rijen"),
        ("gm_code,inhabitants\n14,3\n", "kolom objective ontbreekt"),
        ("gm_code,inhabitants,objectiv\n14,3,4\n", "bedoelt u objective"),
        ("gm_code,inhabitants,objective,Objective\n14,3,4,5\n", "twee keer"),
        ("gm_code,,objective\n14,3,4\n", "kolom 2 heeft geen naam"),
        ("gm_code,inhabitants,objective\n14,3\n", "2 cellen"),
        ("gm_code,inhabitants,objective\n14,3,4,5\n", "4 cellen"),
        ('gm_code,inhabitants,objective\n14,"3,4\n', "geen gave tabel"),
        (b"PAR1\x00\x00\x01\x02", "geen tekst"),
        (b"\xff\xfea", "geen tekst"),
        ("gm_code,inhabitants,objective\nBU00140001,3,4\n", "gebiedscode"),
        ("gm_code,inhabitants,objective\nGM0013,3,4\n", "GM0014 (Groningen)"),
        ("gm_code,inhabitants,objective\n14,3.5,4\n", "geen geheel getal"),
        ("gm_code,inhabitants,objective\n14,3,NaN\n", "geen getal"),
        ("gm_code,inhabitants,objective\n14,3,€ 5\n", "bedoelt u 5?"),
        ("gm_code;inhabitants;objective\n14;3;12.345\n", "twee manieren"),
        ("gm_code;inhabitants;objective\n14;3;0,5\n518;3;0.5\n", "bedoelt u 0,5?"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, content, told):
    assert told in refused(tmp_path, content)


def test_unknown_columns_are_only_left_out_on_request(tmp_path):
    content = PLAIN.replace("objective\n", "objective,opmerking\n").replace("5\n", "5,x\n").replace("21\n", "21,y\n")
    assert "onbekend" in refused(tmp_path, content) or "opmerking" in refused(tmp_path, content)
    assert "opmerking" not in read(tmp_path, content, ignore_unknown=True)


@given(st.decimals(-(10**12), 10**12, places=4), st.sampled_from([",", "."]), st.booleans())
def test_a_number_written_in_either_notation_is_read_back(value, sign, grouped):
    english = f"{value:,.4f}" if grouped else f"{value:.4f}"
    cell = english.translate(str.maketrans(",.", ".,")) if sign == "," else english
    assert decimal_sign([cell]) == sign
    assert number(cell, sign) == value


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_a_cell_error(cell):
    for sign in (",", ".", None):
        try:
            integer(cell, sign)
        except CellError as error:
            assert error.found  # noqa: PT017


@pytest.mark.parametrize(("separator", "sign"), [(",", "."), (";", None), ("\t", None)])
def test_a_file_that_does_not_tell_its_notation(separator, sign):
    assert decimal_sign(["12.345", "7"], separator) == sign
    assert decimal_sign(["12.345", "0,5"], separator) == ","
