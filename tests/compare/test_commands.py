"""`select` and `compare` on files: what they write, and what they say to files that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.running import verdeelmodel
from tests.compare.examples import codes, groups_of, random_table, write_csv
from tests.population.examples import memory_population
from verdeelmodel.compare.build import Source, comparison_of, from_files
from verdeelmodel.compare.groups import Groups
from verdeelmodel.compare.input import read_groups, read_kenmerken, read_saldi
from verdeelmodel.compare.selection import SelectionOptions
from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.record import verify

QUICK = ("--permutations", "99", "--draws", "99")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    table = random_table(4)
    write_csv(tmp_path / "k.csv", table.to_frame().reset_index())
    write_csv(tmp_path / "g.csv", groups_of().to_frame())
    rng = np.random.default_rng(2)
    rows = [
        (code, year, 1000.0, 1000.0 * (1 - (-0.1, 0.1, 0.0, 0.0)[i // 15] - 0.01 * rng.normal()), 60_000)
        for i, code in enumerate(codes(60))
        for year in (2019, 2020)
    ]
    write_csv(tmp_path / "s.csv", pd.DataFrame(rows, columns=["gm_code", "jaar", "budget", "uitgaven", "inwoners"]))
    return tmp_path


def test_compare_writes_the_named_files_and_a_record_that_verifies(files: Path) -> None:
    done = verdeelmodel(
        "compare", "--table", "k.csv", "--groups", "g.csv", "--control", "control", "--saldi", "s.csv",
        "--out", "run", *QUICK, cwd=files,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {"regressions.csv", "outliers.csv", "groups.csv"} <= {p.name for p in (files / "run").iterdir()}
    assert verify(files / "run").ok
    written = pd.read_csv(files / "run" / "regressions.csv", keep_default_na=False)
    assert len(written) == 8
    assert set(written["control"]) == {"", "control"}
    assert "nan" not in written.to_string().casefold()


def test_the_same_input_gives_the_same_bytes_whatever_the_number_of_threads(files: Path) -> None:
    for name, threads in (("one", "1"), ("four", "4")):
        done = verdeelmodel(
            "compare", "--table", "k.csv", "--groups", "g.csv", "--saldi", "s.csv", "--out", name, *QUICK,
            cwd=files, OMP_NUM_THREADS=threads, OPENBLAS_NUM_THREADS=threads,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    one, four = ({p.name: p.read_bytes() for p in (files / name).rglob("*.*")} for name in ("one", "four"))
    assert [name for name in one if one[name] != four[name]] == []


def test_the_groups_of_select_are_read_by_compare(files: Path) -> None:
    done = verdeelmodel("select", "--saldi", "s.csv", "--number", "5", "--out", "keuze", "--json", cwd=files)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert len(shown["tables"]["groups"]["rows"]) == 20
    groups = read_groups(files / "keuze" / "groups.csv", codes(60))
    assert groups.sizes == (5, 5, 10)
    assert (files / "keuze" / "selection.csv").exists()


def test_semicolons_decimal_commas_byte_order_marks_and_windows_line_ends(files: Path) -> None:
    plain = read_kenmerken(files / "k.csv").table
    source = (files / "k.csv").read_text()
    dutch = source.replace(",", ";").replace(".", ",").replace("\n", "\r\n")
    (files / "nl.csv").write_bytes(b"\xef\xbb\xbf" + dutch.encode())
    assert read_kenmerken(files / "nl.csv").table.values == pytest.approx(plain.values)


def test_years_in_the_table_are_averaged_and_kept(files: Path) -> None:
    frame = pd.DataFrame({"gm_code": ["GM0014"] * 2 + ["GM0034"], "jaar": [2019, 2020, 2020], "k": [1.0, 3.0, 5.0]})
    found = read_kenmerken(write_csv(files / "jaren.csv", frame))
    assert found.table.values.tolist() == [[2.0], [5.0]]
    assert found.table.names == ("Groningen", "Almere")
    assert found.yearly.loc[("GM0014", 2020), "k"] == 3.0


def test_what_is_synthetic_stays_synthetic(files: Path) -> None:
    frame = pd.read_csv(files / "k.csv").assign(synthetisch="ja")
    marked = from_files(write_csv(files / "m.csv", frame), files / "g.csv")
    assert marked.tables(("differences",))[0].synthetic
    assert not from_files(files / "k.csv", files / "g.csv").tables(("differences",))[0].synthetic


def changed(path: Path, old: str, new: str) -> Path:
    source = path.read_text()
    assert old in source
    path.write_text(source.replace(old, new, 1))
    return path


def test_text_in_a_number_is_named_with_its_line(files: Path) -> None:
    frame = pd.read_csv(files / "k.csv", dtype=str)
    frame.loc[2, "k1"] = "veel"
    with pytest.raises(DataError, match=r"(?s)regel 4.*k1.*veel"):
        read_kenmerken(write_csv(files / "k.csv", frame))


def test_a_double_and_an_unknown_gemeente_are_refused(files: Path) -> None:
    frame = pd.read_csv(files / "k.csv")
    with pytest.raises(DataError, match="GM0003"):
        read_kenmerken(write_csv(files / "d.csv", pd.concat([frame, frame[:1]])))
    frame.loc[0, "gm_code"] = "GM9999"
    with pytest.raises(DataError, match="GM9999"):
        read_kenmerken(write_csv(files / "u.csv", frame))


def test_groups_with_mistakes_are_reported_all_at_once(files: Path) -> None:
    frame = pd.read_csv(files / "g.csv")
    frame.loc[0, "groep"] = "tekorten"
    frame.loc[1, "gm_code"] = "GM0599"
    with pytest.raises(DataError) as error:
        read_groups(write_csv(files / "g.csv", frame), codes(60))
    assert "bedoelt u tekort" in str(error.value)
    assert "GM0599" in str(error.value)


def test_overlapping_groups_and_a_group_of_one_are_refused(files: Path) -> None:
    frame = pd.read_csv(files / "g.csv")
    double = pd.concat([frame, frame[:1].assign(groep="vergelijking")])
    with pytest.raises(DataError, match="'tekort' en ook in groep 'vergelijking'"):
        read_groups(write_csv(files / "o.csv", double), codes(60))
    with pytest.raises(DataError, match="'overschot' telt 1"):
        Groups(tuple(codes(2)), (codes(3)[2],), tuple(codes(6)[3:]))


def test_missing_amounts_and_impossible_budgets(files: Path) -> None:
    frame = pd.read_csv(files / "s.csv")
    frame.loc[0, "uitgaven"] = np.nan
    saldi = read_saldi(write_csv(files / "m.csv", frame))
    assert saldi.left_out == {frame["gm_code"][0]: "deze jaren ontbreken: 2019"}
    frame.loc[3, "budget"] = 0
    with pytest.raises(DataError, match=r"(?s)regel 5.*niet hoger dan nul"):
        read_saldi(write_csv(files / "n.csv", frame))
    with pytest.raises(DataError, match="2015"):
        read_saldi(files / "s.csv", years=(2015, 2020))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("compare", "--table", "k.csv"), "--groups"),
        (("compare", "--table", "k.csv", "--groups", "g.csv", "--control", "contrl"), "bedoelt u control"),
        (("compare", "--table", "k.csv", "--groups", "g.csv", "--show", "outlier"), "bedoelt u outliers"),
        (("compare", "--table", "k.csv", "--groups", "g.csv", "--gemeente", "Appingedm"), "Appingedam"),
        (("compare", "--table", "weg.csv", "--groups", "g.csv"), "weg.csv"),
        (("compare", "--labels", "k.csv"), "--table"),
        (("select", "--saldi", "s.csv", "--number", "40"), "--number"),
        (("select", "--saldi", "s.csv", "--years", "2019;2020"), "--years"),
        (("select", "--saldi", "s.csv", "--measure", "meen"), "bedoelt u mean"),
        (("select", "--saldi", "k.csv"), "budget"),
    ],
)
def test_a_wrong_request_is_one_clear_message(files: Path, arguments: tuple[str, ...], expected: str) -> None:
    extra = ("--show", "outliers") if "--gemeente" in arguments else ()
    done = verdeelmodel(*arguments, *extra, cwd=files)
    assert done.returncode == 1
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert "Onverwacht" not in done.stderr


def test_files_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(RequestError):
        Source(table=Path("k.csv"), groups=Path("g.csv"), population=memory_population())


def test_the_published_control_is_used_when_it_is_there(files: Path) -> None:
    frame = pd.read_csv(files / "k.csv").rename(columns={"control": "regional_customer_potential"})
    table = write_csv(files / "r.csv", frame)
    found, notes = comparison_of(Source(table, files / "g.csv"))
    assert found.options.controls == ("regional_customer_potential",)
    assert "--no-control" in notes[-1]
    plain, _ = comparison_of(Source(table, files / "g.csv", default_control=False))
    assert plain.options.controls == ()


def test_python_gives_what_the_command_gives(files: Path) -> None:
    import verdeelmodel as package

    done = verdeelmodel("select", "--saldi", "s.csv", "--number", "5", "--json", cwd=files)
    chosen = package.select_groups(files / "s.csv", options=SelectionOptions(number=5))
    shown = json.loads(done.stdout)["tables"]["groups"]["rows"]
    assert [row["gm_code"] for row in shown] == list(chosen.groups.codes)
    done = verdeelmodel(
        "compare", "--table", "k.csv", "--groups", "g.csv", "--show", "regressions", "--json", cwd=files
    )
    found = package.compare_groups(Source(files / "k.csv", files / "g.csv"))
    shown = json.loads(done.stdout)["tables"]["regressions"]["rows"]
    assert [row["p_tekort"] for row in shown] == found.to_frame()["p_tekort"].tolist()
    assert "tekortgemeenten" in str(found)
