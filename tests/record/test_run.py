"""A run is whole or absent, never overwritten by accident, and reads back as it was written."""

import csv
import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.record.examples import example_table, write_example
from verdeelmodel.errors import DataError, RequestError, RunError
from verdeelmodel.record import new_run, read_run, verify, write_whole
from verdeelmodel.record.tables import csv_cell


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))


def test_a_run_holds_its_tables_files_evidence_and_record(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    assert names(tmp_path) == [
        "run",
        "run/evidence",
        "run/evidence/saldi.json",
        "run/fit.json",
        "run/gemeenten",
        "run/gemeenten/GM0014.html",
        "run/record.json",
        "run/saldi.csv",
        "run/saldi.not_applicable.csv",
        "run/saldi.parquet",
    ]


def test_tables_read_back_equal_with_labels_notes_reasons_and_evidence(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    saved = read_run(tmp_path / "run")
    assert saved.table("saldi") == example_table()
    assert saved["saldi"]["saldo"].tolist() == example_table().to_frame()["saldo"].tolist()
    assert saved.json("fit.json") == {"a": "é", "b": [1, 2]}
    assert (saved.verb, saved.synthetic, saved.keys) == ("compare", False, ("saldi",))


def test_csv_has_full_precision_and_decimal_points(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    content = (tmp_path / "run" / "saldi.csv").read_bytes()
    assert b"\r" not in content
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [float(row["saldo"]) for row in rows] == [0.1 + 0.2, -1 / 3, 5e-324]
    assert rows[2]["naam"] == '\'s-Gravenhage, "Den Haag"'
    reasons = pd.read_csv(tmp_path / "run" / "saldi.not_applicable.csv")
    assert reasons["row"].tolist() == [3, 3]
    assert reasons["column"].tolist() == ["huishoudens", "vangnet"]


def test_synthetic_results_carry_their_mark_in_every_file(tmp_path: Path) -> None:
    write_example(tmp_path / "run", synthetic=True)
    saved = read_run(tmp_path / "run")
    assert saved.synthetic
    assert saved.table("saldi") == dataclasses.replace(example_table(), synthetic=True)
    assert pd.read_csv(tmp_path / "run" / "saldi.csv")["synthetisch"].tolist() == ["ja"] * 3
    metadata = pq.read_schema(tmp_path / "run" / "saldi.parquet").metadata
    assert metadata[b"synthetisch"] == b"ja"
    assert next(iter(metadata)) == b"synthetisch"


def test_one_synthetic_table_makes_the_run_synthetic(tmp_path: Path) -> None:
    with new_run(tmp_path / "run", verb="fit", options={}, inputs={}) as run:
        run.table(example_table(synthetic=True))
    assert read_run(tmp_path / "run").synthetic


@pytest.mark.parametrize("value", ["=1+1", "@SUM(A1)", "+cmd|'/C calc'!A0", "-cmd|x", "+31\t-2", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(value: str) -> None:
    assert csv_cell(value) == f"'{value}"


@pytest.mark.parametrize("value", ["-0,3 ***", "+1.5", "'s-Hertogenbosch", "a=b", ""])
def test_ordinary_text_is_left_alone(value: str) -> None:
    assert csv_cell(value) == value


def write_half(out: Path) -> None:
    with new_run(out, verb="fit", options={}, inputs={}) as run:
        run.table(example_table())
        raise ZeroDivisionError


def test_a_failed_block_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_half(tmp_path / "a" / "b" / "run")
    assert names(tmp_path) == []


def test_a_failed_replacement_keeps_the_old_run(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    with pytest.raises(ZeroDivisionError), new_run(tmp_path / "run", verb="x", options={}, inputs={}, force=True):
        raise ZeroDivisionError
    assert verify(tmp_path / "run").ok
    assert names(tmp_path)[0] == "run"


def test_an_existing_run_needs_force(tmp_path: Path) -> None:
    write_example(tmp_path / "run", seed=1)
    with pytest.raises(RunError, match="--force"):
        write_example(tmp_path / "run", seed=2)
    assert read_run(tmp_path / "run").record["seed"] == 1
    write_example(tmp_path / "run", seed=2, force=True)
    assert read_run(tmp_path / "run").record["seed"] == 2
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_force_never_replaces_a_folder_that_is_not_a_run(tmp_path: Path) -> None:
    (tmp_path / "documenten").mkdir()
    (tmp_path / "documenten" / "brief.txt").write_text("bewaren")
    with pytest.raises(RunError, match=r"record\.json"):
        write_example(tmp_path / "documenten", force=True)
    assert (tmp_path / "documenten" / "brief.txt").read_text() == "bewaren"


def test_a_file_is_never_replaced_by_a_run(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("bewaren")
    with pytest.raises(RunError):
        write_example(tmp_path / "run", force=True)


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_example(tmp_path / "run")
    assert verify(tmp_path / "run").ok


def test_a_second_run_into_the_same_folder_is_refused_at_once(tmp_path: Path) -> None:
    with new_run(tmp_path / "run", verb="fit", options={}, inputs={}) as run:
        run.text("a.txt", "a")
        with pytest.raises(RunError, match="ander proces"):
            write_example(tmp_path / "run")
    assert sorted(read_run(tmp_path / "run").record["outputs"]) == ["a.txt"]


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/../b", "record.json", ".hidden", "a//b", "a\\b", "c:x", "a.", "a /b"]
)
def test_a_name_that_leaves_the_run_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="file name"), new_run(tmp_path / "r", verb="x", options={}, inputs={}) as run:
        run.text(name, "x")
    assert names(tmp_path) == []


def test_the_record_has_base_names_hashes_and_no_place_or_switch(tmp_path: Path) -> None:
    source = tmp_path / "geheim" / "saldi.csv"
    source.parent.mkdir()
    source.write_text("a\n1\n")
    options = {"saldi": source, "jaren": (2019, 2020), "threads": 4, "out": tmp_path, "n": np.int64(3)}
    inputs = {"saldi": source, "map": source.parent, "niet": None}
    with new_run(tmp_path / "run", verb="fit", options=options, inputs=inputs):
        pass
    content = (tmp_path / "run" / "record.json").read_text()
    record = json.loads(content)["hashed"]
    assert str(tmp_path) not in content
    assert record["options"] == {"jaren": [2019, 2020], "n": 3, "saldi": "saldi.csv"}
    assert {role: entry["name"] for role, entry in record["inputs"].items()} == {"map": "geheim", "saldi": "saldi.csv"}


def test_every_missing_input_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    inputs = {"a": tmp_path / "een.csv", "b": tmp_path / "twee.csv"}
    with pytest.raises(DataError) as caught, new_run(tmp_path / "run", verb="fit", options={}, inputs=inputs):
        pass
    assert [p.where for p in caught.value.problems] == ["a", "b"]
    assert names(tmp_path) == []


def test_an_unknown_table_gets_a_suggestion(tmp_path: Path) -> None:
    write_example(tmp_path / "run")
    with pytest.raises(RequestError, match="saldi"):
        read_run(tmp_path / "run").table("saldo")


def test_write_whole_replaces_in_one_step(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.bin", b"oud")
    write_whole(tmp_path / "a.bin", b"nieuw")
    assert (tmp_path / "a.bin").read_bytes() == b"nieuw"
    assert names(tmp_path) == ["a.bin"]
