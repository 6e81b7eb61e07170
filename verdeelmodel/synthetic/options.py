"""What synthetic country is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.synthetic.frame import YEARS
from verdeelmodel.wording import text

DEFAULT_SCALE, DEFAULT_SEED = 0.05, 7
# What a population made here says first of how it was made.
COMMAND = "population make"


@dataclass(frozen=True)
class SyntheticOptions:
    """Scale, seed, years and municipalities of a synthetic country; wrong values are refused together.

    `gemeenten` empty means the whole country. `effects` False leaves out everything the official model does not know:
    the country then follows the published weights exactly.
    """

    scale: float = DEFAULT_SCALE
    seed: int = DEFAULT_SEED
    years: tuple[int, ...] = YEARS
    gemeenten: tuple[int, ...] = ()
    effects: bool = True

    def __post_init__(self) -> None:
        """Refuse, with every problem together, what cannot be made."""
        problems = []
        if not 0.0005 <= self.scale <= 1:
            problems.append(Problem(text("synthetic.scale_wrong", scale=self.scale)))
        if not 0 <= self.seed < 2**32:
            problems.append(Problem(text("synthetic.seed_wrong", seed=self.seed)))
        if not self.years or not set(self.years) <= set(YEARS) or len(set(self.years)) < len(self.years):
            years = ", ".join(str(year) for year in self.years)
            problems.append(Problem(text("synthetic.years_wrong", years=years, first=YEARS[0], last=YEARS[-1])))
        if problems:
            raise RequestError(text("synthetic.options_wrong"), problems)
