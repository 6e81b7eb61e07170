"""Inputs that keep the shape of a sound file but for some changes, so that what lies behind the first check is met.

Bytes that are changed blindly are mostly refused at once as no YAML or no table; these stay YAML and stay a table.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import yaml

NUMBERS = (0, -1, 1, 2022, 1e308, float("nan"), float("inf"), 10**30, 0.1, -0.0, 5e-324, 2**63)
TEXTS = (
    "",
    " ",
    "nan",
    "=1+1",
    "../../x",
    "/etc/passwd",
    "C:\\x",
    "CON",
    "a\x00b",
    "\x1b[2J",
    "\u202egm",
    "é" * 300,
    "[",
    "{x}",
    "%s",
    "{0}",
    "GM0014",
    "2022",
    "null",
    "ja",
    "x\ny",
    "\ud7ff",
    "1e5",
    "constant",
    "__class__",
)
VALUES: tuple[Any, ...] = (*NUMBERS, *TEXTS, None, True, False, [], {}, [None], [[1]], {"a": 1}, {1: 2}, {None: None})
CELLS = (
    "",
    '"',
    '""',
    "'",
    "1e400",
    "-",
    "+1",
    "1.000,50",
    "1,5",
    "NaN",
    "GM9999",
    "gm14",
    "0x10",
    "1_000",
    "٣",
    "²",
    "2020-02-30",
    "0001-01-01",
    "9999-12-31T25:00",
    "\x00",
    "\x1a",
    "\ufeff",
    "=cmd|' /C calc'!A0",
    "9" * 400,
)


def mutated_yaml(content: bytes, random_: random.Random) -> bytes | None:
    """The document with one to four of its values or keys replaced, repeated or removed; None when it is no YAML."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tree = yaml.load(content, Loader=loader)  # noqa: S506 - a safe loader
        for _ in range(random_.randint(1, 4)):
            tree = _changed(tree, random_)
        return yaml.dump(tree, allow_unicode=True, sort_keys=False, width=10_000).encode("utf-8", "surrogatepass")
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError):
        return None


def _changed(node: Any, random_: random.Random) -> Any:
    """A copy of the tree with one change somewhere below."""
    if isinstance(node, dict) and node and random_.random() < 0.85:
        key = random_.choice(list(node))
        act = random_.random()
        if act < 0.1:
            return {k: v for k, v in node.items() if k != key}
        if act < 0.2:
            return {(_odd(random_) if k == key else k): v for k, v in node.items()}
        if act < 0.25:
            return {**node, str(_odd(random_)): node[key]}
        return {**node, key: _changed(node[key], random_)}
    if isinstance(node, list) and node and random_.random() < 0.85:
        place = random_.randrange(len(node))
        rest = [_changed(v, random_) if i == place else v for i, v in enumerate(node)]
        return rest + rest[place:] if random_.random() < 0.1 else rest
    return random_.choice(VALUES)


def _odd(random_: random.Random) -> Any:
    return random_.choice((*NUMBERS, *TEXTS, None, True))


def mutated_csv(content: bytes, random_: random.Random) -> bytes | None:
    """The table with one to five cells, rows or columns changed; None when it is no text."""
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return None
    if not lines:
        return None
    sign = max(";,\t", key=lines[0].count)
    rows = [line.split(sign) for line in lines]
    for _ in range(random_.randint(1, 5)):
        row = random_.choice(rows)
        act = random_.random()
        if act < 0.75:
            row[random_.randrange(len(row))] = random_.choice(CELLS)
        elif act < 0.85:
            rows.append(list(row))
        elif act < 0.92:
            row.append(random_.choice(CELLS))
        elif len(row) > 1:
            row.pop()
    return "\n".join(sign.join(row) for row in rows).encode("utf-8", "surrogatepass")


def mutated_bytes(content: bytes, random_: random.Random) -> bytes:
    """The bytes with some overwritten, cut off, repeated or put in."""
    result = bytearray(content or b"\x00")
    for _ in range(random_.randint(1, 8)):
        place, act = random_.randrange(len(result)), random_.random()
        if act < 0.6:
            result[place] = random_.choice((0, 255, 127, 128, result[place] ^ 1 << random_.randrange(8)))
        elif act < 0.7:
            del result[place:]
        elif act < 0.85:
            result[place:place] = bytes(random_.randrange(256) for _ in range(random_.randint(1, 8)))
        else:
            result[place:place] = result[place : place + random_.randint(1, 64)]
        result = result or bytearray(b"\x00")
    return bytes(result)


def mutated_parquet(content: bytes, random_: random.Random) -> bytes | None:
    """Pages or footer changed, with the length of the footer and both marks as they should be."""
    if len(content) < 20 or content[-4:] != b"PAR1":
        return None
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    if not 4 <= start < len(content) - 8:
        return None
    pages, footer = content[:start], content[start:-8]
    if random_.random() < 0.4:
        pages = b"PAR1" + mutated_bytes(pages[4:], random_)[: len(pages)].ljust(len(pages) - 4, b"\0")
    else:
        footer = mutated_bytes(footer, random_)
    return pages + footer + len(footer).to_bytes(4, "little") + b"PAR1"


SHAPED: dict[str, Callable[[bytes, random.Random], bytes | None]] = {
    ".yaml": mutated_yaml,
    ".csv": mutated_csv,
    ".parquet": mutated_parquet,
}
