"""The three groups of the study and the table of kenmerken they are compared on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import DataError, Problem
from verdeelmodel.kenmerken.evidence import evidence_from
from verdeelmodel.table import Column, Evidence, Table
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

TEKORT, OVERSCHOT, VERGELIJKING = "tekort", "overschot", "vergelijking"
GROUPS = (TEKORT, OVERSCHOT, VERGELIJKING)
SMALLEST_GROUP = 2

# The position of each group in the arrays of this room; the comparison group is the reference, hence 0.
NUMBER = {VERGELIJKING: 0, TEKORT: 1, OVERSCHOT: 2}


@dataclass(frozen=True)
class Groups:
    """Which gemeenten (codes) form the three groups; disjoint, and each with at least two members."""

    tekort: tuple[str, ...]
    overschot: tuple[str, ...]
    vergelijking: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse overlap and groups too small to have a spread."""
        problems = [*_too_small(self), *_overlaps(self)]
        if problems:
            raise DataError(text("compare.groups.wrong"), problems)

    def __str__(self) -> str:
        return text("compare.groups.sizes", tekort=self.sizes[0], overschot=self.sizes[1], vergelijking=self.sizes[2])

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The number of gemeenten with a tekort, with an overschot and to compare with."""
        return len(self.tekort), len(self.overschot), len(self.vergelijking)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code: tekort, then overschot, then vergelijking, each in the order given."""
        return (*self.tekort, *self.overschot, *self.vergelijking)

    def of(self, code: str) -> str:
        """The group of this gemeente, or an empty string."""
        return next((g for g in GROUPS if code in getattr(self, g)), "")

    def numbers(self, codes: Iterable[str]) -> NDArray[np.int8]:
        """For each code 0 (vergelijking), 1 (tekort), 2 (overschot) or -1 (in no group)."""
        place = {code: NUMBER[group] for group in GROUPS for code in getattr(self, group)}
        return np.array([place.get(code, -1) for code in codes], dtype=np.int8)

    def to_frame(self) -> pd.DataFrame:
        """One row per gemeente: gm_code, groep."""
        import pandas as pd

        return pd.DataFrame([(c, g) for g in GROUPS for c in getattr(self, g)], columns=["gm_code", "groep"])


def _too_small(groups: Groups) -> list[Problem]:
    return [
        Problem(
            text("compare.groups.too_small", group=group, count=len(getattr(groups, group))),
            expected=text("compare.groups.at_least", count=SMALLEST_GROUP),
        )
        for group in GROUPS
        if len(getattr(groups, group)) < SMALLEST_GROUP
    ]


def _overlaps(groups: Groups) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    for group in GROUPS:
        for code in getattr(groups, group):
            if code in seen:
                problems.append(Problem(text("compare.groups.twice", code=code, first=seen[code], second=group)))
            seen.setdefault(code, group)
    return problems


@dataclass(frozen=True)
class KenmerkLabel:
    """What a reader sees of a kenmerk: its key, the thema it is shown under and its label."""

    key: str
    thema: str
    label: str


@dataclass(frozen=True, eq=False)
class GemeenteTable:
    """Gemeenten by kenmerken: `values` (gemeenten, kenmerken) with NaN where a value is missing.

    `counted` (3, gemeenten, kenmerken) are the households behind each value, those with the kenmerk and those it is a
    share of, NaN where there is none; None when the values come from elsewhere and it is not known.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    kenmerken: tuple[KenmerkLabel, ...]
    values: NDArray[np.float64]
    synthetic: bool = False
    counted: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not agree and codes that occur twice."""
        if self.values.shape != (len(self.codes), len(self.kenmerken)) or len(self.names) != len(self.codes):
            raise ValueError("the table of kenmerken has a shape that differs from its codes, names or kenmerken")
        if len(set(self.codes)) != len(self.codes):
            raise ValueError("a gemeente occurs twice in the table of kenmerken")

    def __str__(self) -> str:
        return text("compare.table.size", gemeenten=len(self.codes), kenmerken=len(self.kenmerken))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the kenmerken, in order."""
        return tuple(k.key for k in self.kenmerken)

    def name(self, code: str) -> str:
        """The name of a gemeente, or its code when it has none here."""
        return dict(zip(self.codes, self.names, strict=True)).get(code, code)

    def column(self, key: str) -> NDArray[np.float64]:
        """The values (gemeenten,) of one kenmerk."""
        return self.values[:, self.keys.index(key)]

    def rows(self, codes: Sequence[str]) -> GemeenteTable:
        """The same table with only these gemeenten, in this order."""
        place = {code: i for i, code in enumerate(self.codes)}
        index = [place[code] for code in codes]
        names = tuple(self.names[i] for i in index)
        counted = None if self.counted is None else self.counted[:, index]
        return GemeenteTable(tuple(codes), names, self.kenmerken, self.values[index], self.synthetic, counted)

    def behind(self, gemeente: int, kenmerk: int) -> Evidence | None:
        """The households behind one value, None when they are not known."""
        return None if self.counted is None else evidence_from(*self.counted[:, gemeente, kenmerk].tolist())

    def households(self, code: str) -> Evidence | None:
        """All households of a gemeente in the data, None when they are not known."""
        if self.counted is None or code not in self.codes:
            return None
        every = self.counted[0, self.codes.index(code)]
        return None if np.isnan(every).all() else Evidence(count=round(float(np.nanmax(every))))

    def to_frame(self) -> pd.DataFrame:
        """The values with gm_code as index and the keys as columns."""
        import pandas as pd

        return pd.DataFrame(self.values, index=pd.Index(self.codes, name="gm_code"), columns=list(self.keys))


def gemeente_table(
    frame: pd.DataFrame,
    labels: Mapping[str, tuple[str, str]] | None = None,
    names: Mapping[str, str] | None = None,
    synthetic: bool = False,
    counted: NDArray[np.float64] | None = None,
) -> GemeenteTable:
    """A table from a frame of gemeenten by kenmerken (index gm_code) and, per key, its (thema, label).

    A kenmerk without a label is shown by its key, under the thema of kenmerken of the user's own.
    """
    own = text("compare.table.own_thema")
    known, called = labels or {}, names or {}
    kenmerken = tuple(KenmerkLabel(str(key), *known.get(str(key), (own, str(key)))) for key in frame.columns)
    codes = tuple(str(code) for code in frame.index)
    values = frame.to_numpy(dtype=float, na_value=np.nan)
    return GemeenteTable(codes, tuple(called.get(c, c) for c in codes), kenmerken, values, synthetic, counted)


def groups_table(groups: Groups, table: GemeenteTable | None = None) -> Table:
    """The members of the groups as a table (groups.csv): gm_code, gm_naam, groep."""
    names = [table.name(code) if table else code for code in groups.codes]
    return Table(
        key="groups",
        title=text("compare.groups.title"),
        columns=(
            Column("gm_code", text("compare.column.gm_code"), "code"),
            Column("gm_naam", text("compare.column.gm_naam")),
            Column("groep", text("compare.column.groep")),
        ),
        values={"gm_code": groups.codes, "gm_naam": names, "groep": [groups.of(code) for code in groups.codes]},
        synthetic=table.synthetic if table else False,
    ).public("names")
