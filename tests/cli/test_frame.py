"""Results on standard output, everything else on standard error; tables fit the terminal and carry their mark."""

import json
from pathlib import Path

import pytest

from tests.record.examples import example_table
from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.record import read_run
from verdeelmodel.table import Column, Table


def wide_table(columns: int, synthetic: bool = False) -> Table:
    keys = [f"kolom_{i}" for i in range(columns)]
    shown = (Column("naam", "Naam"), *(Column(k, f"Kenmerk {k}", "euro") for k in keys))
    values = {"naam": ["Súdwest-Fryslân", "Aa en Hunze"], **{k: [1_234_567, -3] for k in keys}}
    return Table("breed", "Een brede tabel", shown, values, synthetic=synthetic)


def test_a_table_shows_title_mark_cells_notes_source_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    Output().tables(example_table(synthetic=True))
    shown = capsys.readouterr().out
    for expected in (
        "Saldi",
        "SYNTHETISCH",
        "Groningen",
        "30,0%",
        "n.v.t.",
        "Een noot.",
        "Bron: CBS",
        "er geen tekort is",
    ):
        assert expected in shown
    assert shown.splitlines()[0].endswith("SYNTHETISCH")


def test_a_table_without_the_mark_is_not_called_synthetic(capsys: pytest.CaptureFixture[str]) -> None:
    Output().tables(example_table())
    assert "SYNTHETISCH" not in capsys.readouterr().out


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_a_wide_table_is_split_and_never_cuts_a_number(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    Output().tables(wide_table(12, synthetic=True))
    shown = capsys.readouterr().out
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= width
    assert shown.count("€\u00a01.234.567") == 12
    assert "…" not in shown


@pytest.mark.parametrize("width", [40, 70, 100])
def test_long_codes_and_labels_are_folded_within_the_width(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    kinds = (Column("code", "Code", "code"), Column("label", "Omschrijving"), Column("n", "Aantal", "count"))
    cells = {"code": ["een_heel_lange_sleutel_" * 3], "label": ["een heel lange omschrijving " * 4], "n": [1_000_000]}
    Output().tables(Table("lang", "Lang", kinds, cells))
    shown = capsys.readouterr().out
    assert max(len(line) for line in shown.splitlines()) <= width
    assert "1.000.000" in shown
    assert "…" not in shown


def test_rows_of_a_group_stand_below_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    Output().tables(example_table())
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines.index("GM0014") + 1 == next(i for i, line in enumerate(lines) if line.startswith("Groningen"))


def test_json_is_one_document_with_values_reasons_and_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(json=True)
    output.say("Er zijn drie gemeenten.")
    output.note("klaar")
    output.tables(example_table(), wide_table(1))
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["sentences"] == ["Er zijn drie gemeenten."]
    assert document["tables"]["saldi"]["rows"][2]["huishoudens"] == {"not_applicable": "er geen huishoudens zijn"}
    assert document["tables"]["saldi"]["rows"][0]["saldo"] == 0.1 + 0.2
    assert captured.err == "klaar\n"
    with pytest.raises(RuntimeError):
        output.tables(example_table())


def test_quiet_keeps_results_only(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(quiet=True)
    output.note("klaar")
    output.tables(example_table())
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "Groningen" in captured.out
    assert "Een noot." not in captured.out


def test_progress_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().progress("Rekenen", total=3) as advance:
        advance(1)
    assert capsys.readouterr() == ("", "")


def test_with_out_the_tables_are_written_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output()
    run_or_print(
        output,
        [example_table()],
        out=tmp_path / "run",
        force=False,
        verb="compare",
        options={"jaar": 2020},
        inputs={},
        synthetic=True,
        more=lambda run: run.text("meer.txt", "meer"),
    )
    captured = capsys.readouterr()
    assert "SYNTHETISCH" in captured.out
    assert str(tmp_path / "run") in captured.err
    saved = read_run(tmp_path / "run")
    assert saved.keys == ("saldi",)
    assert saved.bytes("meer.txt") == b"meer"


HOSTILE = "\x1b[31mrood\x1b[0m\x07\u202eomgekeerd\x9b2J"


def test_nothing_in_a_table_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    cells = {"naam": [HOSTILE], "groep": [HOSTILE]}
    columns = (Column("naam", HOSTILE), Column("groep", "Groep"))
    output = Output()
    output.tables(Table("x", HOSTILE, columns, cells, notes=(HOSTILE,), source=HOSTILE, row_group="groep"))
    output.say(HOSTILE)
    shown = capsys.readouterr().out
    assert "rood" in shown
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(shown)


def test_the_name_of_a_group_of_rows_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    cells = {"gemeente": ["Maastricht"], "wijk": ["WK09"]}
    columns = (Column("gemeente", "Gemeente"), Column("wijk", "Wijk", "code"))
    Output().tables(Table("x", "Wijken", columns, cells, row_group="gemeente"))
    assert " Maastricht\n" in capsys.readouterr().out
