"""Too little memory: a message with the estimate before anything starts, and a way to start all the same."""

import pytest

from tests.hardening.faults import CONVERT, command, fail_if_untold, workplace
from verdeelmodel.errors import RequestError
from verdeelmodel.population.memory import GIGABYTE, available_memory, fail_if_memory_too_small, needed_for


def test_the_message_says_what_is_needed_what_there_is_and_what_helps(monkeypatch):
    monkeypatch.setenv("VERDEELMODEL_MEMORY", "1")
    with pytest.raises(RequestError) as caught:
        fail_if_memory_too_small(needed_for(8_100_000), 8_100_000)
    told = str(caught.value)
    for words in ("1,6 GB", "1,0 GB vrij", "niets begonnen", "8.100.000", "--scale", "VERDEELMODEL_MEMORY=1,6"):
        assert words in told


def test_the_line_to_type_is_understood(monkeypatch):
    monkeypatch.setenv("VERDEELMODEL_MEMORY", "1,7")
    fail_if_memory_too_small(needed_for(8_100_000), 8_100_000)
    monkeypatch.setenv("VERDEELMODEL_MEMORY", "veel")
    with pytest.raises(RequestError, match="veel"):
        available_memory()


def machine(root, meminfo="", **group):
    (root / "proc").mkdir(parents=True)
    (root / "sys/fs/cgroup/memory").mkdir(parents=True)
    (root / "proc/meminfo").write_text(meminfo)
    for name, value in group.items():
        path = root / "sys/fs/cgroup" / name.replace("__", "/").replace("_", ".", 0 if "__" in name else 1)
        path.write_text(value)
    return root


FREE = "MemTotal:  4000000 kB\nMemAvailable:  2000000 kB\n"
STAT = "anon 5\ninactive_file 100000000\n"


@pytest.mark.parametrize(
    ("meminfo", "group", "left"),
    [
        (FREE, {}, 2_048_000_000),
        ("", {}, None),
        (FREE, {"memory_max": "max\n", "memory_current": "7\n"}, 2_048_000_000),
        (FREE, {"memory_max": "1000000000\n", "memory_current": "400000000\n"}, 600_000_000),
        (FREE, {"memory_max": "1000000000\n", "memory_current": "400000000\n", "memory_stat": STAT}, 700_000_000),
        (FREE, {"memory__memory.limit_in_bytes": "900000000\n", "memory__memory.usage_in_bytes": "1\n"}, 899_999_999),
        (FREE, {"memory__memory.limit_in_bytes": "9223372036854771712\n", "memory__memory.usage_in_bytes": "1\n"}, 2_048_000_000),  # noqa: E501
        ("MemAvailable\n", {"memory_max": "?\n", "memory_current": "\n"}, None),
    ],
)  # fmt: skip
def test_what_is_left_is_the_least_of_machine_and_container(tmp_path, monkeypatch, meminfo, group, left):
    monkeypatch.delenv("VERDEELMODEL_MEMORY", raising=False)
    assert available_memory(machine(tmp_path, meminfo, **group)) == left


def test_this_machine_is_understood(monkeypatch):
    monkeypatch.delenv("VERDEELMODEL_MEMORY", raising=False)
    available = available_memory()
    assert available is None or 0 < available < 10**6 * GIGABYTE


@pytest.mark.parametrize(
    "words",
    [("population", "check", "--population", "pop"), ("fit", "--population", "pop"), CONVERT],
    ids=["check", "fit", "convert"],
)
def test_a_verb_stops_before_it_starts(tmp_path, words):
    place = workplace(tmp_path)
    done = command(*words, cwd=place, VERDEELMODEL_MEMORY="0.1")
    fail_if_untold(done, "0,1 GB", "niets begonnen", "VERDEELMODEL_MEMORY")
    assert not (place / "uit").exists()
