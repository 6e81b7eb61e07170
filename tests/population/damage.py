"""Builds the folders of the cases: sound input from `cases/base`, then the one change that a case describes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from verdeelmodel.cli.main import main
from verdeelmodel.population.convert import convert_population

CASES = Path(__file__).with_name("cases")
TYPES = {"string": pa.string(), "int64": pa.int64()}


def described(folder: str) -> list[Any]:
    """The cases of a folder, named by what they describe."""
    found = []
    for path in sorted((CASES / folder).glob("*.yaml")):
        found += [
            pytest.param(case, id=f"{path.stem}: {case['case']}") for case in yaml.safe_load(path.read_text("utf-8"))
        ]
    return found


def base(folder: Path) -> Path:
    """A copy of the sound input."""
    shutil.copytree(CASES / "base", folder, dirs_exist_ok=True)
    return folder


def build(case: dict[str, Any], folder: Path) -> list[str]:
    """Make the damaged input of a case; the command that meets it."""
    base(folder)
    if case.get("sav"):
        as_spss(folder)
    place = folder
    command = ["convert", str(folder / "mapping.yaml"), "--out", str(folder / "uit")]
    if case.get("population"):
        place = folder / "populatie"
        convert_population(folder / "mapping.yaml", place)
        command = ["check", "--population", str(place)]
    if "file" in case:
        damage(place / case["file"], case)
    for name, change in case.get("also", {}).items():
        damage(place / name, {"write": change} if isinstance(change, str) else {"replace": change})
    if "command" in case:
        command = [str(folder / word) if "." in word or word == "uit" else word for word in case["command"]]
    return command


def damage(path: Path, case: dict[str, Any]) -> None:
    """The one change of a case."""
    if case.get("delete"):
        path.unlink()
    for old, new in case.get("replace", {}).items():
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    if "write" in case:
        path.write_text(case["write"], "utf-8")
    if "bytes" in case:
        path.write_bytes(bytes.fromhex(case["bytes"]))
    if "truncate" in case:
        path.write_bytes(path.read_bytes()[: case["truncate"]])
    if "overwrite" in case:
        content, new = bytearray(path.read_bytes()), bytes.fromhex(case["overwrite"]["with"])
        content[case["overwrite"]["at"] : case["overwrite"]["at"] + len(new)] = new
        path.write_bytes(bytes(content))
    if "rows_claimed" in case:
        path.write_bytes(claim_rows(path.read_bytes(), case["rows_claimed"]))
    if {"drop", "rename", "retype", "set"} & set(case):
        rewrite_parquet(path, case)


def rewrite_parquet(path: Path, case: dict[str, Any]) -> None:
    """The same table with a column dropped, renamed or of another type, or a value of the first row replaced."""
    table = pq.read_table(path)
    if "drop" in case:
        table = table.drop_columns([case["drop"]])
    table = table.rename_columns([case.get("rename", {}).get(name, name) for name in table.column_names])
    for name, kind in case.get("retype", {}).items():
        table = table.set_column(table.column_names.index(name), name, table[name].cast(TYPES[kind]))
    for name, value in case.get("set", {}).items():
        values = [value, *table[name].to_pylist()[1:]]
        table = table.set_column(table.column_names.index(name), name, pa.array(values, table[name].type))
    pq.write_table(table, path)


def claim_rows(content: bytes, rows: int) -> bytes:
    """The same Parquet file with another number of rows in the head of its footer (Thrift compact protocol)."""
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    footer = content[start:-8]
    true = pq.ParquetFile(pa.BufferReader(content)).metadata.num_rows
    field, next_field = b"\x16", b"\x19"
    old, new = (field + varint(2 * count) + next_field for count in (true, rows))
    if footer.count(old) < 1:
        raise ValueError("the footer is not laid out as expected")
    changed = footer.replace(old, new, 1)
    return content[:start] + changed + len(changed).to_bytes(4, "little") + b"PAR1"


def varint(number: int) -> bytes:
    """An unsigned number in groups of seven bits, lowest first."""
    groups = []
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    return bytes([*groups, number])


def as_spss(folder: Path) -> None:
    """The households as an SPSS file, and the mapping that says so."""
    import pyreadstat

    frame = pd.read_csv(folder / "huishoudens.csv")
    pyreadstat.write_sav(frame, folder / "huishoudens.sav")
    mapping = folder / "mapping.yaml"
    mapping.write_text(mapping.read_text("utf-8").replace("huishoudens.csv", "huishoudens.sav"), "utf-8")


def respell(content: str, way: str) -> bytes:
    """The same table of text in another spelling."""
    lines = content.splitlines()
    rows = [line.split(",") for line in lines]
    other = {
        "semicolons": lambda: "\n".join(";".join(cell.replace(".", ",") for cell in row) for row in rows),
        "tabs": lambda: content.replace(",", "\t"),
        "bom": lambda: "\ufeff" + content,
        "crlf": lambda: content.replace("\n", "\r\n"),
        "capitals": lambda: "\n".join([lines[0].upper(), *lines[1:]]),
        "utf16": lambda: content,
        "trailing": lambda: content + "\n" + "," * (len(rows[0]) - 1) + "\n\n",
        "quoted": lambda: "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows),
        "bare_codes": lambda: content.replace("GM0014", "14").replace("GM0718", "gm718"),
        "reversed": lambda: "\n".join(
            [lines[0], *sorted(lines[1:], key=lambda line: line.split(",")[1:3], reverse=True)]
        ),
    }[way]()
    return other.encode("utf-16" if way == "utf16" else "utf-8")


def run(words: list[str], capsys: Any, monkeypatch: Any) -> tuple[int, str, str]:
    """The command in this process: exit code, what it printed and what it said on standard error."""
    monkeypatch.setattr(sys, "argv", ["verdeelmodel", "population", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    printed = capsys.readouterr()
    return int(stopped.value.code or 0), printed.out, printed.err
