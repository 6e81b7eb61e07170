"""The embedded synthetic Netherlands: made on first use and kept in the cache folder of the user."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from verdeelmodel import __version__
from verdeelmodel.errors import BusyError, DataError, RunError
from verdeelmodel.population import Population, open_population
from verdeelmodel.synthetic.country import make_population
from verdeelmodel.synthetic.options import SyntheticOptions

PATIENCE = 300.0


def default_population(
    options: SyntheticOptions | None = None, *, progress: Callable[[float], None] = lambda _steps: None
) -> Population:
    """The synthetic country of these options (default: the whole country at one twentieth), from the cache.

    Made when it is not there yet. Two processes that ask at the same time get the same folder: one makes it, the
    other waits for it.
    """
    folder = cached_folder(options or SyntheticOptions())
    for _ in range(int(PATIENCE)):
        if not folder.exists():
            try:
                make_population(folder, options, workers=default_workers(), progress=progress)
            except BusyError:
                pass  # another process makes it
            except RunError:
                if not folder.exists():
                    raise
        if folder.exists():
            break
        time.sleep(1.0)
    try:
        return open_population(folder)
    except DataError:
        make_population(folder, options, force=True, workers=default_workers(), progress=progress)
        return open_population(folder)


def default_workers() -> int:
    """As many workers as there are processors, at most four."""
    return max(1, min(4, os.cpu_count() or 1))


def cached_folder(options: SyntheticOptions) -> Path:
    """Where this synthetic country is kept: a folder per version, source of the maker, and options."""
    years = f"{min(options.years)}-{max(options.years)}"
    name = f"synthetisch-{__version__}-{fingerprint()}-schaal{options.scale:g}-zaad{options.seed}-{years}"
    extra = repr((options.years, options.gemeenten, options.effects))
    if extra != repr((SyntheticOptions().years, (), True)):
        name += "-" + hashlib.sha256(extra.encode()).hexdigest()[:8]
    return cache_root() / name


@cache
def fingerprint() -> str:
    """A short name for the code and data that make the country, so that a change never meets an old cache."""
    digest = hashlib.sha256()
    package = files("verdeelmodel.synthetic")
    for folder in (package, package.joinpath("data")):
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.is_file() and entry.name.endswith((".py", ".csv", ".toml", ".yaml")):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:10]


def cache_root() -> Path:
    """The cache folder of the user; VERDEELMODEL_CACHE names another one."""
    named = os.environ.get("VERDEELMODEL_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "verdeelmodel"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "verdeelmodel"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "verdeelmodel"
