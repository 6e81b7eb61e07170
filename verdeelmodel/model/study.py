"""A whole fit as a user asks for it: the model, what was asked beside it, and the tables and document that result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from verdeelmodel.kenmerken import registry
from verdeelmodel.model.bootstrapping import Unit, bootstrap
from verdeelmodel.model.ceiling import ceiling
from verdeelmodel.model.fit_tables import (
    beside_published,
    ceiling_table,
    coefficients_table,
    drift_table,
    fit_document,
    folds_table,
    municipal_table,
    statistics_table,
    type_table,
)
from verdeelmodel.model.fitting import Fitting, ModelFit, fit_model, volume_design
from verdeelmodel.model.folds import over_gemeenten, over_years
from verdeelmodel.model.logit import fit_logit
from verdeelmodel.model.options import FitOptions
from verdeelmodel.model.own_table import own_design, read_own_table
from verdeelmodel.model.predicting import predict_areas, predict_stored
from verdeelmodel.model.prediction import PredictedCountry, Prediction, predict_country
from verdeelmodel.model.quality import calibration_by_decile, household_fit
from verdeelmodel.model.spec import fail_if_unknown_kenmerken, read_model
from verdeelmodel.model.years import stability
from verdeelmodel.table import Column, Evidence, NotApplicable, Table, frame_values
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from verdeelmodel.kenmerken import Registry
    from verdeelmodel.model.design import Design
    from verdeelmodel.model.result import LogitResult
    from verdeelmodel.population.population import Population


@dataclass(frozen=True)
class FitExtras:
    """What is asked beside the estimate; zero or False means not asked."""

    bootstrap: int = 0
    bootstrap_unit: Unit = "household"
    folds: int = 0
    per_year: bool = False
    ceiling: bool = False
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Study:
    """The results of a fit: `shown` for the terminal, `tables` all of them, `document` for fit.json."""

    tables: tuple[Table, ...]
    shown: tuple[Table, ...]
    document: dict[str, Any]
    synthetic: bool
    fit: ModelFit | None = None

    def __str__(self) -> str:
        return str(self.fit) if self.fit is not None else "\n".join(table.title for table in self.tables)


def fit_population(
    population: Population,
    *,
    model: str = "2022",
    years: Sequence[int] = (),
    options: FitOptions | None = None,
    extras: FitExtras | None = None,
    known: Registry | None = None,
) -> Study:
    """Fit a published model or a model file on a population, on its last year unless years are given."""
    spec = read_model(model)
    fail_if_unknown_kenmerken(spec, tuple(known or registry()))
    span = tuple(years) or (max(population.years),)
    return study_population(Fitting(population, span, spec, options or FitOptions(), known), extras or FitExtras())


def study_population(fitting: Fitting, extras: FitExtras, advance: Callable[[float], None] | None = None) -> Study:
    """Fit a model on a population and make every table that was asked for."""
    design = volume_design(fitting, advance)
    fit = fit_model(fitting, design=design)
    year = max(fitting.years)
    gemeenten = fitting.population.gemeenten(year)
    names = dict(zip(gemeenten["gemeente"].astype(int), gemeenten["name"].astype(str), strict=True))
    tables = [coefficients_table(fit.volume, "coefficients", fit.synthetic)]
    shown = [beside_published(fit.volume, fitting.model.volume, "published", fit.synthetic)]
    euros: float | NotApplicable = NotApplicable(text("model.no_price"))
    if fit.price is not None:
        tables.append(coefficients_table(fit.price, "price_coefficients", fit.synthetic))
        shown.append(beside_published(fit.price, fitting.model.price, "price_published", fit.synthetic))
        country = predict_country(Prediction(fitting.population, year, fit.model, fitting.known))
        shown.append(type_table(country, fit.synthetic, stands_for=fit.stands_for))
        euros = euros_per_inhabitant(country, gemeenten)
    shown.append(statistics_table(fit.household_fit, fit.municipal_fit, euros, fit.synthetic))
    tables += [calibration(design, fit.volume, fit.synthetic, fit.stands_for), municipal_table(fit, names)]
    shown += extra_tables(design, fit, fitting, extras)
    return Study((*tables, *shown), tuple(shown), fit_document(fit), fit.synthetic, fit)


def euros_per_inhabitant(country: PredictedCountry, gemeenten: pd.DataFrame) -> float | NotApplicable:
    """Mean over gemeenten of |predicted - paid| per inhabitant, the predicted amounts scaled to the national total."""
    frame = country.to_frame()
    people = gemeenten.set_index("gemeente")["inhabitants"].reindex(frame.index).to_numpy(float)
    total = float(frame["amount"].sum())
    if total <= 0 or not (people > 0).any():
        return NotApplicable(text("model.no_price"))
    gap = (frame["amount"] * float(frame["paid"].sum()) / total - frame["paid"]).abs().to_numpy()
    return float((gap[people > 0] / people[people > 0]).mean())


def calibration(design: Design, result: LogitResult, synthetic: bool, stands_for: float = 1.0) -> Table:
    """Predicted against actual number by tenth of the predicted probability; a household counts for `stands_for`."""
    weight = design.weight if design.weight.size else None
    table = calibration_by_decile(design.outcome.astype(float), predict_stored(design, result), weight)
    counts = {k: [v * stands_for for v in table.values[k] if isinstance(v, float)] for k in table.evidence}
    return replace(table, key="calibration", synthetic=synthetic, values={**table.values, **counts})


def extra_tables(design: Design, fit: ModelFit, fitting: Fitting, extras: FitExtras) -> list[Table]:
    """What was asked beside the estimate, in a fixed order."""
    tables = []
    if extras.bootstrap:
        tables.append(bootstrap_table(design, fit.volume, extras, fit.synthetic))
    if extras.folds:
        found = over_gemeenten(design, fit.volume, extras.folds, fitting.options)
        tables.append(folds_table(found, fit.synthetic).with_notes(str(found)))
        if len(fitting.years) > 1:
            by_year = over_years(design, fit.volume, fitting.options)
            tables.append(replace(folds_table(by_year, fit.synthetic), key="out_of_sample_years"))
    if extras.per_year:
        results = {year: fit_model(replace(fitting, years=(year,))).volume for year in fitting.years}
        labels = dict(zip(fit.volume.keys, fit.volume.labels, strict=True))
        tables.append(drift_table(stability(results), labels, fit.volume.households, fit.synthetic))
    if extras.ceiling:
        tables.append(ceiling_table(ceiling(design, fitting.options, extras.seed), fit.synthetic))
    return tables


def bootstrap_table(design: Design, result: LogitResult, extras: FitExtras, synthetic: bool) -> Table:
    """Standard errors and percentile intervals of the bootstrap beside the standard errors of the estimate."""
    import pandas as pd

    drawn = bootstrap(design, result, extras.bootstrap, unit=extras.bootstrap_unit, seed=extras.seed)
    low, high = drawn.interval()
    columns = {"estimate": result.estimate, "se": result.se, "bootstrap_se": drawn.se, "ci_low": low, "ci_high": high}
    frame = pd.DataFrame({"key": result.keys, "label": result.labels, **columns})
    shown = [Column("key", text("model.column.key"), "code"), Column("label", text("model.column.label"))]
    shown += [Column(name, text(f"model.column.{name}"), "number", decimals=4) for name in columns]
    freedom = Evidence(count=result.households, degrees_of_freedom=result.households - len(result.keys))
    return Table(
        key="bootstrap",
        title=text("model.title.bootstrap"),
        columns=tuple(shown),
        values=frame_values(frame, shown),
        synthetic=synthetic,
        notes=(text("model.bootstrap_note", replicates=extras.bootstrap, seed=extras.seed),),
        evidence={name: [freedom] * len(result.keys) for name in columns},
    )


def fit_table(
    path: Path,
    outcome: str,
    kenmerken: Sequence[str],
    area: str | None = None,
    weights: str | None = None,
    options: FitOptions | None = None,
) -> Study:
    """Fit a logit on a table of one's own; with `area` also the sums per area."""
    options = options or FitOptions()
    design = own_design(read_own_table(path), outcome, kenmerken, area, weights, options.threads)
    result = fit_logit(design, options=options)
    weight = design.weight if design.weight.size else None
    found = household_fit(design.outcome.astype(float), predict_stored(design, result), weight)
    tables = [coefficients_table(result, "coefficients", synthetic=False), calibration(design, result, synthetic=False)]
    if area is not None:
        tables.append(area_table(design, result, area))
    document = {"table": path.name, "outcome": outcome, "household_fit": {k: _plain(v) for k, v in vars(found).items()}}
    return Study((*tables[1:], tables[0]), (tables[0],), document, synthetic=False)


def area_table(design: Design, result: LogitResult, area: str) -> Table:
    """Expected and actual outcomes per area of a table of one's own."""
    frame = predict_areas(design, result).to_frame("buurt")
    names = ("households", "expected", "actual")
    columns = (Column("area", area, "code"), *(Column(n, text(f"model.column.{n}"), "count") for n in names))
    frame = frame.rename(columns={"buurt": "area"})
    frame["area"] = frame["area"].astype(str)
    behind = [
        Evidence(count=int(a), denominator=int(n)) for a, n in zip(frame["actual"], frame["households"], strict=True)
    ]
    title = text("model.title.municipal_areas")
    return Table("municipal", title, columns, frame_values(frame, columns), evidence=dict.fromkeys(names, behind))


def _plain(value: object) -> object:
    return value if isinstance(value, int | float) else str(value)
