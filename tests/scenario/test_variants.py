"""Sweeps, draws from ranges, differences between runs, and first files."""

import numpy as np
import pytest
from openpyxl import Workbook

from tests.cli.running import verdeelmodel
from tests.scenario.cases import country, run, scenario
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.record import new_run
from verdeelmodel.scenario.differing import changes_between_runs, difference_in_words, difference_of_runs
from verdeelmodel.scenario.reading import RECORDED, read_scenario
from verdeelmodel.scenario.results import tables_of
from verdeelmodel.scenario.running import run_scenario
from verdeelmodel.scenario.starting import new_scenario, scenario_from_excel, write_scenario
from verdeelmodel.scenario.sweeping import monte_carlo, parse_over, ranges_table, sweep_scenario, sweep_tables


def test_a_sweep_gives_what_each_value_gives_alone():
    asked = scenario("base: 2022\nrules: {threshold_high: 50_000}\n")
    found = sweep_scenario(country(), asked, "rules.threshold_high=45000:60000:5000", threads=2)
    assert [v["rules.threshold_high"] for v in found.values] == [45_000, 50_000, 55_000, 60_000]
    alone = run("base: 2022\nrules: {threshold_high: 55_000}\n")
    assert np.array_equal(found.budgets[2], alone.after)
    totals, budgets = sweep_tables(found)
    assert len(totals) == 4
    assert totals.columns[0].decimals == 0
    assert budgets.values["budget_3"] == tuple(int(b) for b in alone.after)
    assert totals.synthetic
    assert budgets.synthetic


@pytest.mark.parametrize("over", ["a", "a=1", "a=1:2", "a=1:2:0", "a=2:1:1", "a=1:2:x", "=1:2:1", "a=0:1e9:1"])
def test_a_series_that_is_none_is_refused(over):
    with pytest.raises(RequestError, match="EERSTE:LAATSTE:STAP"):
        parse_over(over)


def test_a_sweep_over_what_does_not_exist_is_refused():
    with pytest.raises(DataError, match="threshold_high"):
        sweep_scenario(country(), scenario("base: 2022\n"), "rules.treshold_high=1:2:1")


@pytest.mark.parametrize("path", ["base", "name", "question", "ranges", "nope"])
def test_a_sweep_over_what_is_no_input_is_refused(path):
    with pytest.raises(DataError, match=path):
        sweep_scenario(country(), scenario("base: 2022\n"), f"{path}=1:2:1")


def test_each_value_is_compared_with_its_own_base():
    found = sweep_scenario(country(), scenario("base: 2022\nmacrobudget: +5%\n"), "years=2019:2020:1", threads=1)
    assert [base.setting.year for base in found.bases] == [2019, 2020]
    totals, _ = sweep_tables(found)
    assert max(totals.values["moved"]) < 10
    assert totals.values["value"] == ("2019", "2020")


def test_unknown_inputs_are_drawn_from_their_ranges():
    asked = scenario("base: 2022\nranges: {macrobudget: [6_300_000_000, 6_500_000_000]}\nseed: 5\n")
    found, again = (monte_carlo(country(), asked, 40) for _ in range(2))
    totals = found.budgets.sum(axis=1)
    assert totals.min() >= 6.3e9
    assert totals.max() <= 6.5e9
    assert np.ptp(totals) > 1e8
    assert np.array_equal(found.budgets, again.budgets)
    low, high = found.interval()
    assert (low < high).all()
    assert "40 trekkingen" in str(found)
    assert len(ranges_table(found)) == len(found.outcomes[0].codes)


def test_drawing_without_ranges_is_refused():
    with pytest.raises(RequestError, match="ranges"):
        monte_carlo(country(), scenario("base: 2022\n"))


def written(folder, source):
    found = run(source)
    with new_run(folder, verb="scenario run", options={}, inputs={}, synthetic=True) as made:
        for table in tables_of(found):
            made.table(table)
        made.json(RECORDED, dict(found.scenario.document))
    return found


def test_the_difference_between_two_runs(tmp_path):
    first = written(tmp_path / "a", "base: 2022\n")
    second = written(tmp_path / "b", "base: 2022\nmacrobudget: +5%\n")
    table = difference_of_runs(tmp_path / "a", tmp_path / "b")
    frame = table.to_frame().set_index("gm_code").loc[list(first.codes)]
    assert (frame["difference"].to_numpy() == second.after - first.after).all()
    assert difference_in_words(table).startswith("In b krijgen 6 gemeenten meer dan in a en 0 minder")
    assert table.synthetic


def test_the_causes_between_two_runs_add_up_and_another_base_stands_apart(tmp_path):
    written(tmp_path / "a", "base: 2022\nrules: {threshold_high: 50_000}\n")
    written(tmp_path / "b", "base: 2022\nmacrobudget: +5%\nrules: {threshold_high: 50_000}\n")
    written(tmp_path / "c", "base: 2024\nmacrobudget: +5%\n")
    alike = changes_between_runs(tmp_path / "a", tmp_path / "b")
    for change in alike.values():
        assert "other_base" not in {part.cause for part in change.parts}
        assert change.by_size[0].cause == "macrobudget"
    differ = changes_between_runs(tmp_path / "a", tmp_path / "c")
    assert any("other_base" in {part.cause for part in change.parts} for change in differ.values())
    back = changes_between_runs(tmp_path / "c", tmp_path / "a")
    for code, change in differ.items():
        assert {(p.cause, p.euro) for p in change.parts} == {(p.cause, -p.euro) for p in back[code].parts}


def test_runs_of_other_gemeenten_or_verbs_have_no_difference(tmp_path):
    written(tmp_path / "a", "base: 2022\n")
    written(tmp_path / "b", "base: 2022\ngemeenten: {merge: {GM9001: [GM0014, GM0599]}}\n")
    with pytest.raises(DataError, match="GM9001"):
        difference_of_runs(tmp_path / "a", tmp_path / "b")
    with new_run(tmp_path / "c", verb="fit", options={}, inputs={}) as made:
        made.text("a.txt", "a")
    with pytest.raises(RequestError, match="fit"):
        difference_of_runs(tmp_path / "a", tmp_path / "c")


def test_a_run_is_the_base_of_the_next_scenario(tmp_path):
    first = written(tmp_path / "a", "base: 2022\nmacrobudget: +5%\n")
    (tmp_path / "b.yaml").write_text("base: a\nrules: {threshold_high: 50000}\n")
    found = run_scenario(country(), read_scenario(tmp_path / "b.yaml"), threads=1)
    assert np.array_equal(found.before, first.after)
    assert found.bridge.causes == ("scale", "rounding")


def test_a_run_can_be_run_again_changed_and_stacked(tmp_path):
    (tmp_path / "onder.yaml").write_text("base: 2022\nmacrobudget: +5%\n")
    (tmp_path / "boven.yaml").write_text("base: onder.yaml\nrules: {threshold_high: 50000}\n")
    asked = read_scenario(tmp_path / "boven.yaml")
    with new_run(tmp_path / "run", verb="scenario run", options={}, inputs={}) as made:
        made.json(RECORDED, dict(asked.document))
    again = read_scenario(tmp_path / "run")
    assert (again.layer.rules, again.below[0].macrobudget) == (asked.layer.rules, asked.below[0].macrobudget)
    assert read_scenario(tmp_path / "run", ["rules.threshold_high=60000"]).layer.rules.threshold_high.value == 60_000
    other = read_scenario(tmp_path / "run", ["base=2024"])
    assert (other.base_year, other.below) == (2024, ())
    (tmp_path / "meer.yaml").write_text("norms: {every: +1%}\n")
    both = read_scenario(f"{tmp_path / 'run'} + {tmp_path / 'meer.yaml'}")
    assert both.layer.rules == asked.layer.rules
    assert both.layer.norms.every.value == pytest.approx(0.01)
    assert [layer.macrobudget for layer in both.below] == [asked.below[0].macrobudget]
    (tmp_path / "los.yaml").write_text("base: 2022\n")
    with pytest.raises(DataError, match="2022, run"):
        read_scenario(f"{tmp_path / 'run'} + {tmp_path / 'los.yaml'}")


def test_a_new_file_is_valid_as_it_is(tmp_path):
    path = tmp_path / "nieuw.yaml"
    write_scenario(path, new_scenario("Nieuw", "2024"), force=False)
    assert read_scenario(path).base_year == 2024
    opened = "\n".join(line.replace("# ", "", 1) if ": " in line else line for line in path.read_text().splitlines())
    assert "macrobudget" in opened
    with pytest.raises(DataError, match="--force"):
        write_scenario(path, "x", force=False)


@pytest.mark.parametrize("name", ["a: b", "Nee", "5", "# x", "ünïcode 数据", "null"])
def test_a_new_file_of_any_name_is_valid(tmp_path, name):
    path = tmp_path / "x.yaml"
    write_scenario(path, new_scenario(name, "drempel_50000"), force=False)
    assert read_scenario(path).name == name


def test_a_new_file_on_a_base_that_is_none_is_refused():
    with pytest.raises(DataError, match="drempel_50000"):
        new_scenario("Nieuw", "drempel_5000")


def workbook(path, rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_sheet_becomes_the_same_scenario(tmp_path):
    rows = [
        ("Pad", "Waarde"), ("question", "Wat als?"), ("name", "Proef"), ("base", 2022), ("macrobudget", "+5%"),
        ("rules.threshold_high", 50_000.0), ("model.drop", "[student, hci_low]"), ("population.1.scale.factor", 2),
    ]  # fmt: skip
    path = tmp_path / "uit_excel.yaml"
    write_scenario(path, scenario_from_excel(workbook(tmp_path / "a.xlsx", rows)), force=False)
    found = read_scenario(path)
    assert (found.question, found.name, found.layer.rules.threshold_high.value) == ("Wat als?", "Proef", 50_000)
    assert found.layer.model.changes["drop"] == ["student", "hci_low"]
    assert found.layer.population[0].factor == 2


def test_a_sheet_with_formulas_and_repeated_paths_is_refused_with_its_rows(tmp_path):
    rows = [("path", "value"), ("base", 2022), ("macrobudget", "=1+1"), ("seed", -1), ("seed", 2), ("years", None)]
    with pytest.raises(DataError) as caught:
        scenario_from_excel(workbook(tmp_path / "a.xlsx", rows))
    assert [problem.where[-1] for problem in caught.value.problems] == ["3", "5", "6", "d"]


def test_what_is_wrong_with_the_scenario_in_a_sheet_is_refused(tmp_path):
    rows = [("path", "value"), ("base", 2022), ("rules.treshold_high", 5)]
    with pytest.raises(DataError, match="threshold_high"):
        scenario_from_excel(workbook(tmp_path / "a.xlsx", rows))


def test_a_file_that_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_text("path,value")
    with pytest.raises(DataError, match="werkmap"):
        scenario_from_excel(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="path, value"):
        scenario_from_excel(workbook(tmp_path / "b.xlsx", [("a", "b")]))


@pytest.mark.slow
def test_the_same_command_writes_the_same_bytes_and_a_wrong_one_writes_nothing(tmp_path):
    (tmp_path / "a.yaml").write_text("base: 2022\nmacrobudget: +1%\nrules: {threshold_high: 50000}\n")
    for name in ("een", "twee"):
        done = verdeelmodel("scenario", "run", "a.yaml", "--intervals", "20", "--out", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    files = sorted(p.relative_to(tmp_path / "een") for p in (tmp_path / "een").rglob("*") if p.is_file())
    assert all((tmp_path / "een" / f).read_bytes() == (tmp_path / "twee" / f).read_bytes() for f in files)
    wrong = verdeelmodel("scenario", "run", "a.yaml", "--set", "macrobudgett=5", "--out", "drie", cwd=tmp_path)
    assert wrong.returncode == 1
    assert "macrobudget" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert not (tmp_path / "drie").exists()
