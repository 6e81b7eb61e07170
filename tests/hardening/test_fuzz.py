"""The bounded version of the fuzz campaign: every reader meets some hundreds of damaged inputs, always the same.

The campaign itself (`python -m fuzz.campaign`) is coverage-guided and meets hundreds of thousands; see docs/fuzz.md.
"""

import random
import tempfile

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.guard import Guard
from fuzz.mutation import SHAPED, TEXTS, mutated_bytes
from fuzz.targets import TARGETS

INPUTS = 250
SLOW_READERS = {"excel": 60, "csv_convert": 80, "own_table": 80}
TREES = [name for name, target in TARGETS.items() if target.file.endswith(".yaml")]


@pytest.fixture
def guarded(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    return lambda name: Guard(TARGETS[name], tmp_path)


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_reads_or_refuses_whatever_it_meets(name, guarded):
    guard = guarded(name)
    seeds = TARGETS[name].seeds()
    assert seeds
    chance = random.Random(name)
    shaped = SHAPED.get(guard.path.suffix)
    for i in range(SLOW_READERS.get(name, INPUTS)):
        seed = chance.choice(seeds)
        made = shaped(seed, chance) if shaped and i % 3 else None
        guard.meet(mutated_bytes(seed, chance) if made is None else made)
    assert guard.findings == {}
    assert guard.refused > 0


@pytest.mark.parametrize("name", TARGETS)
def test_the_sound_seeds_are_read(name, guarded):
    guard = guarded(name)
    seeds = TARGETS[name].seeds()
    for seed in seeds:
        guard.meet(seed)
    assert guard.findings == {}
    assert guard.refused < len(seeds) or name in NOT_WHOLE, "the seeds of this target reach nothing"


# Seeds of these are read in surroundings that they do not fit in every part: what they reach is refused in the end.
NOT_WHOLE = frozenset({"csv_blocks"})

SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=12) | st.dates()
WORDS = st.sampled_from(TEXTS) | st.text(max_size=8)


@pytest.mark.parametrize("name", TREES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_document_of_known_keys_with_any_values(name, data, guarded):
    """Keys of a sound document, at the places where they belong or elsewhere, with values of every kind."""
    keys = sorted(keys_of([yaml.safe_load(seed) for seed in TARGETS[name].seeds()[:5]]), key=str)
    names = st.sampled_from(keys) | WORDS
    tree = st.recursive(
        SCALARS | names, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner), max_leaves=12
    )
    document = data.draw(st.dictionaries(names, tree, max_size=6))
    guard = guarded(name)
    guard.meet(yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "replace"))
    assert guard.findings == {}


def keys_of(node):
    """Every key of a tree, however deep."""
    if isinstance(node, dict):
        return set(node) | set().union(*(keys_of(v) for v in node.values()), set())
    if isinstance(node, list):
        return set().union(*(keys_of(v) for v in node), set())
    return set()


def test_the_guard_sees_what_it_is_there_to_see(tmp_path, guarded, monkeypatch):
    """A reader that writes elsewhere, fails in an unknown way or says nothing is found out."""
    from dataclasses import replace

    from verdeelmodel.errors import DataError

    def bad(path):
        act = path.read_bytes()
        if act == b"write":
            (tmp_path.parent / "elders.txt").write_text("x")
        if act == b"fail":
            raise KeyError("x")
        if act == b"silent":
            raise DataError("")

    monkeypatch.setitem(TARGETS, "csv", replace(TARGETS["csv"], read=bad))
    (tmp_path / "werk").mkdir()
    guard = Guard(TARGETS["csv"], tmp_path / "werk")
    for act in (b"write", b"fail", b"silent", b"nothing"):
        guard.meet(act)
    assert len(guard.findings) == 3
