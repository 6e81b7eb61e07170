"""The one result table: it refuses what is wrong, and shows every number as its reader expects."""

from enum import StrEnum

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.examples import example_table
from verdeelmodel.table import (
    P_VALUE,
    Column,
    Evidence,
    Kind,
    NotApplicable,
    Table,
    format_cell,
    format_number,
    frame_values,
)

COLUMNS = (Column("naam", "Naam"), Column("saldo", "Saldo", "share"))


def small(**changes: object) -> Table:
    arguments = {"key": "k", "title": "t", "columns": COLUMNS, "values": {"naam": ["a", "b"], "saldo": [0.1, 0.2]}}
    return Table(**{**arguments, **changes})


@pytest.mark.parametrize(
    ("kind", "value", "dutch", "english"),
    [
        ("count", 1234567, "1.234.567", "1,234,567"),
        ("number", -0.004, "0,00", "0.00"),
        ("number", 1234.565, "1.234,57", "1,234.57"),
        ("euro", -1234567.4, "-€\u00a01.234.567", "-€\u00a01,234,567"),
        ("euro", -0.4, "€\u00a00", "€\u00a00"),
        ("share", 0.0934, "9,3%", "9.3%"),
        ("share", -0.00001, "0,0%", "0.0%"),
        ("percentage_points", -0.0125, "-1,2", "-1.2"),
    ],
)
def test_numbers_as_a_reader_sees_them(kind: Kind, value: float, dutch: str, english: str) -> None:
    assert format_number(value, kind, lang="nl") == dutch
    assert format_number(value, kind, lang="en") == english


@given(st.floats(-1e8, 1e8), st.sampled_from(["count", "number", "euro", "percentage_points"]), st.integers(0, 4))
def test_a_shown_number_reads_back_to_what_was_rounded(value: float, kind: Kind, decimals: int) -> None:
    shown = format_number(value, kind, decimals, "nl").replace("€\u00a0", "").replace(".", "").replace(",", ".")
    scale = 100 if kind == "percentage_points" else 1
    assert float(shown) == pytest.approx(value * scale, abs=0.5 * 10**-decimals + 1e-6)
    assert not shown.startswith("-") or float(shown) < 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": {"naam": ["a"], "saldo": [0.1, 0.2]}}, "unequal length"),
        ({"values": {"naam": ["a", "b"]}}, "differ"),
        ({"columns": (*COLUMNS, COLUMNS[0])}, "differ"),
        ({"values": {"naam": ["a", "b"], "saldo": [0.1, float("nan")]}}, "NotApplicable"),
        ({"values": {"naam": ["a", "b"], "saldo": [0.1, np.float32("inf")]}}, "NotApplicable"),
        ({"values": {"naam": ["a", None], "saldo": [0.1, 0.2]}}, "NotApplicable"),
        ({"evidence": {"saldo": [None]}}, "unequal length"),
        ({"evidence": {"elders": [None, None]}}, "evidence for columns"),
    ],
)
def test_a_table_refuses_what_is_wrong(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small(**changes)


class Soort(StrEnum):
    EEN = "een"


def test_cells_of_numpy_and_enumerations_become_plain() -> None:
    table = small(values={"naam": [Soort.EEN, np.str_("b")], "saldo": [np.float32(0.5), np.int16(3)]})
    assert [type(v) for v in table.values["naam"]] == [str, str]
    assert [type(v) for v in table.values["saldo"]] == [float, int]


def test_the_frame_has_full_precision_and_gaps_for_what_is_not_applicable() -> None:
    frame = example_table().to_frame()
    assert frame["saldo"].tolist() == [0.1 + 0.2, -1 / 3, 5e-324]
    assert pd.isna(frame["huishoudens"][2])


def test_values_of_a_frame_make_a_table() -> None:
    frame = pd.DataFrame({"naam": ["a", "b"], "saldo": np.array([0.1, 0.2])})
    assert small(values=frame_values(frame, COLUMNS)) == small()


def test_selecting_rows_takes_evidence_and_emphasis_along() -> None:
    chosen = example_table().select([1, 0])
    assert chosen.values["naam"] == ("Súdwest-Fryslân", "Groningen")
    assert chosen.evidence["saldo"] == [None, Evidence(count=12, largest=(1.0, 0.5), total=3.0)]
    assert chosen.emphasis == {(0, "saldo")}


def test_a_table_reads_as_text_with_the_reason_nowhere_lost() -> None:
    shown = str(small(values={"naam": ["a", "b"], "saldo": [0.5, NotApplicable("er geen budget is")]}))
    assert shown.splitlines() == ["Naam   Saldo", "a      50,0%", "b     n.v.t."]
    assert str(NotApplicable("er geen budget is")) == "n.v.t., omdat er geen budget is"


def test_a_small_p_value_is_never_shown_as_zero() -> None:
    column = Column("p", "p", "number", unit=P_VALUE)
    assert [format_cell(p, column, "nl") for p in (0.0, 0.00004, 0.0001, 0.03125, 1.0)] == [
        "<0,0001",
        "<0,0001",
        "0,0001",
        "0,0312",
        "1,0000",
    ]
    assert format_cell(0.0004, Column("p", "p", "number", unit=P_VALUE, decimals=3), "en") == "<0.001"
