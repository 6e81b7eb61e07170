"""Weights of one's own: the estimates in a run of fit as a model that can be applied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from verdeelmodel.errors import DataError, RequestError
from verdeelmodel.law import model_years
from verdeelmodel.model.spec import ModelSpec, Part, Term, published_model
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

VOLUME, PRICE = "coefficients", "price_coefficients"
DOCUMENT = "fit.json"
INTERCEPT = "intercept"


def fitted_model(folder: Path) -> ModelSpec:
    """The model of a run of fit with its estimates as weights.

    A run without an estimated price component keeps the published one of its rules year. RequestError when the folder
    is not a run of fit on a population, DataError when its table of coefficients has no constant.
    """
    from verdeelmodel.record import read_run

    run = read_run(folder)
    if run.verb != "fit" or VOLUME not in run.keys:
        raise RequestError(text("budget.not_a_fit", run=run.folder.name, verb=run.verb))
    document = run.json(DOCUMENT)
    rules = document.get("rules_year")
    if rules not in model_years():
        raise RequestError(text("budget.fit_of_own_table", run=run.folder.name))
    price = _part(run[PRICE], run.folder.name) if PRICE in run.keys else published_model(rules).price
    return ModelSpec(
        name=text("budget.fitted_name", model=document["model"], run=run.folder.name),
        rules_year=rules,
        volume=_part(run[VOLUME], run.folder.name),
        price=price,
        lineage=(document["model"], *document.get("lineage", ())),
    )


def _part(frame: pd.DataFrame, run: str) -> Part:
    rows = list(zip(frame["key"], frame["label"], frame["estimate"], strict=True))
    constant = next((float(value) for key, _, value in rows if key == INTERCEPT), None)
    if constant is None:
        raise DataError(text("budget.no_intercept", run=run))
    return Part(tuple(Term(str(key), str(label), float(v)) for key, label, v in rows if key != INTERCEPT), constant)
