"""Household probability and price: encoding, the logit engine, fit statistics, inference.

The engine, in the order in which it is used:

    columns = [CodedColumn("student"), CodedColumn("woning", levels=(0, 1, 2)), ContinuousColumn("leeftijd"),
               AreaColumn("dichtheid", values, level="gemeente")]
    areas = make_areas(buurt_codes, gemeente_code_of_each)             # optional
    design = build_design(columns, values, outcome, areas=areas, buurt=buurt_of_each_household)
    # or, chunk by chunk: DesignBuilder(columns, areas, households=n); .add(values, outcome, buurt=...); .finish()
    # or from Parquet:    read_design(path, columns, outcome="bijstand", areas=areas, buurt="buurt")

    result = fit_logit(design)                                    # LogitResult: .estimate .se .to_frame() .to_table()
    result = fit_logit(design, ["student", "woning"], FitOptions(covariance="gemeente"))
    predict_households(design, result)                            # probabilities, in the order of the file
    predict_areas(design, result).to_frame("gemeente")            # households, expected, actual
    score_tests(design, result, ["leeftijd", "dichtheid"])        # Rao tests of columns not in the model
    bootstrap(design, result, 200, unit="household").se           # or unit="buurt", "gemeente"; exact=True refits

Parameters are named after their column (booleans, numbers) or `column=level` (categories); the constant is
`intercept`. Outcomes may be fractions (0..1); weights are of `weights="frequency"` or `"sampling"`; an offset is
allowed. Everything is deterministic: any number of threads and any order of households within an area give the
same bytes. `Design.dense(rows)` gives households as a plain matrix, `predict_stored` and `design.outcome` are in
the design's own order.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verdeelmodel.model.areas import Areas, make_areas
    from verdeelmodel.model.bootstrapping import bootstrap
    from verdeelmodel.model.building import DesignBuilder, build_design
    from verdeelmodel.model.columns import AreaColumn, CodedColumn, ContinuousColumn
    from verdeelmodel.model.design import Design
    from verdeelmodel.model.logit import fit_logit
    from verdeelmodel.model.options import FitOptions
    from verdeelmodel.model.predicting import predict_areas, predict_households, predict_stored
    from verdeelmodel.model.rao import score_tests
    from verdeelmodel.model.reading import read_design
    from verdeelmodel.model.result import LogitResult

_HOME = {
    "areas": ("Areas", "make_areas"),
    "bootstrapping": ("bootstrap",),
    "building": ("DesignBuilder", "build_design"),
    "columns": ("AreaColumn", "CodedColumn", "ContinuousColumn"),
    "design": ("Design",),
    "logit": ("fit_logit",),
    "options": ("FitOptions",),
    "predicting": ("predict_areas", "predict_households", "predict_stored"),
    "rao": ("score_tests",),
    "reading": ("read_design",),
    "result": ("LogitResult",),
}

__all__ = [
    "AreaColumn",
    "Areas",
    "CodedColumn",
    "ContinuousColumn",
    "Design",
    "DesignBuilder",
    "FitOptions",
    "LogitResult",
    "bootstrap",
    "build_design",
    "fit_logit",
    "make_areas",
    "predict_areas",
    "predict_households",
    "predict_stored",
    "read_design",
    "score_tests",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use, so that importing this package costs nothing."""
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f"verdeelmodel.model.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
