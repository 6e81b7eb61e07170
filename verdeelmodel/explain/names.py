"""Finding a gemeente by its code or by its name as people write it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from verdeelmodel.errors import Problem, RequestError, did_you_mean
from verdeelmodel.population.municipalities import herindelingen
from verdeelmodel.population.schema import format_gemeente
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verdeelmodel.population.population import Population

# Names that people use beside the official one.
ALSO = {"den haag": "'s-Gravenhage", "den bosch": "'s-Hertogenbosch", "sudwest fryslan": "Súdwest-Fryslân"}
CODE = re.compile(r"(?:gm)?0*(\d{1,4})", re.IGNORECASE)


def find_gemeente(written: str, names: Mapping[int, str]) -> int:
    """The code of the gemeente that is meant; RequestError with what became of it or what is close.

    Capitals, accents, apostrophes and hyphens do not matter; a code may be written as GM0014 or 14.
    """
    if match := CODE.fullmatch(written.strip()):
        code = int(match[1])
        if code in names:
            return code
        raise _unknown(format_gemeente(code), written, names)
    by_name = {plain(name): code for code, name in names.items()}
    wanted = plain(written)
    official = plain(ALSO.get(wanted, written))
    for candidate in (wanted, official, re.sub(r"^de gemeente |^gemeente ", "", wanted)):
        if candidate in by_name:
            return by_name[candidate]
    short = {re.sub(r" \(.*\)$", "", name.casefold()): code for name, code in _unique_short(names).items()}
    if written.strip().casefold() in short:
        return short[written.strip().casefold()]
    raise _unknown(written, written, names)


def plain(name: str) -> str:
    """A name without capitals, accents, apostrophes, hyphens and double spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w ]+", " ", bare).casefold().split())


def _unique_short(names: Mapping[int, str]) -> dict[str, int]:
    """Names with their province between brackets, where the name without it is unique."""
    short = [re.sub(r" \(.*\)$", "", name) for name in names.values()]
    return {name: code for (code, name), bare in zip(names.items(), short, strict=True) if short.count(bare) == 1}


def _unknown(found: str, written: str, names: Mapping[int, str]) -> RequestError:
    gone = [h for h in herindelingen() if plain(h.old_name) == plain(written) or format_gemeente(h.old) == found]
    into = [h for h in gone if h.new in names]
    if into:
        expected = ", ".join(
            text(
                "explain.merged_into",
                name=names[h.new],
                code=format_gemeente(h.new),
                date=f"{h.on.day}-{h.on.month}-{h.on.year}",
            )
            for h in into
        )
        remedy = f'verdeelmodel explain "{names[into[0].new]}"'
    else:
        known = {plain(name): name for name in [*names.values(), *ALSO]}
        expected, remedy = did_you_mean(plain(written), known), ""
        for bare, name in sorted(known.items(), key=lambda item: -len(item[0])):
            expected = re.sub(rf"(?<![\w']){re.escape(bare)}(?![\w])", name, expected)
        if not expected:
            expected = did_you_mean(found.upper(), [format_gemeente(code) for code in names])
    return RequestError(text("explain.no_such_gemeente"), [Problem(found, "GEMEENTE", expected, remedy)])


def names_in(population: Population, year: int | None = None) -> dict[int, str]:
    """Code and name of every gemeente of a population in a year; the last one unless given."""
    known = sorted(set(population.table("gemeenten")["year"]))
    chosen = year if year is not None and year in known else max(population.years)
    frame = population.gemeenten(chosen)
    return {int(g): str(n) for g, n in zip(frame["gemeente"], frame["name"], strict=True)}
