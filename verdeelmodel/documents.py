"""Strict reading of small text documents (YAML): no tags, no aliases, no duplicate keys, a size limit.

Everything a user hands in as YAML comes through here: nothing is ever evaluated, nothing is dropped silently.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from verdeelmodel import __version__
from verdeelmodel.errors import DataError, Problem
from verdeelmodel.wording import text

LARGEST = 5_000_000


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses aliases and duplicate keys."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.MarkedYAMLError(problem="alias", problem_mark=parent.start_mark if parent else None)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in seen:
                raise yaml.MarkedYAMLError(problem=f"duplicate key {key!r}", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def is_there(path: Path) -> bool:
    """Whether there is a file or folder of this name; a name that no system can have is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_yaml(path: Path) -> Any:
    """The document in this file; a DataError with line and column when it is not plain, unambiguous YAML."""
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(text("documents.too_large", file=path.name, limit=LARGEST))
        source = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(text("documents.unreadable", file=path.name, reason=error.strerror or str(error))) from error
    except UnicodeDecodeError as error:
        raise DataError(text("documents.not_utf8", file=path.name)) from error
    except ValueError as error:  # a name with a sign that no file can have
        raise DataError(text("documents.unreadable", file=path.name, reason=str(error))) from error
    return parse_yaml(source, path.name)


def parse_yaml(source: str, name: str) -> Any:
    """The document in this text; `name` is what the messages call it."""
    try:
        return yaml.load(source, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader that is stricter still
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = text("documents.place", line=mark.line + 1, column=mark.column + 1) if mark else ""
        found = str(error.problem or error)
        raise DataError(text("documents.not_yaml", file=name), [Problem(found, where)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise DataError(text("documents.not_yaml", file=name), [Problem(str(error))]) from error


def requirement(document: dict[str, Any], name: str) -> list[Problem]:
    """The problem, if any, of a document whose `requires: ">=x.y"` asks for a newer version of the toolkit."""
    wanted = document.get("requires")
    if wanted is None:
        return []
    match = re.fullmatch(r">=\s*(\d+(?:\.\d+)*)", str(wanted).strip())
    if match is None:
        return [Problem(str(wanted), f"{name}: requires", '">=0.1"')]
    if _numbers(match[1]) <= _numbers(__version__):
        return []
    return [Problem(text("documents.newer", wanted=match[1], have=__version__), f"{name}: requires")]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
