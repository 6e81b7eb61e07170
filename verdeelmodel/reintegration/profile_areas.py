"""Which areas a profile is about: the gemeenten asked for, their wijken, and the gemeenten to compare them with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import Problem, RequestError, did_you_mean
from verdeelmodel.population.municipalities import unknown_gemeente
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.reintegration.profile_figures import POTENTIAL, Area
from verdeelmodel.reintegration.profile_tally import UNKNOWN, Tally
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

PROVINCE, COUNTRY = "province", "country"
COMPARISONS = (PROVINCE, COUNTRY)
CODE = re.compile(r"(?:gm)?0*(\d{1,4})", re.IGNORECASE)
HEERLEN = 917


@dataclass(frozen=True)
class Areas:
    """The country, the area of comparison and its regions, its gemeenten, and the wijken of the gemeenten asked for.

    `rest` is what the country has beyond the area of comparison; it is not shown, but country minus area gives it.
    """

    country: Area
    whole: Area | None
    rest: Area | None
    regions: tuple[Area, ...]
    gemeenten: tuple[Area, ...]
    wijken: Mapping[str, tuple[Area, ...]]
    region_of: Mapping[str, str]

    @cached_property
    def chosen(self) -> tuple[Area, ...]:
        """The gemeenten asked for."""
        return tuple(g for g in self.gemeenten if g.code in self.wijken)


def find_gemeenten(written: Sequence[str | int], frame: pd.DataFrame, year: int) -> tuple[int, ...]:
    """The codes of these gemeenten, each once; capitals and accents do not matter. Every unknown one is reported."""
    names = dict(zip(frame["gemeente"].tolist(), frame["name"].tolist(), strict=True))
    by_name = {plain(str(name)): int(code) for code, name in names.items()}
    codes: list[int] = []
    problems: list[Problem] = []
    for one in written:
        found = _find(str(one), names, by_name)
        if found is None:
            problems.append(_not_found(str(one), by_name, names, year))
        else:
            codes.append(found)
    if problems:
        raise RequestError(text("profile.no_such_gemeente", year=year), problems)
    return tuple(dict.fromkeys(codes))


def default_gemeente(frame: pd.DataFrame) -> int:
    """Heerlen, the gemeente of the source; without it the gemeente with the most inhabitants."""
    codes = frame["gemeente"].to_numpy()
    return HEERLEN if HEERLEN in codes else int(codes[frame["inhabitants"].to_numpy().argmax()])


def plain(name: str) -> str:
    """A name without capitals, accents, apostrophes and what stands between brackets."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w ]+", " ", re.sub(r" \(.*\)$", "", bare)).casefold().split())


def _find(written: str, names: Mapping[int, str], by_name: Mapping[str, int]) -> int | None:
    if match := CODE.fullmatch(written.strip()):
        return int(match[1]) if int(match[1]) in names else None
    exact = {str(name).casefold(): code for code, name in names.items()}
    return exact.get(written.strip().casefold(), by_name.get(plain(written)))


def _not_found(written: str, by_name: Mapping[str, int], names: Mapping[int, str], year: int) -> Problem:
    match = CODE.fullmatch(written.strip())
    if match is None:
        close = did_you_mean(plain(written), by_name)
        for bare, code in by_name.items():
            close = re.sub(rf"(?<!\w){re.escape(bare)}(?!\w)", str(names[code]), close)
        return Problem(written, "--gemeente", close)
    try:
        return unknown_gemeente(int(match[1]), year, "--gemeente")
    except RequestError:  # the division of this year is not known: what became of the code cannot be told
        return Problem(format_gemeente(int(match[1])), "--gemeente")


def areas_of(
    counted: Tally, frame: pd.DataFrame, codes: Sequence[int], comparison: str, wijk_names: Mapping[int, str]
) -> Areas:
    """The areas of a profile of these gemeenten; `comparison` is the province or the country they are compared in."""
    members, regions = _compared(frame, codes, comparison)
    owner = counted.gemeente
    names = dict(zip((int(code) for code in frame["gemeente"]), frame["name"].astype(str), strict=True))
    by_name = sorted(members, key=lambda c: (plain(names[c]), c))
    gemeenten = tuple(_gemeente(counted, code, names[code]) for code in by_name)
    region_of = {format_gemeente(code): regions[code] for code in members if code in regions}
    whole = frame.loc[frame["gemeente"].isin(members), "province"].iloc[0] if comparison == PROVINCE and regions else ""
    outside = ~np.isin(owner, members)
    return Areas(
        rest=Area("region", "rest", "rest", counted.total(outside)) if outside.any() else None,
        country=Area(COUNTRY, "NL", text("profile.country"), counted.total(np.ones(len(owner), np.bool_))),
        whole=Area(PROVINCE, str(whole), str(whole), counted.total(np.isin(owner, members))) if whole else None,
        regions=tuple(
            Area("region", name, name, counted.total(np.isin(owner, [c for c in members if regions.get(c) == name])))
            for name in sorted(set(regions.values()))
            if len(set(regions.values())) > 1
        ),
        gemeenten=gemeenten,
        wijken={format_gemeente(code): _wijken(counted, code, wijk_names) for code in codes},
        region_of=region_of,
    )


def _compared(frame: pd.DataFrame, codes: Sequence[int], comparison: str) -> tuple[list[int], dict[int, str]]:
    """The gemeenten of the comparison and the region of each; none without a column of provinces."""
    every = [int(code) for code in frame["gemeente"]]
    if "province" not in frame:
        return every, {}
    province = dict(zip(every, frame["province"].astype(str), strict=True))
    if comparison == COUNTRY:
        return every, province
    chosen = sorted({province[code] for code in codes})
    if len(chosen) > 1:
        problem = Problem(", ".join(chosen), "--gemeente", remedy="--compare country")
        raise RequestError(text("profile.several_provinces"), [problem])
    members = [code for code in every if province[code] == chosen[0]]
    column = frame["region"] if "region" in frame else frame["province"]
    region = dict(zip(every, column.astype(str), strict=True))
    return members, {code: region[code] for code in members}


def _gemeente(counted: Tally, code: int, name: str) -> Area:
    return Area("gemeente", format_gemeente(code), name, counted.total(counted.gemeente == code))


def _wijken(counted: Tally, gemeente: int, names: Mapping[int, str]) -> tuple[Area, ...]:
    """The wijken of a gemeente with anyone of the potential labour force, the unknown wijk last."""
    own = counted.gemeente == gemeente
    codes = sorted(set(counted.wijk[own].tolist()) - {UNKNOWN})
    made = [_wijk(counted, own, code, names) for code in codes]
    unknown = Area("wijk", "", text("profile.unknown_wijk"), counted.total(own & (counted.wijk == UNKNOWN)))
    return tuple(area for area in [*made, unknown] if area.persons(POTENTIAL))


def _wijk(counted: Tally, own: NDArray[np.bool_], code: int, names: Mapping[int, str]) -> Area:
    label = f"WK{code:06d}"
    return Area("wijk", label, names.get(code, label), counted.total(own & (counted.wijk == code)))
