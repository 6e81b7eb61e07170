"""The options of an estimate: frozen, and refused with every invalid field at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.model.result import CovarianceKind, Engine
from verdeelmodel.wording import text

Separation = Literal["stop", "drop", "merge", "ridge", "firth"]


TYPED = {"covariance": "covariance (--cluster)"}  # where the command line has another name


@dataclass(frozen=True)
class FitOptions:
    """How to estimate.

    `separation` is what to do with dummies that predict the outcome perfectly, or have fewer than `rare` households
    with or without the outcome: stop with their names; drop the dummies and their households; merge them with the
    reference; or keep them and penalise by `ridge` (a weight per squared coefficient, on the stored scale) or Firth's
    method. Nothing is penalised when no such dummy is found. `engine` can be a peer, as a cross-check on samples.
    """

    covariance: CovarianceKind = "model"
    separation: Separation = "stop"
    rare: int = 0
    ridge: float = 0.5
    warm_start: bool = True
    most_passes: int = 60
    threads: int | None = None
    engine: Engine = "verdeelmodel"

    def __post_init__(self) -> None:
        """Report every invalid field together."""
        checks = {
            "covariance": (self.covariance in get_args(CovarianceKind), ", ".join(get_args(CovarianceKind))),
            "separation": (self.separation in get_args(Separation), ", ".join(get_args(Separation))),
            "engine": (self.engine in get_args(Engine), ", ".join(get_args(Engine))),
            "rare": (self.rare >= 0, "≥ 0"),
            "ridge": (self.ridge > 0, "> 0"),
            "most_passes": (self.most_passes >= 1, "≥ 1"),
            "threads": (self.threads is None or self.threads >= 1, "≥ 1"),
        }
        problems = [
            Problem(
                text("logit.option_value", value=getattr(self, name)),
                text("logit.option", name=TYPED.get(name, name)),
                expected,
            )
            for name, (valid, expected) in checks.items()
            if not valid
        ]
        if problems:
            raise RequestError(text("logit.options_invalid"), problems)
