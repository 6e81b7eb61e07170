"""The synthetic Netherlands: a country with a known truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verdeelmodel.synthetic.cache import default_population
    from verdeelmodel.synthetic.country import make_population
    from verdeelmodel.synthetic.options import SyntheticOptions

__all__ = ["SyntheticOptions", "default_population", "make_population"]

_WHERE = {"SyntheticOptions": "options", "default_population": "cache", "make_population": "country"}


def __getattr__(name: str) -> Any:
    """The makers are imported when they are first used, so that asking for help stays instant."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
