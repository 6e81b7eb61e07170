"""Small households with a known structure, shared by the tests of the engine."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from verdeelmodel.model import AreaColumn, Areas, CodedColumn, ContinuousColumn, Design, build_design, make_areas

BUURTEN, GEMEENTEN = 60, 12


@dataclass
class Households:
    """Raw columns of some households, and the columns of a model on them."""

    columns: list
    values: dict[str, np.ndarray]
    outcome: np.ndarray
    buurt: np.ndarray
    areas: Areas
    extra: dict = field(default_factory=dict)

    def design(self, rows=None, **changes) -> Design:
        pick = np.arange(len(self.outcome)) if rows is None else rows
        given = {name: values[pick] for name, values in self.extra.items() if name != "weights"}
        if "weights" in self.extra:
            given["weights"] = self.extra["weights"]
        values = {key: column[pick] for key, column in self.values.items()}
        given = {"areas": self.areas, "buurt": self.buurt[pick], **given, **changes}
        return build_design(self.columns, values, self.outcome[pick], threads=2, **given)


def make_households(count=4000, seed=1, booleans=6, level_counts=(3, 5), continuous=0, rate=-1.0) -> Households:
    """Households in 60 buurten with booleans, categories, numbers and two area columns; outcomes follow a logit."""
    generator = np.random.default_rng(seed)
    gemeente_of = np.sort(generator.integers(0, GEMEENTEN, BUURTEN))
    gemeente_of[:GEMEENTEN] = np.arange(GEMEENTEN)
    areas = make_areas([f"BU{i:03d}" for i in range(BUURTEN)], [f"GM{i:03d}" for i in gemeente_of])
    place = generator.integers(0, BUURTEN - 3, count)
    columns, values, eta = [], {}, np.full(count, rate)
    for j in range(booleans):
        key = f"b{j}"
        values[key] = generator.random(count) < generator.uniform(0.05, 0.5)
        columns.append(CodedColumn(key, label=f"Kenmerk {j}"))
        eta += generator.normal(0, 0.5) * values[key]
    for j, levels in enumerate(level_counts):
        key = f"c{j}"
        values[key] = generator.choice(levels, size=count, p=generator.dirichlet(np.full(levels, 5.0)))
        columns.append(CodedColumn(key, levels=tuple(range(levels)), reference=levels // 2))
        eta += generator.normal(0, 0.5, levels)[values[key]]
    for j in range(continuous):
        key = f"x{j}"
        values[key] = generator.normal(40, 10, count)
        columns.append(ContinuousColumn(key))
        eta += generator.normal(0, 0.03) * (values[key] - 40)
    by_buurt, by_gemeente = generator.normal(100, 20, BUURTEN), generator.normal(0, 1, len(areas.gemeenten))
    columns += [AreaColumn("dichtheid", by_buurt), AreaColumn("werk", by_gemeente, level="gemeente")]
    eta += 0.01 * (by_buurt[place] - 100) + 0.2 * by_gemeente[areas.gemeente_of[place]]
    outcome = (generator.random(count) < 1 / (1 + np.exp(-eta))).astype(np.uint8)
    return Households(columns, values, outcome, areas.buurten[place], areas)


def plain_matrix(households: Households, design: Design) -> np.ndarray:
    """The matrix of a model in the order of the file, made without the design's packing; columns as in the result."""
    count = len(households.outcome)
    place = households.areas.positions(households.buurt)
    parts = [np.ones(count)]
    for column in households.columns:
        if isinstance(column, AreaColumn):
            at = place if column.level == "buurt" else households.areas.gemeente_of[place]
            parts.append(column.values[at])
        elif isinstance(column, ContinuousColumn):
            parts.append(households.values[column.key])
        else:
            reference = column.levels[0] if column.reference is None else column.reference
            parts += [households.values[column.key] == level for level in column.levels if level != reference]
    return np.column_stack(parts).astype(float)
