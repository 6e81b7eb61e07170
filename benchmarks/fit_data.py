"""Households for the benchmarks of the estimate: 45 characteristics that give 85 dummies, in 13,000 buurten.

24 hidden kinds of household make characteristics correlated; 27 are booleans, 18 have 3 to 6 levels; 4 numbers per
buurt and 4 per gemeente; some 8 percent have the outcome. Households stand sorted by gemeente and buurt, as a
population does. The same number of households gives the same data.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from verdeelmodel.model import AreaColumn, Areas, CodedColumn, make_areas

LEVELS = np.array([2] * 27 + [3] * 5 + [4] * 7 + [5] * 3 + [6] * 3)
NAMES = [f"kenmerk{j:02d}" for j in range(len(LEVELS))]
GEMEENTEN, BUURTEN, KINDS, AT_ONCE, SEED = 342, 13_000, 24, 262_144, 20_260_101


@dataclass(frozen=True)
class Country:
    """The truth from which households are drawn: chances per kind of household, areas, weights."""

    gemeente_of: np.ndarray
    share: np.ndarray
    by_buurt: np.ndarray
    by_gemeente: np.ndarray
    cumulative: list[np.ndarray]
    kinds: np.ndarray
    weights: list[np.ndarray]
    area_weights: np.ndarray
    constant: float = -1.55


def country() -> Country:
    generator = np.random.default_rng(SEED)
    gemeente_of = np.sort(np.concatenate([np.arange(GEMEENTEN), generator.integers(0, GEMEENTEN, BUURTEN - GEMEENTEN)]))
    share = generator.lognormal(0, 1, BUURTEN)
    cumulative, weights = [], []
    for size in LEVELS:
        rest = np.exp(generator.uniform(np.log(0.01), np.log(0.5))) if size == 2 else generator.uniform(0.3, 0.7)
        base = np.concatenate([[1 - rest], rest * generator.dirichlet(np.full(size - 1, 3.0))])
        chances = base * np.exp(0.9 * generator.standard_normal((KINDS, size)))
        cumulative.append(np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)[:, :-1])
        weights.append(np.concatenate([[0.0], generator.normal(-0.1, 0.3, size - 1)]))
    return Country(
        gemeente_of=gemeente_of,
        share=np.cumsum(share / share.sum()),
        by_buurt=generator.standard_normal((BUURTEN, 4)),
        by_gemeente=generator.standard_normal((GEMEENTEN, 4)),
        cumulative=cumulative,
        kinds=np.cumsum(generator.dirichlet(np.full(KINDS, 2.0))),
        weights=weights,
        area_weights=generator.normal(0, 0.1, 8),
    )


def draw(truth: Country, buurt: np.ndarray, part: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes (characteristics, households) and outcomes of a run of households."""
    generator = np.random.default_rng((SEED, part))
    count = len(buurt)
    kind = np.searchsorted(truth.kinds, generator.random(count), side="right").clip(max=KINDS - 1)
    areas = np.hstack([truth.by_buurt, truth.by_gemeente[truth.gemeente_of]]) @ truth.area_weights
    eta = truth.constant + areas[buurt]
    codes = np.empty((len(LEVELS), count), dtype=np.uint8)
    for j, cumulative in enumerate(truth.cumulative):
        u = generator.random(count, dtype=np.float32)
        codes[j] = (u[:, None] > cumulative[kind].astype(np.float32)).sum(axis=1)
        eta += truth.weights[j][codes[j]]
    return codes, (generator.random(count) < 1 / (1 + np.exp(-eta))).astype(np.uint8)


def write(folder: Path, households: int) -> None:
    """Codes, buurt and outcome as NumPy files, and the same as one Parquet file; nothing is done when they exist."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if (folder / "ready").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    truth = country()
    positions = np.random.default_rng((SEED, households)).random(households)
    buurt = np.sort(np.searchsorted(truth.share, positions).clip(max=BUURTEN - 1)).astype(np.uint16)
    codes = np.lib.format.open_memmap(folder / "codes.npy", "w+", np.uint8, (len(LEVELS), households))
    outcomes = np.empty(households, dtype=np.uint8)
    writer = None
    for part, start in enumerate(range(0, households, AT_ONCE)):
        rows = slice(start, min(start + AT_ONCE, households))
        codes[:, rows], outcomes[rows] = drawn = draw(truth, buurt[rows], part)
        columns = {name: drawn[0][j] != 0 if size == 2 else drawn[0][j] for j, (name, size) in named()}
        table = pa.table({**columns, "buurt": buurt[rows], "bijstand": drawn[1] != 0})
        writer = writer or pq.ParquetWriter(folder / "households.parquet", table.schema)
        writer.write_table(table)
    writer.close()
    np.save(folder / "buurt.npy", buurt)
    np.save(folder / "outcome.npy", outcomes)
    (folder / "ready").touch()


def named() -> list[tuple[int, tuple[str, int]]]:
    return list(enumerate(zip(NAMES, LEVELS.tolist(), strict=True)))


def model_columns() -> tuple[list[CodedColumn | AreaColumn], Areas]:
    """The columns and areas of the benchmark's model: 94 parameters with the constant."""
    truth = country()
    coded = [
        CodedColumn(name) if size == 2 else CodedColumn(name, levels=tuple(range(size))) for _, (name, size) in named()
    ]
    buurt = [AreaColumn(f"buurt{k}", truth.by_buurt[:, k]) for k in range(4)]
    gemeente = [AreaColumn(f"gemeente{k}", truth.by_gemeente[:, k], level="gemeente") for k in range(4)]
    return [*coded, *buurt, *gemeente], make_areas(np.arange(BUURTEN), truth.gemeente_of)


def area_matrix() -> np.ndarray:
    """(buurten, 8): the same area columns per buurt, for engines that need them per household."""
    truth = country()
    return np.hstack([truth.by_buurt, truth.by_gemeente[truth.gemeente_of]])
