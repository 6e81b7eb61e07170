"""The same options give the same bytes; a municipality does not depend on the others; nothing half is left behind."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from verdeelmodel.errors import RequestError
from verdeelmodel.population import open_population
from verdeelmodel.synthetic import SyntheticOptions, default_population, make_population

FEW = (14, 96, 718)


def digests(folder):
    return {p.relative_to(folder): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_same_bytes_for_any_number_of_workers(tmp_path):
    options = SyntheticOptions(scale=0.01, seed=3, years=(2019, 2020), gemeenten=FEW)
    make_population(tmp_path / "one", options, workers=1)
    make_population(tmp_path / "two", options, workers=2)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_gives_other_households(tmp_path):
    for seed in (1, 2):
        options = SyntheticOptions(scale=0.01, seed=seed, years=(2020,), gemeenten=(14,))
        make_population(tmp_path / str(seed), options)
    first, second = (open_population(tmp_path / str(seed)).households(2020) for seed in (1, 2))
    assert not np.array_equal(first["assets"], second["assets"])


def test_a_municipality_does_not_change_when_another_is_left_out(tmp_path):
    for name, gemeenten in (("with", FEW), ("without", (718,))):
        make_population(tmp_path / name, SyntheticOptions(scale=0.02, years=(2018, 2020), gemeenten=gemeenten))
    whole, part = (open_population(tmp_path / name) for name in ("with", "without"))
    for year in (2018, 2020):
        a, b = whole.households(year), part.households(year)
        here = a["gemeente"] == 718
        for name, values in b.items():
            assert np.array_equal(a[name][here], values), name


def test_the_population_says_that_it_is_synthetic(some):
    assert some.meta.synthetic
    assert some.meta.seed == 7
    assert "synthetisch" in some.meta.name.lower()
    assert some.meta.division == 2020


def test_wrong_options_are_refused_together():
    with pytest.raises(RequestError) as caught:
        SyntheticOptions(scale=2, seed=-1, years=(2016,))
    assert len(caught.value.problems) == 3


def test_an_unknown_municipality_is_refused(tmp_path):
    with pytest.raises(RequestError, match="2020"):
        make_population(tmp_path / "x", SyntheticOptions(gemeenten=(17,)))
    assert not (tmp_path / "x").exists()


def test_the_default_is_made_once_and_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("VERDEELMODEL_CACHE", str(tmp_path))
    options = SyntheticOptions(scale=0.002, gemeenten=(96, 718))
    first = default_population(options)
    (folder,) = [p for p in tmp_path.iterdir() if p.is_dir()]
    before = digests(folder)
    again = default_population(options)
    assert digests(folder) == before
    assert first.count(2020) == again.count(2020)


def test_two_processes_can_ask_for_the_default_at_once(tmp_path):
    code = (
        "from verdeelmodel.synthetic import SyntheticOptions, default_population\n"
        "p = default_population(SyntheticOptions(scale=0.01, gemeenten=(14, 718)))\n"
        "print(p.count(2020))"
    )
    env = {"VERDEELMODEL_CACHE": str(tmp_path), "PATH": ""}
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = [process.communicate(timeout=120)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert answers[0] == answers[1] != ""
    assert len([p for p in tmp_path.iterdir() if p.is_dir()]) == 1
