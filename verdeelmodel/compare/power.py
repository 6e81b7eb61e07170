"""What the method can and cannot see: detectable differences, and findings that are chance alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from verdeelmodel.compare.evidence import with_degrees
from verdeelmodel.compare.least_squares import TESTS, Floats, contrasts, design, estimate, unscaled_covariance
from verdeelmodel.compare.regressions import SYSTEMATIC_LEVEL, Regressions
from verdeelmodel.compare.theory import benjamini_hochberg, chance_of_any, detectable, expected_false_share
from verdeelmodel.table import Cell, Column, NotApplicable, Table
from verdeelmodel.wording import text

POWER_LEVEL = 0.05
WANTED_POWER = 0.80
RUNS = 1_000


@dataclass(frozen=True)
class Detectable:
    """The smallest differences, in standard deviations, seen with 80% power at 5%, in the order of TESTS."""

    sizes: tuple[int, int, int]
    spread: float
    differences: tuple[float, float, float]

    def __str__(self) -> str:
        names = (text(f"compare.test.{name}") for name in TESTS)
        return ", ".join(f"{name}: {d:.2f}" for name, d in zip(names, self.differences, strict=True))


def detectable_differences(sizes: tuple[int, int, int], spread: float = 1.0) -> Detectable:
    """What groups of these sizes (tekort, overschot, vergelijking) can show, for this spread within the groups.

    The spread is the residual standard deviation in standard deviations of the comparison group: 1 when the spread is
    the same in every group.
    """
    X = design(_numbers(sizes), np.empty((sum(sizes), 0)))
    errors = spread * np.sqrt(np.diag(unscaled_covariance(X)))
    degrees = sum(sizes) - 3
    found = tuple(detectable(float(e), degrees, POWER_LEVEL, WANTED_POWER) for e in errors)
    return Detectable(sizes, spread, (found[0], found[1], found[2]))


def _numbers(sizes: tuple[int, int, int]) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.repeat(np.array([1, 2, 0], dtype=np.int8), sizes)


@dataclass(frozen=True)
class NoiseFindings:
    """What pure noise gives, by simulation and by theory.

    `single` is the share of kenmerken called systematic; `corrected` the share with q below the level; `any_corrected`
    the share of runs with at least one such kenmerk. The theory of the last is the level itself.
    """

    kenmerken: int
    runs: int
    single: float
    single_theory: float
    corrected: float
    any_corrected: float
    any_theory: float

    def __str__(self) -> str:
        return f"{self.single:.3f} / {self.single_theory:.3f}; {self.any_corrected:.3f} / {self.any_theory:.3f}"


def noise_findings(sizes: tuple[int, int, int], kenmerken: int, runs: int = RUNS, seed: int = 2020) -> NoiseFindings:
    """Run the whole method on kenmerken of pure noise, independent of the groups and of each other."""
    X = design(_numbers(sizes), np.empty((sum(sizes), 0)))
    covariance, degrees = unscaled_covariance(X), sum(sizes) - 3
    strongest = np.concatenate([_strongest(X, kenmerken, seed, run) for run in range(runs)]).reshape(runs, kenmerken)
    q = np.array([benjamini_hochberg(p) for p in _chances(strongest, covariance, degrees)])
    limit = stats.t.isf(SYSTEMATIC_LEVEL / 2, degrees)
    return NoiseFindings(
        kenmerken,
        runs,
        float((strongest > limit).mean()),
        expected_false_share(covariance, degrees, SYSTEMATIC_LEVEL),
        float((q < SYSTEMATIC_LEVEL).mean()),
        float((q < SYSTEMATIC_LEVEL).any(axis=1).mean()),
        SYSTEMATIC_LEVEL,
    )


def _strongest(X: Floats, kenmerken: int, seed: int, run: int) -> Floats:
    noise = np.random.default_rng([seed, run]).standard_normal((len(X), kenmerken))
    return np.asarray(np.abs(estimate(X, noise).t).max(axis=0))


def _chances(strongest: Floats, covariance: Floats, degrees: int) -> Floats:
    # The chance falls smoothly with the strongest t-value: a fine grid saves an integral per kenmerk and run.
    grid = np.linspace(0.0, float(strongest.max()) + 1e-9, 400)
    logs = np.log(np.maximum(chance_of_any(grid, covariance, degrees), 1e-300))
    return np.asarray(np.exp(np.interp(strongest, grid, logs)))


def expected_false(result: Regressions) -> float:
    """The number of kenmerken without any difference that would be called systematic among those tested.

    Each kenmerk counts with its own sample: the chance follows from the standard errors of its three tests.
    """
    total, known = 0.0, {}
    for row in result.rows:
        if row.tests is None:
            continue
        errors = np.array([row.tests[name].error for name in TESTS])
        shape = (row.n, *np.round(errors / errors[2], 6))
        if shape not in known:
            known[shape] = expected_false_share(_covariance(errors), row.degrees, SYSTEMATIC_LEVEL)
        total += known[shape]
    return total


def _covariance(errors: Floats) -> Floats:
    # Var(a - b) = Var(a) + Var(b) - 2 Cov(a, b) gives the covariance back from the three standard errors.
    both = (errors[0] ** 2 + errors[1] ** 2 - errors[2] ** 2) / 2
    start = np.array([[errors[0] ** 2, both], [both, errors[1] ** 2]])
    C = contrasts(3)[:, 1:]
    return np.asarray(C @ start @ C.T)


def power_table(result: Regressions, sizes: tuple[int, int, int]) -> Table:
    """Per kenmerk the smallest difference that this comparison would have shown with 80% power at 5%."""
    values: dict[str, list[Cell]] = {"kenmerk": [], "control": [], **{f"detectable_{name}": [] for name in TESTS}}
    for row in result.rows:
        values["kenmerk"].append(row.kenmerk.key)
        values["control"].append(row.control)
        for name in TESTS:
            if row.tests is None:
                values[f"detectable_{name}"].append(NotApplicable(row.reason))
                continue
            error = row.tests[name].error
            values[f"detectable_{name}"].append(detectable(error, row.degrees, POWER_LEVEL, WANTED_POWER))
    kinds = {"kenmerk": "code", "control": "code"}
    columns = tuple(Column(k, text(f"compare.column.{k}"), kinds.get(k, "number")) for k in values)  # type: ignore[arg-type]
    notes = (text("compare.power.note"), *power_sentences(result, sizes))
    table = Table("power", text("compare.power.title"), columns, values, result.synthetic, notes)
    return with_degrees(table, [row.degrees for row in result.rows])


def power_sentences(result: Regressions, sizes: tuple[int, int, int]) -> tuple[str, ...]:
    """The power of the method in words, for equal spread and for the spread observed (median over the kenmerken)."""
    from verdeelmodel.table import format_number

    spread = observed_spread(result, sizes)
    sentences = []
    for key, used in (("equal", 1.0), ("observed", spread)):
        if not np.isfinite(used):
            continue
        found = detectable_differences(sizes, used)
        numbers = [format_number(d, "number") for d in found.differences]
        sentences.append(
            text(
                f"compare.power.sentence_{key}",
                tekort=numbers[0],
                overschot=numbers[1],
                difference=numbers[2],
                spread=format_number(used, "number"),
                sizes="/".join(map(str, sizes)),
            )
        )
    return tuple(sentences)


def observed_spread(result: Regressions, sizes: tuple[int, int, int]) -> float:
    """The median over the kenmerken of the residual deviation, in deviations of the comparison group."""
    scale = np.sqrt(unscaled_covariance(design(_numbers(sizes), np.empty((sum(sizes), 0))))[2, 2])
    spreads = [r.tests["difference"].error / scale for r in result.rows if r.tests is not None]
    return float(np.median(spreads)) if spreads else float("nan")


def noise_table(found: NoiseFindings, synthetic: bool = False) -> Table:
    """The share of findings on pure noise, simulated beside theory, without and with correction."""
    values: dict[str, list[Cell]] = {
        "measure": [text(f"compare.power.{key}") for key in ("single", "corrected", "any_corrected")],
        "simulated": [found.single, found.corrected, found.any_corrected],
        "theory": [found.single_theory, NotApplicable(text("compare.power.no_theory")), found.any_theory],
    }
    columns = (
        Column("measure", text("compare.column.measure")),
        Column("simulated", text("compare.column.simulated"), "share"),
        Column("theory", text("compare.column.theory"), "share"),
    )
    note = text("compare.power.note_noise", runs=found.runs, kenmerken=found.kenmerken)
    return Table("noise", text("compare.power.title_noise"), columns, values, synthetic, (note,)).public("chance")
