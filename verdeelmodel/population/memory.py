"""Whether the work fits in memory, asked before it starts: a message instead of a killed process."""

from __future__ import annotations

import os
from pathlib import Path

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.table import format_number
from verdeelmodel.wording import text

SETTING = "VERDEELMODEL_MEMORY"
GIGABYTE = 1_000_000_000
# What the libraries take, and what a verb holds at most per household of the largest year; measured on 8.1 million.
LIBRARIES = 400_000_000
PER_HOUSEHOLD = 150
UNLIMITED = 2**60


def fail_if_memory_too_small(needed: int, households: int) -> None:
    """Refuse work that needs more bytes than there are; where nobody knows how many there are, it starts."""
    available = available_memory()
    if available is None or needed <= available:
        return
    shown = format_number(needed / GIGABYTE, "number", 1)
    there = format_number(available / GIGABYTE, "number", 1)
    found = text("population.memory.too_small", needed=shown, available=there)
    households_shown = format_number(households, "count")
    remedy = text("population.memory.remedy", setting=SETTING, needed=shown)
    raise RequestError(found, [Problem(text("population.memory.households", count=households_shown), remedy=remedy)])


def needed_for(households: int) -> int:
    """The bytes that a verb takes at most on a population whose largest year has this many households."""
    return LIBRARIES + PER_HOUSEHOLD * households


def available_memory(root: Path = Path("/")) -> int | None:
    """The bytes that this process may still take; None when the system does not tell.

    The environment variable VERDEELMODEL_MEMORY, in gigabytes, goes before what the system tells.
    """
    told = os.environ.get(SETTING, "").strip().replace(",", ".")
    if told:
        try:
            return int(float(told) * GIGABYTE)
        except (ValueError, OverflowError) as error:
            raise RequestError(text("population.memory.setting", setting=SETTING, found=told)) from error
    limits = [limit for limit in (_free(root), _left_in_group(root)) if limit is not None]
    return min(limits, default=None)


def _free(root: Path) -> int | None:
    """What Linux says that can be had without swapping."""
    for line in _lines(root / "proc/meminfo"):
        words = line.split()
        if len(words) > 1 and words[0] == "MemAvailable:" and words[1].isdecimal():
            return int(words[1]) * 1024
    return None


def _left_in_group(root: Path) -> int | None:
    """What is left under the limit of a container, the cache of files not counted; None without a limit."""
    group = root / "sys/fs/cgroup"
    for folder, limit_name, used_name in (
        (group, "memory.max", "memory.current"),
        (group / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        limit, used = _number(folder / limit_name), _number(folder / used_name)
        if limit is not None and used is not None and limit < UNLIMITED:
            stat = dict(line.split() for line in _lines(folder / "memory.stat") if len(line.split()) == 2)
            reclaimable = int(stat.get("inactive_file", stat.get("total_inactive_file", "0")))
            return max(0, limit - max(0, used - reclaimable))
    return None


def _number(path: Path) -> int | None:
    lines = _lines(path)
    return int(lines[0]) if lines and lines[0].strip().isdecimal() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
