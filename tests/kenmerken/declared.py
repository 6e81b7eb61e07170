"""Small kenmerken and registries for the tests of the mechanism."""

from verdeelmodel.kenmerken.declare import ATTRIBUTE, kenmerk
from verdeelmodel.kenmerken.registry import Registry, builtin


def declared(function, **facts):
    """The Kenmerk that this function declares."""
    kenmerk(**{"thema": "Proef", "label": "Proef", **facts})(function)
    return getattr(function, ATTRIBUTE)


def registry_of(*kenmerken):
    """A registry of only these, not yet checked."""
    return Registry({k.key: k for k in kenmerken})


def with_builtin(*kenmerken):
    """The built-in registry with these added."""
    return builtin().extended(kenmerken)
