"""All declared kenmerken by key: those of the package, of installed plug-ins, and of files that a user names."""

from __future__ import annotations

import contextvars
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from verdeelmodel.errors import Problem, RequestError, unknown_name
from verdeelmodel.kenmerken.declare import ATTRIBUTE, Eenheid, Kenmerk
from verdeelmodel.wording import text

_current: contextvars.ContextVar[Registry | None] = contextvars.ContextVar("kenmerken", default=None)


@dataclass(frozen=True)
class Registry(Mapping[str, Kenmerk]):
    """Every kenmerk by key; asking for one that does not exist is a RequestError with the closest names."""

    kenmerken: Mapping[str, Kenmerk]

    def __getitem__(self, key: str) -> Kenmerk:
        if key not in self.kenmerken:
            self.fail_if_unknown([key])
        return self.kenmerken[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The kenmerk with this key, or the default; never an error."""
        return self.kenmerken.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self.kenmerken

    def __iter__(self) -> Iterator[str]:
        return iter(self.kenmerken)

    def __len__(self) -> int:
        return len(self.kenmerken)

    def of(self, eenheid: Eenheid) -> tuple[Kenmerk, ...]:
        """The kenmerken of one unit."""
        return tuple(k for k in self.kenmerken.values() if k.eenheid == eenheid)

    def fail_if_unknown(self, keys: Iterable[str], also: Iterable[str] = ()) -> None:
        """Refuse keys that are no kenmerk (nor one of `also`), all at once."""
        known = [*self.kenmerken, *also]
        problems = [unknown_name(k, known, text("kenmerken.kenmerk")) for k in keys if k not in set(known)]
        if problems:
            raise RequestError(text("kenmerken.unknown", count=len(problems)), problems)

    def extended(self, more: Iterable[Kenmerk]) -> Registry:
        """A registry with these added, checked as a whole; a key that exists already is refused."""
        from verdeelmodel.kenmerken.resolve import fail_if_unresolved

        added = tuple(more)
        larger = Registry(_merged(self.kenmerken, added))
        fail_if_unresolved(larger, [k.key for k in added])
        return larger


def registry() -> Registry:
    """The registry in use: the built-in one, with the files that a user named in this context."""
    return _current.get() or builtin()


def use(chosen: Registry | None) -> contextvars.Token[Registry | None]:
    """Use this registry from now on in the current context (None: the built-in one)."""
    return _current.set(chosen)


def add_files(paths: Iterable[Path]) -> Registry:
    """Add the kenmerken of these Python or YAML files to the registry in use; all of a file, or none.

    A Python file is executed, so it must be named by the user; nothing in a YAML file is evaluated.
    """
    from verdeelmodel.kenmerken.plugins import read_file

    larger = registry()
    for path in paths:
        larger = larger.extended(read_file(path))
    use(larger)
    return larger


@cache
def builtin() -> Registry:
    """The kenmerken of the package and of the installed plug-ins (entry points `verdeelmodel.kenmerken`)."""
    from verdeelmodel.kenmerken.plugins import installed

    own = [k for name in theme_modules() for k in declared_in(importlib.import_module(name))]
    packaged = Registry(_merged({}, own))
    plugins = installed()
    return packaged.extended(plugins) if plugins else packaged


def theme_modules() -> tuple[str, ...]:
    """The modules of this package, in alphabetical order; each may declare kenmerken."""
    package = importlib.import_module(__package__ or "verdeelmodel.kenmerken")
    return tuple(sorted(f"{package.__name__}.{m.name}" for m in pkgutil.iter_modules(package.__path__)))


def declared_in(module: ModuleType) -> list[Kenmerk]:
    """The kenmerken that this module itself declares, in the order of the file."""
    declared = [getattr(value, ATTRIBUTE, None) for value in vars(module).values()]
    return [k for k in declared if isinstance(k, Kenmerk) and k.herkomst == module.__name__]


def _merged(present: Mapping[str, Kenmerk], added: Iterable[Kenmerk]) -> MappingProxyType[str, Kenmerk]:
    from verdeelmodel.kenmerken.resolve import raw_column_names

    merged = dict(present)
    problems = []
    for k in added:
        if k.key in merged:
            problems.append(
                Problem(text("kenmerken.twice", kenmerk=k.key, other=merged[k.key].herkomst), where=k.herkomst)
            )
        elif k.key in raw_column_names() and k.eenheid == "huishouden":
            problems.append(Problem(text("kenmerken.column_name", kenmerk=k.key), where=k.herkomst))
        merged[k.key] = k
    if problems:
        raise RequestError(text("kenmerken.twice_summary"), problems)
    return MappingProxyType(merged)
