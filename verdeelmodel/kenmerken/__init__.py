"""Every characteristic, one file per theme of the report, declared as a small pure function; the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verdeelmodel.kenmerken.declare import Kenmerk, Telling, kenmerk, verhouding
from verdeelmodel.kenmerken.registry import Registry, add_files, registry

if TYPE_CHECKING:
    from verdeelmodel.kenmerken.areas import compute_buurten, compute_gemeenten, compute_wijken
    from verdeelmodel.kenmerken.households import compute_households

__all__ = [
    "Kenmerk",
    "Registry",
    "Telling",
    "add_files",
    "compute_buurten",
    "compute_gemeenten",
    "compute_households",
    "compute_wijken",
    "kenmerk",
    "registry",
    "verhouding",
]

_LATER = {
    "compute_buurten": "areas",
    "compute_gemeenten": "areas",
    "compute_wijken": "areas",
    "compute_households": "households",
}


def __getattr__(name: str) -> Any:
    """What needs a population is imported when it is first used."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
