"""The cache of the synthetic country: killed while it is filled, asked for by many at once, closed, full or damaged."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.hardening.faults import ROOT
from verdeelmodel.errors import RunError
from verdeelmodel.population.writer import PopulationWriter
from verdeelmodel.synthetic import SyntheticOptions, default_population
from verdeelmodel.synthetic.cache import cached_folder

SMALL = SyntheticOptions(scale=0.01, seed=7, years=(2020,), gemeenten=(14, 80))
ASK = """
import sys
from verdeelmodel.synthetic import SyntheticOptions, default_population
import verdeelmodel.synthetic.cache as cache
cache.default_workers = lambda: 1
print("ready", flush=True); sys.stdin.readline()
print(default_population(SyntheticOptions(scale=0.01, seed=7, years=(2020,), gemeenten=(14, 80))).count(2020))
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VERDEELMODEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("verdeelmodel.synthetic.cache.default_workers", lambda: 1)
    return tmp_path / "cache"


def asking():
    return subprocess.Popen(
        [sys.executable, "-c", ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def ready(process):
    assert process.stdout.readline() == "ready\n"
    return process


def test_killed_while_it_is_filled_the_cache_is_whole_or_empty(cache):
    moments = random.Random(3)
    started = time.perf_counter()
    households = default_population(SMALL).count(2020)
    lasts = time.perf_counter() - started
    folder = cached_folder(SMALL)
    whole = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    for _ in range(3):
        for path in sorted(folder.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        folder.rmdir()
        with ready(asking()) as process:
            process.stdin.write("\n")
            process.stdin.flush()
            time.sleep(moments.uniform(0.1, 0.9) * lasts)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        assert default_population(SMALL).count(2020) == households
        assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == whole
        assert [p.name for p in cache.iterdir()] == [folder.name]


def test_many_who_ask_at_once_get_the_same_country(cache):
    with ThreadPoolExecutor(3) as pool:
        processes = [ready(p) for p in [asking() for _ in range(3)]]
        answers = list(pool.map(lambda p: p.communicate("\n"), processes))
    counts = {told for told, _ in answers}
    assert len(counts) == 1, answers
    assert [p.returncode for p in processes] == [0, 0, 0], answers
    assert [p.name for p in cache.iterdir()] == [cached_folder(SMALL).name]


def test_a_cache_on_a_full_disk_says_so_at_once(cache, monkeypatch):
    def no_room(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(PopulationWriter, "households", no_room)
    started = time.monotonic()
    with pytest.raises(RunError, match="No space left"):
        default_population(SMALL)
    assert time.monotonic() - started < 30
    assert not any(p for p in cache.glob("*") if p.is_dir())


def test_a_cache_where_nobody_may_write_says_so_at_once(monkeypatch):
    monkeypatch.setenv("VERDEELMODEL_CACHE", "/proc/verdeelmodel")
    with pytest.raises(RunError, match="kan niet worden geschreven"):
        default_population(SMALL)


def test_a_damaged_cache_is_made_again(cache):
    households = default_population(SMALL).count(2020)
    path = cached_folder(SMALL) / "households" / "2020.parquet"
    path.write_bytes(path.read_bytes()[:500])
    assert default_population(SMALL).count(2020) == households
    assert Path(path).stat().st_size > 500
