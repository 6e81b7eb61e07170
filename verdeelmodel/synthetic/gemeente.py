"""One municipality of the synthetic country: its households in every year, and what is known of the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.clienten import Applicants, clients_of, gemeente_effect
from verdeelmodel.synthetic.draws import Streams, chance, normal
from verdeelmodel.synthetic.frame import ANCHOR, YEARS, frame, margins
from verdeelmodel.synthetic.households import Panel, left_before, panel, year_before
from verdeelmodel.synthetic.official import SUBSIDY, kenmerken_of, predictors, weight
from verdeelmodel.synthetic.options import SyntheticOptions
from verdeelmodel.synthetic.persons import Columns
from verdeelmodel.synthetic.places import Buurten, buurten_of
from verdeelmodel.synthetic.saldi import luck, wage_subsidies
from verdeelmodel.synthetic.surroundings import surroundings_of
from verdeelmodel.synthetic.truth import (
    Burden,
    fractions,
    logistic_noise,
    months,
    nothing_paid,
    omitted,
    planted,
    years_before,
)

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass
class Made:
    """One municipality: households by year in the order of buurt, a row of the truth per year, and clients."""

    households: dict[int, Columns]
    truth: list[dict[str, Any]]
    clients: pa.Table


@dataclass
class _Year:
    """What is kept of a year until the spells are known."""

    year: int
    columns: Columns
    there: NDArray[np.bool_]
    on: NDArray[np.bool_]
    needed: NDArray[np.float64]
    lasting: NDArray[np.float64]
    fading: NDArray[np.float64]
    price: NDArray[np.float64]


def first_numbers(scale: float) -> NDArray[np.int64]:
    """The number of the first household of every municipality of the frame, the same whichever are made."""
    sizes = [panel_size(place, scale) for place in range(len(frame()))]
    return np.concatenate([[0], np.cumsum(sizes)[:-1]])


def panel_size(place: int, scale: float) -> int:
    """Units of the anchor year and those that were last seen in earlier years."""
    counts = counts_of(place, scale)
    return counts[ANCHOR] + sum(left_before(counts).values())


def counts_of(place: int, scale: float) -> dict[int, int]:
    """Households per year at this scale, at least one."""
    whole = margins().households[place]
    return {year: max(1, round(scale * int(n))) for year, n in zip(YEARS, whole, strict=True)}


def make_gemeente(place: int, options: SyntheticOptions, first_number: int) -> Made:
    """All households of the municipality at this place of the frame; depends on nothing outside the municipality."""
    streams = Streams(options.seed, int(frame().index[place]))
    buurten = buurten_of(place, options.seed)
    units = panel(streams, place, counts_of(place, options.scale), buurten)
    truth: list[dict[str, Any]] = []
    years = _years_back(units, streams, place, options, buurten, truth)
    _spells(streams, years, units)
    for row in truth:
        row["clienten_naar_werk"] = gemeente_effect(streams)
    first = min(options.years)
    needed = years[first].needed[_in_order(years[first], buurten)]
    households = {year: _finished(years.pop(year), buurten, options, first_number) for year in options.years}
    return Made(households, truth, clients_of(streams, Applicants(households[first], needed, first)))


def _years_back(
    units: Panel,
    streams: Streams,
    place: int,
    options: SyntheticOptions,
    buurten: Buurten,
    truth: list[dict[str, Any]],
) -> dict[int, _Year]:
    """Every year from the anchor back to the first one that is wanted: columns, and who is on bijstand."""
    columns, years = units.columns, {}
    burden = Burden(streams, len(columns["age_1"]), planted().persistence)
    for year in range(ANCHOR, min(options.years) - 1, -1):
        if year < ANCHOR:
            columns = year_before(units, columns, year, len(buurten.buurt))
            burden.back_to(year)
        there = units.there(year)
        kenmerken = kenmerken_of(columns, year)
        surroundings = surroundings_of(place, options.seed, year, buurten)
        volume, price = predictors(kenmerken)
        where = columns["_buurt"]
        volume += surroundings.volume[where]
        beyond = np.zeros(len(volume))
        if options.effects:
            beyond, beyond_price = omitted(columns, kenmerken, surroundings, year)
            price += beyond_price
        score = volume + beyond + logistic_noise(burden.latent())
        edge = _edge(score, there, place, year, options)
        needed = _latent_needed(edge - volume - beyond)
        on = there & (score > edge)
        price += surroundings.price[where]
        years[year] = _Year(year, columns, there, on, needed, burden.lasting, burden.fading, price)
        truth.append(_truth_row(place, year, there, volume, beyond, edge, on))
    return years


def _edge(
    score: NDArray[np.float64],
    there: NDArray[np.bool_],
    place: int,
    year: int,
    options: SyntheticOptions,
) -> float:
    """The score above which a household is on bijstand: the published number of recipients, and chance."""
    if not options.effects:
        return -planted().constant
    at = YEARS.index(year)
    wanted = margins().rate[place, at] * np.exp(luck()[place, at]) * int(there.sum())
    chosen = min(max(round(float(wanted)), 0), int(there.sum()) - 1)
    ordered = np.partition(score[there], int(there.sum()) - chosen - 1)
    return float(ordered[int(there.sum()) - chosen - 1])


def _latent_needed(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard normal burden above which the logistic noise exceeds this distance."""
    from scipy.special import expit, ndtri

    return np.asarray(ndtri(np.clip(expit(distance), 1e-12, 1 - 1e-12)))


def _truth_row(
    place: int,
    year: int,
    there: NDArray[np.bool_],
    volume: NDArray[np.float64],
    beyond: NDArray[np.float64],
    edge: float,
    on: NDArray[np.bool_],
) -> dict[str, Any]:
    """Expected numbers by the official model, with the omitted effects, and with the policy of the municipality."""
    from scipy.special import expit

    p = planted()
    official, whole = volume[there], (volume + beyond)[there]
    return {
        "gemeente": int(frame().index[place]),
        "year": year,
        "households": int(there.sum()),
        "bijstand": int(on.sum()),
        "expected_official": float(expit(official + p.constant).sum()),
        "expected_omitted": float(expit(whole + p.constant_with_effects).sum()),
        "expected_policy": float(expit(whole - edge).sum()),
        "policy": -edge - p.constant_with_effects,
    }


def _spells(streams: Streams, years: dict[int, _Year], units: Panel) -> None:
    """Months on bijstand: carried on from the year before, or a spell that began before the household was seen."""
    previous: NDArray[np.int16] | None = None
    for year in sorted(years):
        now = years[year]
        n = len(now.on)
        spell = np.zeros(n, np.int16)
        seen = np.zeros(n, np.bool_) if year - 1 not in years else years[year - 1].there
        going_on = now.on & (previous > 0) if previous is not None else np.zeros(n, np.bool_)
        if previous is not None:
            spell[going_on] = previous[going_on] + 12
        fresh = now.on & ~going_on
        places = np.flatnonzero(fresh & ~seen)
        age = now.columns["age_1"].astype(np.int16)
        stream = streams.of("months", year)
        before = years_before(streams, year, now.lasting[places], now.fading[places], now.needed[places])
        spell[places] = months(before, stream, age[places])
        new = np.flatnonzero(fresh & seen)
        spell[new] = months(np.zeros(len(new), np.int16), stream, age[new])
        now.columns = now.columns | {"bijstand_months": spell}
        previous = spell


def _in_order(year: _Year, buurten: Buurten) -> NDArray[np.int64]:
    """The places of the households that were there, in the order of buurt."""
    places = np.flatnonzero(year.there)
    return np.asarray(places[np.argsort(buurten.buurt[year.columns["_buurt"][places]], kind="stable")])


def _finished(year: _Year, buurten: Buurten, options: SyntheticOptions, first_number: int) -> Columns:
    """The columns of the schema of the households that were there, in the order of buurt."""
    code, places = buurten.buurt[year.columns["_buurt"]], _in_order(year, buurten)
    found = {name: values[places] for name, values in year.columns.items() if not name.startswith("_")}
    n = len(places)
    found["persons"] = (year.columns["adults"] + year.columns["_minors"])[places].astype(np.int8)
    found["household"] = (first_number + places).astype(np.int32)
    found["gemeente"] = (code[places] // 10_000).astype(np.int16)
    found["buurt"] = code[places].astype(np.int32)
    for slot in ("1", "2", "3"):
        found[f"recent_{slot}"] = np.zeros(n, np.bool_)
    found["bijstand"] = year.on[places]
    found["weight"] = np.full(n, 1 / options.scale, np.float32)
    gemeente = int(found["gemeente"][0]) if n else 0
    streams = Streams(options.seed, gemeente)
    found |= recipients_means(streams.of("recipients", year.year), found)
    return found | _paid(streams, found, year.price[places], gemeente, year.year)


def recipients_means(stream: np.random.Generator, found: Columns) -> Columns:
    """Income and work as they go with bijstand: recipients seldom work and mostly live below the low-income limit."""
    on, n, p = found["bijstand"], len(found["bijstand"]), planted()
    poor = found["income_below_poverty"] | (on & chance(stream, n, p.poor_recipients))
    at_work = np.maximum(chance(stream, n, p.working_recipients) & (found["labour_force"] > 0), found["zelfstandigen"])
    working = np.where(on, np.minimum(at_work, found["working"]), found["working"])
    return {"income_below_poverty": poor, "working": working.astype(np.int8)}


def _paid(streams: Streams, found: Columns, price: NDArray[np.float64], gemeente: int, year: int) -> Columns:
    """Wage cost subsidies, and the part of the norm that is paid to households on bijstand."""
    stream = streams.of("payment", year)
    n = len(price)
    place = int(np.flatnonzero(frame().index == gemeente)[0]) if n else 0
    wanted = round(float(wage_subsidies()[place] * found["bijstand"].sum()))
    suited = found["vso_pro"] | (found["hci_1"] == 1)
    score = normal(stream, n) + 1.2 * found["bijstand"] + 0.8 * suited - 3.0 * (found["student_level"] > 0)
    lks = np.zeros(n, np.bool_)
    if wanted:
        lks[np.argpartition(score, n - wanted)[n - wanted :]] = True
    subsidised = weight("prijs", SUBSIDY)
    paid = nothing_paid(n)
    on = np.flatnonzero(found["bijstand"])
    paid[on] = fractions(stream, planted().price_constant + price[on] + subsidised * lks[on])
    return {"lks": lks, "fraction_paid": paid}
