"""The stand-alone table: what a user hands in, what comes out, and what is refused."""

import csv
import io
import time

import numpy as np
import pytest

from verdeelmodel.budget import Amounts, Inputs, allocate
from verdeelmodel.budget.request import AllocationOptions, allocate_file, pairs, pools_of
from verdeelmodel.errors import DataError, RequestError, UnknownRuleError, VerdeelmodelError
from verdeelmodel.law import budget_rules
from verdeelmodel.population.municipalities import municipalities
from verdeelmodel.record import new_run

HEADER = "gm_code,inhabitants,objective,cost,households_start,households_end,homeless_cost"
ROWS = ("GM0014,60000,400000,300000,100,100,0", "GM0363,90000,600000,700000,100,100,0")


def file_with(folder, header=HEADER, rows=ROWS, name="gemeenten.csv"):
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def options(**changes):
    return AllocationOptions(**{"rules": 2026, "macrobudget": 1_000_000, **changes})


def test_a_small_table_gives_budgets_that_close(tmp_path):
    found = allocate_file(file_with(tmp_path), options())
    table = found.tables[0]
    assert table.key == "budgets"
    assert table.values["budget"] == (400_000, 600_000)
    assert table.values["BO"] == (400_000.0, 600_000.0)
    assert table.values["name"] == ("Groningen", "Amsterdam")
    assert "1.000.000" in str(found.notes)


def test_net_expenditure_adds_saldo_effects_and_vangnet(tmp_path):
    path = file_with(
        tmp_path,
        HEADER + ",net_expenditure,budget_t1,net_t1,budget_t2,net_t2,budget_t3,net_t3,vangnet_t1,uncertain_cost",
        [
            ROWS[0] + ",440000,400000,420000,400000,420000,400000,400000,,0",
            ROWS[1] + ",600000,600000,600000,600000,600000,600000,600000,regulier,",
        ],
    )
    found = allocate_file(path, options())
    budgets, vangnet = found.tables
    assert budgets.values["saldo"] == (-0.1, 0.0)
    assert [
        m + d for m, d in zip(budgets.values["macro_effect"], budgets.values["distribution_effect"], strict=True)
    ] == [
        -40_000,
        0,
    ]
    # 10% deficit with two earlier years of 5%: half of 5% to 10% of 400.000, the extended variant.
    assert vangnet.values["vangnet"][0] == pytest.approx(10_000)
    assert vangnet.values["vangnet_variant"] == ("verruimd", "")
    assert vangnet.values["own_risk"][0] == pytest.approx(30_000)
    assert budgets.values["saldo_after_vangnet"][0] == pytest.approx(-0.075)


def test_a_late_account_is_judged_as_if_it_had_come_in_time(tmp_path):
    path = file_with(
        tmp_path,
        HEADER + ",cost_late,net_expenditure",
        ["GM0014,10000,0,330000,100,100,0,300000,330000", "GM0363,90000,600000,715000,100,100,0,,700000"],
    )
    found = allocate_file(path, options())
    table = found.tables[0]
    assert table.values["budget"][0] == 285_000
    assert table.values["budget_in_time"][0] == round(330 / 1045 * 1_000_000)
    # Against the budget in time the deficit is below the threshold, so there is no safety net.
    assert table.values["vangnet"][0] == 0


def test_compare_shows_winners_losers_and_the_cost_of_the_vangnet(tmp_path):
    rows = [r + ",460000,Groningen" for r in ROWS[:1]] + [r + ",600000,Noord-Holland" for r in ROWS[1:]]
    path = file_with(tmp_path, HEADER + ",net_expenditure,province", rows)
    first = allocate_file(path, options())
    with new_run(tmp_path / "run", verb="allocate", options={}, inputs={}) as run:
        for table in first.tables:
            run.table(table)
    changed = file_with(
        tmp_path,
        HEADER + ",net_expenditure,province",
        [rows[0].replace("400000,300000", "450000,300000"), rows[1]],
        "anders.csv",
    )
    found = allocate_file(changed, options(compare=tmp_path / "run"))
    tables = {t.key: t for t in found.tables}
    difference = tables["redistribution"].values["difference"]
    assert sum(difference) == 0
    assert difference[0] == 28_571
    assert tables["redistribution"].values["percent"][0] == pytest.approx(28_571 / 400_000)
    groups = tables["redistribution_groups"]
    assert set(groups.values["group"]) == {"50.000 tot 100.000 inwoners", "Groningen", "Noord-Holland"}
    totals = dict(
        zip(
            tables["redistribution_totals"].values["what"],
            tables["redistribution_totals"].values["change"],
            strict=True,
        )
    )
    assert totals["Landelijke kosten van het vangnet (euro)"] < 0
    assert "1 gemeenten winnen, 1 verliezen" in str(found)


def test_compare_refuses_other_gemeenten_and_other_verbs(tmp_path):
    first = allocate_file(file_with(tmp_path), options())
    with new_run(tmp_path / "run", verb="allocate", options={}, inputs={}) as run:
        run.table(first.tables[0])
    other = file_with(tmp_path, rows=[ROWS[0], ROWS[1].replace("GM0363", "GM0344")], name="anders.csv")
    with pytest.raises(DataError, match="GM0344"):
        allocate_file(other, options(compare=tmp_path / "run"))
    with new_run(tmp_path / "leeg", verb="demo", options={}, inputs={}):
        pass
    with pytest.raises(RequestError, match="leeg"):
        allocate_file(file_with(tmp_path), options(compare=tmp_path / "leeg"))


@pytest.mark.parametrize(
    ("header", "rows", "words"),
    [
        (HEADER, ["GM0014,-5,400000,300000,100,100,0", ROWS[1]], ["inhabitants", "-5"]),
        (HEADER, [ROWS[0], ROWS[0]], ["GM0014"]),
        (HEADER, ["GM0017,5,1,1,1,1,0", ROWS[1]], ["GM0017", "Groningen"]),
        (HEADER, ["GM0014,60000,veel,300000,100,100,0", ROWS[1]], ["objective", "veel"]),
        (HEADER, ['GM0014,"31.204,0",400000,300000,100,100,0', ROWS[1]], ["31.204,0", "31204"]),
        (HEADER.replace(",cost", ""), ["GM0014,60000,400000,100,100,0"], ["cost"]),
        (HEADER.replace("households_start", "household_start"), ROWS, ["household_start", "households_start"]),
        (HEADER, ["GM0014,60000,0,300000,100,100,0", "GM0363,90000,0,700000,100,100,0"], ["objectieve bedragen"]),
        (HEADER, ["GM0014,60000,400000,300000,0,100,0", ROWS[1]], ["households_start"]),
        (HEADER, ["GM0014,60000,,300000,100,100,0", ROWS[1]], ["objective"]),
        (HEADER, ["GM0014,60000,1e400,300000,100,100,0", ROWS[1]], ["objective", "1e400"]),
        (HEADER + ",net_expenditure", [ROWS[0] + ",1e300", ROWS[1] + ",5"], ["net_expenditure"]),
        (HEADER, [], ["gemeenten.csv"]),
        (HEADER + ",net_t1", [r + ",5" for r in ROWS], ["net_t1"]),
        (HEADER + ",vangnet_t1", [r + ",verruimt" for r in ROWS], ["verruimt", "verruimd"]),
    ],
)
def test_bad_input_is_refused_in_words(tmp_path, header, rows, words):
    with pytest.raises(VerdeelmodelError) as caught:
        allocate_file(file_with(tmp_path, header, rows), options())
    for word in words:
        assert word in str(caught.value)


def test_all_problems_of_a_file_are_told_at_once(tmp_path):
    rows = ["GM0014,-5,veel,300000,100,100,0", "GM0017,5,1,1,1,1,0", 'GM0363,"1,5",1,1,1,1,0']
    with pytest.raises(DataError) as caught:
        allocate_file(file_with(tmp_path, rows=rows), options())
    assert len(caught.value.problems) == 4


def test_an_unknown_year_is_an_error_and_names_the_known_ones(tmp_path):
    with pytest.raises(UnknownRuleError, match="2026"):
        allocate_file(file_with(tmp_path), options(rules=2031))


def test_a_macrobudget_in_millions_is_pointed_out(tmp_path):
    found = allocate_file(file_with(tmp_path), options(macrobudget=7946))
    assert any("7946000000" in note for note in found.notes)
    right = allocate_file(file_with(tmp_path), options(macrobudget=7_946_000_000))
    assert not any("orde van grootte" in note for note in right.notes)


def test_a_column_without_its_pool_is_pointed_out(tmp_path):
    path = file_with(tmp_path, HEADER + ",lks,youth", [r + ",10,10" for r in ROWS])
    found = allocate_file(path, options())
    assert sum("niet gebruikt" in note for note in found.notes) == 2


def test_a_pool_without_its_column_names_the_column(tmp_path):
    with pytest.raises(DataError, match="lks"):
        allocate_file(file_with(tmp_path), options(pools={"lks": 1000.0}))


def test_absent_gemeenten_are_counted(tmp_path):
    found = allocate_file(file_with(tmp_path), options())
    assert any(str(len(municipalities(2026)) - 2) in note for note in found.notes)


def test_mergers_are_read_and_shown_in_both_orders(tmp_path):
    rows = ["GM0014,20000,150000,100000,1,1,0", "GM0047,20000,150000,100000,1,1,0", "GM0363,90000,700000,800000,1,1,0"]
    mergers = file_with(tmp_path, "old,new", ["GM0014,GM0047"], "herindeling.csv")
    found = allocate_file(file_with(tmp_path, rows=rows), options(mergers=mergers))
    table = next(t for t in found.tables if t.key == "mergers")
    assert table.values["gm_code"] == ("GM0047", "GM0363")
    assert table.values["difference"][0] == pytest.approx(73_684.21, abs=0.01)


@pytest.mark.parametrize("texts", [["mau"], ["=5"], ["mau="], ["mau=5", "mau=6"], ["mau=veel"]])
def test_a_pool_that_is_no_name_and_amount_is_refused(texts):
    with pytest.raises(RequestError):
        pools_of(texts, None, None)


def test_pools_may_be_given_once(tmp_path):
    assert pools_of(["mau=5"], 1.0, 2.0) == {"mau": 5.0, "lks": 1.0, "youth": 2.0}
    with pytest.raises(RequestError, match="lks"):
        pools_of(["lks=5"], 1.0, None)
    assert pairs(["a=b", " c = d "], "x", "y") == {"a": "b", "c": "d"}


def test_an_unknown_vangnet_is_said_and_the_rest_is_computed(tmp_path):
    path = file_with(tmp_path, HEADER + ",net_expenditure", [r + ",400000" for r in ROWS])
    found = allocate_file(path, options(rules=2016, assume={"bdti": "zonder"}))
    table = found.tables[0]
    assert table.values["saldo"]
    assert "2016" in table.values["vangnet"][0].reason


def test_355_gemeenten_take_less_than_a_tenth_of_a_second():
    n = 355
    rng = np.random.default_rng(0)
    columns = {
        "inhabitants": rng.integers(1_000, 900_000, n),
        "objective": rng.random(n) * 1e8,
        "cost": rng.random(n) * 1e8,
        "households_start": rng.integers(500, 400_000, n),
        "households_end": rng.integers(500, 400_000, n),
        "homeless_cost": rng.random(n) * 1e5,
    }
    inputs = Inputs(tuple(f"GM{i:04d}" for i in range(n)), columns)
    rules = budget_rules(2026)
    allocate(rules, inputs, Amounts(7_946_000_000))
    start = time.perf_counter()
    allocate(rules, inputs, Amounts(7_946_000_000))
    assert time.perf_counter() - start < 0.1


def test_the_frame_of_an_allocation_can_be_read_back():
    columns = {name: [1.0, 2.0] for name in HEADER.split(",")[1:]}
    columns["inhabitants"] = [90_000, 90_000]
    found = allocate(budget_rules(2019), Inputs(("a", "b"), columns), Amounts(300))
    rows = list(csv.DictReader(io.StringIO(found.to_frame().to_csv(index=False))))
    assert [r["budget"] for r in rows] == ["100", "200"]
    assert "2 gemeenten" in str(found)
