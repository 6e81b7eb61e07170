"""The commands `allocate` and `params` as a user runs them."""

import csv
import json

import pytest

from tests.cli.running import verdeelmodel

HEADER = "gm_code,inhabitants,objective,cost,households_start,households_end,homeless_cost"
GOOD = [HEADER, "GM0014,60000,400000,300000,100,100,0", "GM0363,90000,600000,700000,100,100,0"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "gemeenten.csv"
    path.write_text("\n".join(GOOD) + "\n", encoding="utf-8")
    return path


def test_a_run_holds_every_component_and_verifies(table, tmp_path):
    out = tmp_path / "run"
    done = verdeelmodel("allocate", "--inputs", table, "--rules", 2026, "--macrobudget", 1_000_000, "--out", out)
    assert done.returncode == 0, done.stderr
    with (out / "budgets.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [r["budget"] for r in rows] == ["400000", "600000"]
    assert {"m", "BO", "BL", "BDTI", "BLKS", "BAJ", "share"} <= set(rows[0])
    assert verdeelmodel("verify", out).returncode == 0
    record = json.loads((out / "record.json").read_text(encoding="utf-8"))["hashed"]
    assert record["options"]["macrobudget"] == 1_000_000
    assert not record["synthetic"]


def test_the_same_request_gives_the_same_bytes(table, tmp_path):
    for name in ("a", "b"):
        verdeelmodel("allocate", "--inputs", table, "--macrobudget", 1_000_000, "--out", tmp_path / name)
    assert (tmp_path / "a" / "budgets.csv").read_bytes() == (tmp_path / "b" / "budgets.csv").read_bytes()
    assert (tmp_path / "a" / "record.json").read_bytes() == (tmp_path / "b" / "record.json").read_bytes()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--rules", 2031, "--macrobudget", 5], "2031"),
        (["--rules", 2026], "--macrobudget"),
        (["--rules", 2026, "--macrobudget", 0], "boven nul"),
        (["--rules", 2026, "--macrobudget", 10**30], "hoogstens"),
        (["--rules", 2026, "--macrobudget", 5, "--stage", "definitef"], "definitief"),
        (["--rules", 2026, "--macrobudget", 5, "--pool", "mau"], "NAAM=WAARDE"),
        (["--rules", 2026, "--macrobudget", 5, "--model", "2022"], "--model"),
        (["--rules", 2016, "--macrobudget", 5], "bdti=zonder"),
        (["--rules", 2026, "--macrobudget", 5, "--lks-pool", "nan"], "lks"),
    ],
)
def test_a_wrong_request_ends_with_1_and_writes_nothing(table, tmp_path, more, words):
    done = verdeelmodel("allocate", "--inputs", table, *more, "--out", tmp_path / "run")
    assert done.returncode == 1, done.stdout
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "run").exists()


def test_params_show_a_value_with_source_and_certainty():
    done = verdeelmodel("params", "show", "vangnet", "2025", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["tables"]["values"]["rows"]
    assert {"key": "vangnet.verruimd.bedrag", "certainty": "aangenomen"}.items() <= next(
        r for r in rows if r["key"] == "vangnet.verruimd.bedrag"
    ).items()


def test_params_with_a_slip_ends_with_1():
    done = verdeelmodel("params", "show", "vangnett")
    assert done.returncode == 1
    assert "vangnet" in done.stderr
