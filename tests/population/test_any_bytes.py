"""Files of any content: they are read or refused, and never anything else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.population.damage import as_spss, base
from verdeelmodel.errors import VerdeelmodelError
from verdeelmodel.population import open_population
from verdeelmodel.population.convert import convert_population

CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20)
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(content: bytes, changes: list[tuple[float, int]], length: float) -> bytes:
    """The content with bytes overwritten and its end cut off."""
    result = bytearray(content)
    for place, value in changes:
        result[int(place * len(result))] = value
    return bytes(result[: max(1, int(length * len(result)))])


def read_or_refuse(action):
    try:
        action()
    except VerdeelmodelError as error:
        assert str(error)  # noqa: PT017


@pytest.mark.parametrize("name", ["huishoudens.csv", "gemeenten.csv", "mapping.yaml"])
@QUICK
@given(changes=CHANGES, length=st.sampled_from([1.0, 1.0, 0.7]))
def test_text_with_any_bytes_changed(tmp_path, name, changes, length):
    base(tmp_path)
    path = tmp_path / name
    path.write_bytes(changed(path.read_bytes(), changes, length))
    read_or_refuse(lambda: convert_population(tmp_path / "mapping.yaml", tmp_path / "uit", force=True))


@QUICK
@given(content=st.binary(min_size=1, max_size=300))
def test_text_of_any_bytes(tmp_path, content):
    base(tmp_path)
    (tmp_path / "huishoudens.csv").write_bytes(content)
    read_or_refuse(lambda: convert_population(tmp_path / "mapping.yaml", tmp_path / "uit", force=True))


@QUICK
@given(changes=CHANGES, length=st.sampled_from([1.0, 1.0, 0.5]))
def test_parquet_with_any_bytes_changed(tmp_path, changes, length):
    if not (tmp_path / "sound.parquet").exists():
        convert_population(base(tmp_path) / "mapping.yaml", tmp_path / "pop")
        (tmp_path / "sound.parquet").write_bytes((tmp_path / "pop/households/2020.parquet").read_bytes())
    damaged = changed((tmp_path / "sound.parquet").read_bytes(), changes, length)
    (tmp_path / "pop/households/2020.parquet").write_bytes(damaged)
    read_or_refuse(lambda: open_population(tmp_path / "pop").households(2020))


@QUICK
@given(changes=CHANGES, length=st.sampled_from([1.0, 1.0, 0.5]))
def test_spss_with_any_bytes_changed(tmp_path, changes, length):
    if not (tmp_path / "sound.sav").exists():
        as_spss(base(tmp_path))
        (tmp_path / "sound.sav").write_bytes((tmp_path / "huishoudens.sav").read_bytes())
    (tmp_path / "huishoudens.sav").write_bytes(changed((tmp_path / "sound.sav").read_bytes(), changes, length))
    read_or_refuse(lambda: convert_population(tmp_path / "mapping.yaml", tmp_path / "uit", force=True))


def test_the_change_is_a_change():
    assert changed(b"abcd", [(0.5, 65)], 1.0) == b"abAd"
    assert changed(b"abcd", [(0.0, 65)], 0.5) == b"Ab"
