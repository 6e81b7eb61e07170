"""Small comparisons made from a seed or by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from verdeelmodel.compare.groups import GemeenteTable, Groups, gemeente_table
from verdeelmodel.compare.saldi import Saldi, saldi_from_frame
from verdeelmodel.documents import read_yaml
from verdeelmodel.population import format_gemeente, municipalities

CASES = Path(__file__).parent / "cases"


def codes(count: int) -> list[str]:
    """The first codes of the division of 2020."""
    return [format_gemeente(g) for g in list(municipalities(2020))[:count]]


def groups_of(sizes: tuple[int, int, int] = (15, 15, 30)) -> Groups:
    """Groups of these sizes: tekort, overschot, vergelijking."""
    all_codes = codes(sum(sizes))
    first, second = sizes[0], sizes[0] + sizes[1]
    return Groups(tuple(all_codes[:first]), tuple(all_codes[first:second]), tuple(all_codes[second:]))


def random_table(kenmerken: int = 6, gemeenten: int = 60, seed: int = 1, missing: float = 0.0) -> GemeenteTable:
    """Correlated kenmerken of different size, with some values missing; the last one is called `control`."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(gemeenten, kenmerken)) + rng.normal(size=(gemeenten, 1)) * 0.7
    values = values * rng.uniform(0.01, 1000, kenmerken) + rng.uniform(-50, 50, kenmerken)
    values[rng.random(values.shape) < missing] = np.nan
    keys = [*(f"k{i}" for i in range(kenmerken - 1)), "control"]
    labels = {key: (f"Thema {i % 3}", f"Kenmerk {key}") for i, key in enumerate(keys)}
    return gemeente_table(pd.DataFrame(values, index=codes(gemeenten), columns=keys), labels)


def table_of(values: dict[str, object], gemeenten: list[str] | None = None) -> GemeenteTable:
    """A table of these columns."""
    frame = pd.DataFrame(values, dtype=float)
    return gemeente_table(frame.set_axis(gemeenten or codes(len(frame)), axis=0))


def saldi_of(saldi: dict[str, list[float]], inhabitants: dict[str, float] | None = None, first: int = 2017) -> Saldi:
    """Saldi with these yearly fractions per code, on budgets of 1,000,000."""
    sizes = inhabitants or {}
    rows = [
        (int(code[2:]), first + i, 1_000_000.0, 1_000_000.0 * (1 - saldo), sizes.get(code, 50_000.0))
        for code, yearly in saldi.items()
        for i, saldo in enumerate(yearly)
    ]
    return saldi_from_frame(pd.DataFrame(rows, columns=["gm_code", "jaar", "budget", "uitgaven", "inwoners"]))


def published() -> dict[str, tuple[str, str | None, int | None, int]]:
    """Code to name, group, mean saldo and inhabitants, as published."""
    return {code: tuple(row) for code, row in read_yaml(CASES / "rapport_selectie.yaml")["gemeenten"].items()}


def write_csv(path: Path, frame: pd.DataFrame, **options: object) -> Path:
    """The frame as CSV."""
    frame.to_csv(path, index=False, **options)
    return path
