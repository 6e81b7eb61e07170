"""Tables of one run beside each other: what is left out of one may not be worked out from the others."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verdeelmodel.disclosure.across import protect_across, read_across
from verdeelmodel.disclosure.profile import default_profile
from verdeelmodel.errors import RequestError
from verdeelmodel.record import new_run, read_run
from verdeelmodel.record.release import Choices, release
from verdeelmodel.table import Column, Evidence, Table

PROFILE = default_profile()


def table(key, names, name="gm_code", shares=None, **figures):
    """Counts with their households behind them, and shares with numerator and denominator."""
    columns = [Column(name, name, "code"), *(Column(k, k, "count") for k in figures)]
    behind = {k: [Evidence(count=abs(n)) for n in v] for k, v in figures.items()}
    values = {name: list(names), **figures}
    for share, (above, below) in (shares or {}).items():
        columns.append(Column(share, share, "share"))
        values[share] = [a / b for a, b in zip(above, below, strict=True)]
        behind[share] = [Evidence(numerator=a, denominator=b) for a, b in zip(above, below, strict=True)]
    return Table(key, key, tuple(columns), values, evidence=behind)


def run_of(folder, *tables):
    with new_run(folder / "run", verb="fit", options={}, inputs={}) as run:
        for each in tables:
            run.table(each)
    return read_run(folder / "run")


GEMEENTEN = ("GM0001", "GM0002", "GM0003", "GM0004")
SMALL = table("gemeenten", GEMEENTEN, bijstand=[4, 60, 25, 70])
CELL = ("gemeenten", 0, "bijstand")
# Tables beside SMALL from which its cell of four households follows.
TELLING = {
    "the same number": [table("ook", GEMEENTEN[:1], bijstand=[4])],
    "the same number under another name": [table("ook", GEMEENTEN, ontvangers=[4, 60, 25, 70])],
    "a total": [table("land", ["Nederland"], "land", bijstand=[159])],
    "a total of which a part is a sum": [
        table("land", ["Nederland"], "land", bijstand=[159]),
        table("groot", ["samen"], "groep", bijstand=[155]),
    ],
    "its buurten": [
        table("buurten", ["BU00010001", "BU00010002", "BU00020001", "BU00020002"], "code", bijstand=[2, 2, 30, 30]),
    ],
}  # fmt: skip
# Tables beside SMALL that tell nothing of its cell.
SILENT = {
    "other figures": table("anders", GEMEENTEN, studenten=[40, 61, 26, 71]),
    "another total": table("land", ["Nederland"], "land", bijstand=[163]),
    "other gemeenten": table("elders", ("GM0011", "GM0012"), bijstand=[90, 69]),
    "the same number by chance": table("jaren", ("2019", "2020"), "jaar", gemeenten=[159, 355]),
    "the others": table("ook", GEMEENTEN[1:], bijstand=[60, 25, 70]),
    "a share of a number that is nowhere": table("deel", GEMEENTEN, shares={"aandeel": ([40] * 4, [400, 90, 80, 70])}),
}


@pytest.mark.parametrize("beside", TELLING.values(), ids=TELLING)
def test_what_follows_from_other_tables_is_found(beside):
    found = protect_across(read_across([SMALL, *beside]), [CELL], [CELL], PROFILE, widen=False)
    assert found.open == (CELL,)


@pytest.mark.parametrize("beside", SILENT.values(), ids=SILENT)
def test_what_does_not_follow_is_not_flagged(beside):
    across = read_across([SMALL, beside])
    assert protect_across(across, [CELL], [CELL], PROFILE, widen=False).open == ()
    assert protect_across(across, [CELL], [CELL], PROFILE, widen=True).extra == frozenset()


def left(folder):
    """Per table and column which cells are empty in the export."""
    frames = {p.stem: pd.read_csv(p) for p in (folder / "export/tabellen").glob("*.csv") if p.stem.count(".") == 0}
    return {(name, c): frame[c].isna().tolist() for name, frame in frames.items() for c in frame.columns[1:]}


def test_a_total_in_another_table_gives_nothing_back(tmp_path):
    run = run_of(tmp_path, SMALL, table("land", ["Nederland"], "land", bijstand=[159]))
    release(run, tmp_path / "export", PROFILE, Choices(suppress=True))
    gone = left(tmp_path)
    assert gone["gemeenten", "bijstand"][0]
    assert sum(gone["gemeenten", "bijstand"]) >= 2 or gone["land", "bijstand"] == [True]
    decisions = json.loads((tmp_path / "export/verantwoording.json").read_text())["decisions"]
    assert any("andere tabellen" in d["verdict"] for d in decisions)


def test_without_suppression_a_table_that_is_left_behind_is_named_when_others_tell_it(tmp_path):
    parts = table("gemeenten", GEMEENTEN, man=[4, 60, 25, 70], vrouw=[30, 31, 32, 33])
    totals = table("totaal", GEMEENTEN, totaal=[34, 91, 57, 103])
    women = table("vrouwen", GEMEENTEN, vrouw=[30, 31, 32, 33])
    run = run_of(tmp_path, parts, totals, women)
    release(run, tmp_path / "los", PROFILE, Choices(without=("gemeenten", "totaal")))
    joined = table("samen", GEMEENTEN, totaal=[34, 91, 57, 103], vrouw=[30, 31, 32, 33], man=[4, 60, 25, 70])
    with pytest.raises(RequestError, match="is te herleiden uit"):
        release(
            run_of(tmp_path / "b", joined, totals, women), tmp_path / "export", PROFILE, Choices(without=("samen",))
        )


def test_the_same_number_is_left_out_wherever_it_stands(tmp_path):
    # In the second table nothing was told of the number but that its row as a whole is safe.
    twice = Table(
        "dubbel",
        "dubbel",
        (Column("gm_code", "gm_code", "code"), Column("bijstand", "bijstand", "count")),
        {"gm_code": list(GEMEENTEN), "bijstand": [4, 60, 25, 70]},
        evidence={"bijstand": [Evidence(count=500)] * 4},
    )
    release(run_of(tmp_path, SMALL, twice), tmp_path / "export", PROFILE, Choices(suppress=True))
    gone = left(tmp_path)
    assert gone["gemeenten", "bijstand"][0]
    assert gone["dubbel", "bijstand"][0]


def test_a_share_in_another_table_gives_no_number_back(tmp_path):
    """Of a number that is left out to protect another, the share and what it is a share of stay in another table."""
    counts = table("aantallen", [*GEMEENTEN, "NL"], bijstand=[4, 60, 25, 70, 159])
    shares = table(
        "aandelen",
        GEMEENTEN,
        shares={"aandeel": ([40, 60, 25, 70], [400, 300, 100, 700])},
        huishoudens=[400, 300, 100, 700],
    )
    both = table("beide", GEMEENTEN[1:], bijstand=[60, 25, 70], huishoudens=[300, 100, 700])
    release(run_of(tmp_path, counts, shares, both), tmp_path / "export", PROFILE, Choices(suppress=True))
    assert_protected(tmp_path, [counts, shares, both], ("aantallen", 0, "bijstand"))


def assert_protected(folder, tables, place):
    """An attack on what left finds a range at least as wide as the rules want."""
    gone = left(folder)
    across = read_across(tables)
    hidden = [p for p in across.number if gone[p[0], p[2]][p[1]]]
    assert place in hidden
    assert protect_across(across, [place], hidden, PROFILE, widen=False).open == ()


def test_safe_tables_are_not_touched_however_they_hang_together(tmp_path):
    safe = table("gemeenten", GEMEENTEN, bijstand=[40, 60, 25, 70])
    run = run_of(tmp_path, safe, table("land", ["Nederland"], "land", bijstand=[195]))
    assert {d.outcome for d in release(run, tmp_path / "export", PROFILE, Choices()).decisions} == {"released"}


@pytest.mark.parametrize(
    "beside",
    [
        table("verschil", GEMEENTEN, begin=[34, 90, 75, 90], bijstand=[4, 60, 25, 70], weg=[30, 30, 50, 20]),
        table(
            "deel",
            GEMEENTEN,
            shares={"aandeel": ([4, 60, 25, 70], [40, 300, 100, 700])},
            bijstand=[4, 60, 25, 70],
            huishoudens=[40, 300, 100, 700],
        ),
    ],
    ids=["a difference", "a share"],
)
def test_what_stands_beside_a_number_gives_it_back_where_it_is_left_out_itself(beside):
    across = read_across([SMALL, beside])
    hidden = [CELL, (beside.key, 0, "bijstand")]
    assert protect_across(across, [CELL], hidden, PROFILE, widen=False).open == (CELL,)
    extra = protect_across(across, [CELL], hidden, PROFILE, widen=True).extra
    assert protect_across(across, [CELL], [*hidden, *extra], PROFILE, widen=False).open == ()


def test_buurten_give_no_number_of_their_gemeente(tmp_path):
    buurten = table(
        "buurten", ["BU00010001", "BU00010002", "BU00010103", "BU00020001"], "code", bijstand=[3, 30, 40, 90]
    )
    gemeenten = table("gemeenten", ["GM0001", "GM0002"], "code", bijstand=[73, 90])
    release(run_of(tmp_path, buurten, gemeenten), tmp_path / "export", PROFILE, Choices(suppress=True))
    assert_protected(tmp_path, [buurten, gemeenten], ("buurten", 0, "bijstand"))


def test_a_number_that_somebody_decided_to_print_is_not_hidden_elsewhere(tmp_path):
    twice = table("dubbel", GEMEENTEN, bijstand=[4, 60, 25, 70])
    choices = Choices(suppress=True, override={"dubbel": "openbaar"})
    release(run_of(tmp_path, SMALL, twice), tmp_path / "export", PROFILE, choices)
    assert left(tmp_path)["dubbel", "bijstand"] == [False] * 4


@given(st.integers(0, 10_000))
def test_the_attack_on_every_released_pair_of_tables_fails(seed):
    """Two-way counts in one table, their margins in two others; everything suppressed by the system itself."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 40, (4, 3))
    inside = table("cellen", GEMEENTEN, **{f"groep_{j}": counts[:, j].tolist() for j in range(3)})
    rows = table("rijen", GEMEENTEN, totaal=counts.sum(axis=1).tolist())
    whole = table("land", ["Nederland"], "land", **{f"groep_{j}": [int(counts[:, j].sum())] for j in range(3)})
    across = read_across([inside, rows, whole])
    unsafe = [("cellen", i, f"groep_{j}") for i, j in zip(*np.nonzero(counts < 10), strict=True)]
    found = protect_across(across, unsafe, unsafe, PROFILE, widen=True)
    hidden = [*unsafe, *found.extra]
    again = protect_across(across, unsafe, hidden, PROFILE, widen=False)
    assert set(again.open) == set(found.open)
    for place in set(unsafe) - set(found.open):
        low, high = across.system.attack(across.number[place], {across.number[p] for p in hidden})
        assert high - low >= 10 - 1e-6
        assert low - 1e-6 <= counts[place[1], int(place[2][-1])] <= high + 1e-6
