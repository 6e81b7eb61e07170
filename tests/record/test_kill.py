"""A process killed at any moment leaves a whole run, or none, and never one that is half-written but accepted."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.record.examples import write_example
from verdeelmodel.errors import RunError
from verdeelmodel.record import read_run, verify

ROOT = Path(__file__).parents[2]
KILLS = 50


@pytest.fixture
def writer(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.record.writer", str(tmp_path / "run")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def kill_after(writer: "subprocess.Popen[str]", seconds: float) -> None:
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    child = int(writer.stdout.readline())
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert writer.stdout.readline() == "dead\n"


def state_of(folder: Path) -> str:
    """Whether there is no run here, or a whole one; anything between fails the test."""
    try:
        found = verify(folder)
    except RunError:
        return "none"
    assert found.ok, str(found)
    return "whole"


def test_fifty_kills_never_leave_a_half_run_that_verifies(tmp_path: Path, writer: "subprocess.Popen[str]") -> None:
    moments = random.Random(20)
    leftovers = 0
    for _ in range(KILLS):
        kill_after(writer, moments.uniform(0.0, 0.03))
        hidden = [p for p in tmp_path.iterdir() if p.name.startswith(".") and p.is_dir()]
        leftovers += len(hidden)
        assert all(state_of(p) == "none" for p in hidden)
        present = state_of(tmp_path / "run")
        assert present == "whole" or any("vervangen" in p.name for p in hidden)
    assert leftovers > 0, "no kill fell while a run was being written"
    write_example(tmp_path / "run", force=True, seed=99)
    assert read_run(tmp_path / "run").record["seed"] == 99
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_run_that_was_moved_aside_when_its_replacer_died_comes_back(tmp_path: Path) -> None:
    write_example(tmp_path / "run", seed=1)
    (tmp_path / "run").rename(tmp_path / ".run.vervangen-00000000")
    with pytest.raises(RunError, match="--force"):
        write_example(tmp_path / "run", seed=2)
    assert read_run(tmp_path / "run").record["seed"] == 1


def test_of_many_processes_at_once_exactly_one_wins_and_the_others_say_why(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.record.examples import write_example; "
        "write_example(Path(sys.argv[1]), seed=int(sys.argv[2]))"
    )

    def write(seed: int) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", code, str(tmp_path / "run"), str(seed)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(write, range(4)))
    assert sorted(d.returncode for d in done) == [0, 1, 1, 1]
    assert all("BusyError" in d.stderr for d in done if d.returncode)
    winner = [d.returncode for d in done].index(0)
    assert read_run(tmp_path / "run").record["seed"] == winner
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
