"""The result of an estimate: one frozen object, whichever engine made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from verdeelmodel.table import Column, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
CovarianceKind = Literal["model", "hc0", "hc1", "buurt", "gemeente"]
Engine = Literal["verdeelmodel", "statsmodels", "glum"]


@dataclass(frozen=True)
class Convergence:
    """How the estimate was reached.

    `largest_step` is the last step of any parameter, in standard errors; what is left after it is of the order of its
    square. `passes` counts readings of all households, `sample` says whether a sample of households gave the start.
    """

    converged: bool
    passes: int
    largest_step: float
    sample: bool = False

    def __str__(self) -> str:
        key = "logit.converged" if self.converged else "logit.not_converged"
        return text(key, passes=self.passes, step=f"{self.largest_step:.0e}")


@dataclass(frozen=True, eq=False)
class LogitResult:
    """Estimates with everything needed for inference, in the order in which the columns were declared.

    Guaranteed: the same households give the same bytes, for any number of threads and any order of the households
    within an area. `covariance_kind` says what the standard errors allow for: the model, any variance (`hc0`, `hc1`),
    or dependence within buurten or gemeenten. `covariance_model` is always the model's own.
    """

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    covariance_model: Floats
    covariance_kind: CovarianceKind
    log_likelihood: float
    null_log_likelihood: float
    households: int
    weight_sum: float
    outcome_sum: float
    convergence: Convergence
    clusters: int | None = None
    penalty: str = ""
    removed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    engine: Engine = "verdeelmodel"

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.estimate, self.covariance, self.covariance_model):
            array.setflags(write=False)

    @property
    def se(self) -> Floats:
        """Standard errors."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def z(self) -> Floats:
        """Estimates in standard errors."""
        return np.asarray(self.estimate / self.se)

    @property
    def p(self) -> Floats:
        """Two-sided probabilities of a z at least this large when the parameter is zero."""
        return np.asarray(2.0 * ndtr(-np.abs(self.z)))

    def confidence(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Lower and upper ends of the confidence intervals."""
        width = float(ndtri(0.5 + level / 2)) * self.se
        return np.asarray(self.estimate - width), np.asarray(self.estimate + width)

    @property
    def coefficients(self) -> dict[str, float]:
        """Estimate by key."""
        return dict(zip(self.keys, self.estimate.tolist(), strict=True))

    def to_frame(self) -> pd.DataFrame:
        """key, label, estimate, se, z, p, ci_low, ci_high: one row per parameter, in full precision."""
        import pandas as pd

        low, high = self.confidence()
        columns = {"key": self.keys, "label": self.labels, "estimate": self.estimate, "se": self.se}
        return pd.DataFrame({**columns, "z": self.z, "p": self.p, "ci_low": low, "ci_high": high})

    def to_table(self) -> Table:
        """The same as one result table."""
        frame = self.to_frame()
        kinds = {"key": "code", "label": "text"}
        columns = tuple(
            Column(name, text(f"logit.heading.{name}"), kinds.get(name, "number"), decimals=4)  # type: ignore[arg-type]
            for name in frame.columns
        )
        values = {name: frame[name].tolist() for name in frame.columns}
        return Table("coefficients", text("logit.table_title"), columns, values, notes=self.warnings)

    def __str__(self) -> str:
        return text(
            "logit.summary", households=self.households, parameters=len(self.keys), convergence=self.convergence,
            loglik=self.log_likelihood, null=self.null_log_likelihood,
        )  # fmt: skip
