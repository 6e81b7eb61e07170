"""How certain the numbers of a scenario are: buurten drawn again, and with estimated weights those as well.

Per replicate every gemeente gets as many buurten as it has, drawn from its own, and keeps its number of households in
the base: what a scenario makes of a buurt is drawn with it. Base and scenario share the draws, so that their difference
is more certain than either. Estimated weights, of volume and price, are drawn by the same seed. Weights that were
published carry no uncertainty here, since their standard errors are not published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.budget import allocate
from verdeelmodel.model.bootstrapping import bootstrap
from verdeelmodel.model.fitting import Fitting, has_price
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.national import BIJSTAND, FRACTION, area_values, national_design
from verdeelmodel.model.national import Outcome as Explained
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.prediction import Prediction, map_predicted, positions_of, with_constant
from verdeelmodel.model.spec import Part
from verdeelmodel.scenario.outcome import Engine, Outcome, amounts_of, population_key, setting_rate
from verdeelmodel.scenario.results import Columns, names_of
from verdeelmodel.scenario.running import ScenarioRun, onto
from verdeelmodel.scenario.setting import Setting
from verdeelmodel.table import Cell, Kind, NotApplicable, Table, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.model.prediction import PredictedChunk

Floats = NDArray[np.float64]
REPLICATES, LEVEL = 200, 0.95
# An effective number of buurten up to this is one buurt, apart from rounding.
ONE = 1.0 + 1e-9
KINDS = (
    "expected_base",
    "expected_scenario",
    "budget_base",
    "budget_scenario",
    "share_base",
    "share_scenario",
    "difference",
)
# How a kind of number is shown: others are euros.
SHAPES: Mapping[str, tuple[Kind, int | None]] = {"share": ("share", 4), "expected": ("number", 1)}


@dataclass(frozen=True, eq=False)
class BuurtSums:
    """Sums per buurt (b,): the place of its gemeente, households, expected number and objective amount.

    `slopes` (2, g, k) is what a unit of each estimated weight of the volume adds to the expected number and the amount
    of a gemeente, `price_slopes` (g, p) what one of the price adds to the amount; None when weights are not estimated.
    """

    gemeente: NDArray[np.int64]
    households: Floats
    expected: Floats
    amount: Floats
    slopes: Floats | None = None
    price_slopes: Floats | None = None

    def only(self, chosen: NDArray[np.bool_]) -> BuurtSums:
        """The sums of these buurten, with the slopes as they are."""
        fields = ("gemeente", "households", "expected", "amount")
        return replace(self, **{name: getattr(self, name)[chosen] for name in fields})


@dataclass(frozen=True, eq=False)
class Intervals:
    """Per kind of number (see KINDS) point, lowest and highest value of each gemeente, shape (n,) each.

    `buurten` is the effective number of buurten behind each gemeente; with one there is no interval.
    """

    codes: tuple[str, ...]
    points: Mapping[str, Floats]
    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    buurten: Floats
    replicates: int
    estimated: bool

    def __str__(self) -> str:
        width = (self.high["difference"] - self.low["difference"])[self.buurten > ONE]
        level = (self.high["budget_scenario"] - self.low["budget_scenario"])[self.buurten > ONE]
        return text(
            "scenario.intervals_line",
            replicates=self.replicates,
            level=format_number(float(np.median(level)), "euro"),
            difference=format_number(float(np.median(width)), "euro"),
        )


def drawn_counts(gemeente: NDArray[np.int64], replicates: int, seed: int) -> Floats:
    """How often each buurt is drawn, shape (replicates, b): as many draws in a gemeente as it has buurten."""
    order = np.argsort(gemeente, kind="stable")
    sizes = np.bincount(gemeente)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    rng = np.random.default_rng(seed)
    counts = np.zeros((replicates, len(gemeente)))
    for row in counts:
        drawn = order[start + (rng.random(len(gemeente)) * size).astype(np.int64)]
        row += np.bincount(drawn, minlength=len(gemeente))
    return counts


def resampled(values: Floats, households: Floats, gemeente: NDArray[np.int64], counts: Floats) -> Floats:
    """Totals per gemeente in each replicate, shape (replicates, g): the drawn mean per household times households.

    The spread of few buurten is widened by n / (n - 1), as in a sample variance, with n their effective number.
    """
    size = int(gemeente.max()) + 1
    total, people = (np.bincount(gemeente, v, size) for v in (values, households))
    n = effective_number(households, gemeente)
    widen = np.sqrt(np.divide(n, n - 1, out=np.zeros(size), where=n > ONE))
    out = np.empty((len(counts), size))
    for row, count in zip(out, counts, strict=True):
        top, bottom = (np.bincount(gemeente, v * count, size) for v in (values, households))
        again = np.divide(top * people, bottom, out=total.copy(), where=bottom > 0)
        row[:] = total + widen * (again - total)
    return out


def effective_number(households: Floats, gemeente: NDArray[np.int64]) -> Floats:
    """The number of equally large buurten that would say as much as those of each gemeente, shape (g,)."""
    size = int(gemeente.max()) + 1
    total, squares = np.bincount(gemeente, households, size), np.bincount(gemeente, households**2, size)
    return np.asarray(np.divide(total**2, squares, out=np.zeros(size), where=squares > 0))


def interval(points: Floats, replicates: Floats, buurten: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Point ± t times the spread over the replicates, with one degree of freedom fewer than there are buurten."""
    from scipy.stats import t

    reach = t.ppf((1 + level) / 2, np.maximum(buurten - 1, 1)) * replicates.std(axis=0, ddof=1)
    return points - reach, points + reach


def intervals(run: ScenarioRun, replicates: int = REPLICATES, level: float = LEVEL) -> Intervals:
    """The intervals of a run; the seed of the scenario decides the draws."""
    seed = run.end.setting.seed
    sums = [buurt_sums(run.engine, found.setting) for found in (run.base, run.end)]
    lived_in = sums[0].households > 0
    sums = [replace(s.only(lived_in), households=sums[0].households[lived_in]) for s in sums]
    counts = drawn_counts(sums[0].gemeente, replicates, seed)
    drawn = [replicates_of(run.engine, f, s, counts, seed) for f, s in zip((run.base, run.end), sums, strict=True)]
    codes = codes_of(run.end)
    expected_base, expected_end = (np.array([onto(codes, run.end, row) for row in pair[0]]) for pair in drawn)
    before, after = (budgets_of(run, f, pair[1]) for f, pair in zip((run.base, run.end), drawn, strict=True))
    points = points_of(run, codes)
    found = {
        "expected_base": expected_base,
        "expected_scenario": expected_end,
        "budget_base": before,
        "budget_scenario": after,
        "share_base": before / before.sum(axis=1, keepdims=True),
        "share_scenario": after / after.sum(axis=1, keepdims=True),
        "difference": after - before,
    }
    n = onto(codes, run.end, effective_number(sums[0].households, sums[0].gemeente))
    ends = {kind: interval(points[kind], found[kind], n, level) for kind in KINDS}
    floor = {kind: -np.inf if kind == "difference" else 0.0 for kind in KINDS}
    return Intervals(
        run.codes,
        points,
        {kind: np.maximum(low, floor[kind]) for kind, (low, _) in ends.items()},
        {kind: high for kind, (_, high) in ends.items()},
        n,
        replicates,
        any(s.slopes is not None for s in sums),
    )


def points_of(run: ScenarioRun, codes: tuple[str, ...]) -> dict[str, Floats]:
    """The numbers of the run itself, by kind."""
    expected = [onto(codes, run.end, o.country.expected.sum(axis=1)) for o in (run.base, run.end)]
    return {
        "expected_base": expected[0],
        "expected_scenario": expected[1],
        "budget_base": run.before,
        "budget_scenario": run.after,
        "share_base": run.before / run.before.sum(),
        "share_scenario": run.after / run.after.sum(),
        "difference": run.after - run.before,
    }


def replicates_of(engine: Engine, found: Outcome, sums: BuurtSums, counts: Floats, seed: int) -> tuple[Floats, Floats]:
    """Expected number and objective amount of each gemeente of the population in each replicate, (replicates, g)."""
    expected = resampled(sums.expected, sums.households, sums.gemeente, counts)
    amount = resampled(sums.amount, sums.households, sums.gemeente, counts)
    if sums.slopes is not None:
        steps = weight_steps(engine, found.setting, len(counts), seed)
        expected, amount = expected + steps @ sums.slopes[0].T, amount + steps @ sums.slopes[1].T
        if sums.price_slopes is not None:
            amount = amount + price_steps(engine, found.setting, len(counts), seed) @ sums.price_slopes.T
    return np.maximum(expected, 0.0), np.maximum(amount, 0.0)


def codes_of(found: Outcome) -> tuple[str, ...]:
    """The gemeenten of the population, before any merger of the setting."""
    return tuple(f"GM{g:04d}" for g in found.country.gemeenten)


def budgets_of(run: ScenarioRun, found: Outcome, amounts: Floats) -> Floats:
    """The unrounded budgets by the objective amounts of each replicate (replicates, g), in the gemeenten of the run."""
    setting, inputs, codes = found.setting, found.table.inputs, codes_of(found)
    rules, euros = replace(setting.rules, scale=setting.scale), amounts_of(setting, inputs)
    predicted = onto(codes, found, found.country.amount.sum(axis=1))
    factor = np.divide(inputs["objective"], predicted, out=np.ones(len(inputs)), where=predicted > 0)
    drawn = (inputs.with_columns({"objective": onto(codes, found, row) * factor}) for row in amounts)
    return np.array([onto(found.codes, run.end, allocate(rules, one, euros).exact) for one in drawn])


def buurt_sums(engine: Engine, setting: Setting) -> BuurtSums:
    """The sums per buurt of the model of a setting on its population, in one pass."""
    model = engine.model_of(setting)
    key = ("buurten", repr(model), repr(setting.norms.table().tolist()), population_key(setting), setting.year)
    return engine.remembered(key, lambda: _buurt_sums(engine, setting))  # type: ignore[no-any-return]


def _buurt_sums(engine: Engine, setting: Setting) -> BuurtSums:
    model, population = engine.model_of(setting), engine.population_of(setting)
    asked = Prediction(
        population, setting.year, model.spec, model.known, setting.norms, setting_rate(model, engine, setting)
    )
    prediction = with_constant(asked)
    frame = population.buurten(setting.year).sort_values("buurt")
    codes = frame["buurt"].to_numpy()
    gemeenten = np.sort(population.gemeenten(setting.year)["gemeente"].to_numpy(np.int64))
    volume = _Slopes(prediction, prediction.model.volume, gemeenten) if model.refit else None
    fitting = fitting_of(engine, setting)
    price = _Slopes(prediction, prediction.model.price, gemeenten) if model.refit and has_price(fitting) else None

    def summed(chunk: PredictedChunk) -> tuple[Floats, Floats | None, Floats | None]:
        place = positions_of(chunk.columns["buurt"], codes)
        values = (chunk.weight, chunk.weight * chunk.probability, chunk.weight * chunk.amount)
        return (
            np.array([np.bincount(place, v, len(codes)) for v in values]),
            None if volume is None else volume.of(chunk, volume_slopes(chunk)),
            None if price is None else price.of(chunk, (price_slope(chunk),)),
        )

    sums = added(map_predicted(summed, prediction, threads=engine.threads))
    gemeente = np.searchsorted(gemeenten, frame["gemeente"].to_numpy(np.int64))
    households, expected, amount = sums[0]
    return BuurtSums(gemeente, households, expected, amount, sums[1], None if sums[2] is None else sums[2][0])


def added(parts: Iterable[tuple[Floats, Floats | None, Floats | None]]) -> list[Any]:
    """The sum of every place of the parts, in their order; None stays None."""
    total: list[Any] = []
    for part in parts:
        total = [v if v is None or not total else total[i] + v for i, v in enumerate(part)]
    return total


def volume_slopes(chunk: PredictedChunk) -> tuple[Floats, Floats]:
    """What a unit of the linear predictor of the volume adds to the expected number and the amount, each (n,)."""
    slope = chunk.weight * chunk.probability * (1 - chunk.probability)
    return slope, slope * chunk.fraction * chunk.norm


def price_slope(chunk: PredictedChunk) -> Floats:
    """What a unit of the linear predictor of the price adds to the amount, (n,)."""
    return chunk.weight * chunk.probability * chunk.norm * chunk.fraction * (1 - chunk.fraction)


class _Slopes:
    """What a unit of each weight of a component adds to sums of each gemeente; the constant comes last."""

    def __init__(self, prediction: Prediction, part: Part, gemeenten: NDArray[np.int64]) -> None:
        question = prediction.question(part)
        self.gemeenten = gemeenten
        self.keys = part.kenmerken
        self.of_household = frozenset(question.of_unit("huishouden"))
        frame = area_values(question, prediction.year).sort_index()
        self.buurten, self.areas = frame.index.to_numpy(), frame

    def of(self, chunk: PredictedChunk, slopes: Sequence[Floats]) -> Floats:
        """The sums of these households, shape (slopes, g, k + 1)."""
        gemeente = positions_of(chunk.columns["gemeente"], self.gemeenten)
        buurt = positions_of(chunk.columns["buurt"], self.buurten)
        sums = np.zeros((len(slopes), len(self.gemeenten), len(self.keys) + 1))
        for row, each in enumerate(slopes):
            for place, key in enumerate((*self.keys, "")):
                if key in self.of_household:
                    values = each * chunk.columns[key]
                else:
                    values = each * self.areas[key].to_numpy(float)[buurt] if key else each
                sums[row, :, place] = np.bincount(gemeente, values, len(self.gemeenten))
        return sums


def fitting_of(engine: Engine, setting: Setting) -> Fitting:
    """How the weights of a setting are estimated."""
    population, model = engine.population_of(setting), setting.model
    return Fitting(population, setting.years, model.spec, FitOptions(threads=engine.threads), model.known)


def weight_steps(engine: Engine, setting: Setting, replicates: int, seed: int) -> Floats:
    """How far the weights of the volume and its constant are from the estimate in each replicate, (replicates, k)."""
    fitting = fitting_of(engine, setting)
    return drawn_steps(fitting, fitting.model.volume, BIJSTAND, replicates, seed)


def price_steps(engine: Engine, setting: Setting, replicates: int, seed: int) -> Floats:
    """The same for the weights of the price, (replicates, p)."""
    fitting = fitting_of(engine, setting)
    return drawn_steps(fitting, fitting.model.price, FRACTION, replicates, seed)


def drawn_steps(fitting: Fitting, part: Part, explained: Explained, replicates: int, seed: int) -> Floats:
    """The weights of a component, its constant last, in each replicate less those of the estimate."""
    threads = fitting.options.threads
    design = national_design(fitting.question(part, explained), threads)
    result = fit_logit(design, options=fitting.options)
    drawn = bootstrap(design, result, replicates, unit="buurt", seed=seed, threads=threads)
    place = {key: i for i, key in enumerate(drawn.keys)}
    estimate = result.coefficients
    columns = []
    for key in (*part.kenmerken, "intercept"):
        known = key in place
        columns.append(drawn.estimates[:, place[key]] - estimate[key] if known else np.zeros(replicates))
    return np.column_stack(columns)


def intervals_table(run: ScenarioRun, found: Intervals) -> Table:
    """One row per gemeente: lowest and highest value of each kind of number."""
    c = Columns()
    c.add("gm_code", list(found.codes), "code")
    c.add("name", names_of(run), "text")
    few = NotApplicable(text("scenario.few_buurten"))
    for kind in KINDS:
        shape = SHAPES.get(kind.partition("_")[0], ("euro", None))
        for side, values in (("low", found.low[kind]), ("high", found.high[kind])):
            cells: list[Cell] = [float(v) if n > ONE else few for v, n in zip(values, found.buurten, strict=True)]
            label = f"{text(f'scenario.interval.{kind}')}, {text(f'scenario.interval.{side}')}"
            c.add(f"{kind}_{side}", cells, *shape, label)
    note = text("scenario.note.estimated" if found.estimated else "scenario.note.published", count=found.replicates)
    table = c.table("intervals", [note], run.end.table.behind)
    return replace(table, synthetic=run.synthetic)
