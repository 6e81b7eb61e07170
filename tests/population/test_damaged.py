"""Damaged input of every kind gives one message, exit code 1 and nothing written; every sound spelling is read."""

from __future__ import annotations

import pytest

from tests.cli.running import verdeelmodel
from tests.population.damage import base, build, described, respell, run
from verdeelmodel.population import open_population
from verdeelmodel.population.convert import convert_population

DAMAGED = described("damaged")


def names(folder):
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.suffix != ".lock"
    }


def test_there_are_enough_cases():
    assert len(DAMAGED) >= 25
    assert len({case.values[0]["case"] for case in DAMAGED}) == len(DAMAGED)


@pytest.mark.parametrize("case", DAMAGED)
def test_damage_is_told_in_one_message_and_nothing_is_written(case, tmp_path, capsys, monkeypatch):
    command = build(case, tmp_path)
    before = names(tmp_path)
    code, _, told = run(command, capsys, monkeypatch)
    assert code == 1
    assert told.startswith("Fout: ")
    assert told.count("Fout: ") == 1
    assert "Traceback" not in told
    assert str(tmp_path) not in told
    for words in case["told"]:
        assert words in told
    assert names(tmp_path) == before


def test_a_damaged_file_in_a_process_of_its_own(tmp_path):
    command = build({"population": True, "file": "households/2020.parquet", "truncate": 400}, tmp_path)
    done = verdeelmodel("population", *command)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("case", described("sound"))
def test_every_sound_spelling_gives_the_same_population(case, tmp_path):
    plain, other = base(tmp_path / "plain"), base(tmp_path / "other")
    for name, way in case["change"].items():
        (other / name).write_bytes(respell((other / name).read_text("utf-8"), way))
    convert_population(plain / "mapping.yaml", tmp_path / "a")
    convert_population(other / "mapping.yaml", tmp_path / "b")
    one, two = open_population(tmp_path / "a"), open_population(tmp_path / "b")
    for name, path in one.files().items():
        assert two.files()[name].read_bytes() == path.read_bytes(), name
    assert one.households(2020, ["fraction_paid"])["fraction_paid"].tolist() == pytest.approx([0.85, -1, -1, 1])
