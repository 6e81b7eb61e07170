"""A synthetic client file as municipalities keep it: spells, free-text services and reasons of ending, with mistakes.

It has the size of the study in seven municipalities and its planted odds; see `trajecten_law` for what is true in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.synthetic.trajecten_law import (
    NONE,
    Places,
    Values,
    log_odds,
    planted_services,
    ready_shares,
    service_chances,
    work_chances,
)

if TYPE_CHECKING:
    import pandas as pd

STAYED, OUTSIDE, OWN_REASON, TO_WORK = range(1, 5)
MONTHS = 36
SEED = 2017


@dataclass(frozen=True)
class SyntheticTrajects:
    """The rows of the file as text, empty where nothing is known, and per client whether they were ready for work."""

    rows: pd.DataFrame
    ready: pd.DataFrame
    seed: int


@dataclass
class _People:
    """The clients: places in the planted lists and what happened to them; every array has shape (n,)."""

    gemeente: Places
    sex: Places
    age: Places
    housing: Places
    service: Places
    tailored: Places
    group: Places
    ready: NDArray[np.bool_]


def make_trajects(seed: int = SEED) -> SyntheticTrajects:
    """The synthetic client file of this seed; the same seed gives the same file."""
    import pandas as pd

    stream = np.random.default_rng(seed)
    people = _people(stream)
    rows = _rows(stream, people)
    ready = pd.DataFrame({"gemeente": rows["gemeente"], "client": rows["client"], "ready": people.ready})
    unfit = _outside_age(stream, rows)
    everything = pd.concat([rows, _second_spells(stream, rows, people), unfit, *_mistakes(stream, rows)])
    order = ["gemeente", "client", "start"]
    return SyntheticTrajects(everything.sort_values(order, kind="stable", ignore_index=True), ready, seed)


def _drawn(stream: np.random.Generator, shares: Any, n: int) -> Places:
    chances = np.asarray(list(shares), float)
    return np.asarray(stream.choice(len(chances), n, p=chances / chances.sum()), np.int64)


def _drawn_each(stream: np.random.Generator, chances: Values) -> Places:
    """A place per row, drawn by the chances of that row."""
    turn = stream.random(len(chances))[:, None]
    return np.asarray((turn > np.cumsum(chances[:, :-1], axis=1)).sum(axis=1), np.int64)


def _people(stream: np.random.Generator) -> _People:
    planted = planted_services()
    sizes = [int(entry["omvang"]) for entry in planted.gemeenten.values()]
    gemeente = np.repeat(np.arange(len(sizes)), sizes)
    n = len(gemeente)
    sex = _drawn(stream, (e["aandeel"] for e in planted.sex.values()), n)
    age = _drawn(stream, (e["aandeel"] for e in planted.age.values()), n)
    housing = _drawn(stream, (e["aandeel"] for e in planted.housing.values()), n)
    service = _drawn_each(stream, service_chances(sex == 0, age))
    tailored = _tailored(stream, service)
    score = log_odds(planted.gemeenten)[gemeente] + log_odds(planted.sex)[sex] + log_odds(planted.age)[age]
    score += log_odds(planted.housing)[housing] + log_odds(planted.services)[service]
    score += np.append(0.0, log_odds(planted.tailored))[tailored]
    group = _groups(stream, score)
    ready = stream.random(n) < ready_shares(service, group == TO_WORK)
    return _People(gemeente, sex, age, housing, service, tailored, group, ready)


def _tailored(stream: np.random.Generator, service: Places) -> Places:
    """Places in the planted specific provisions, from 1 (0: none), only for who has no service."""
    shares = [entry["aandeel"] for entry in planted_services().tailored.values()]
    drawn = _drawn(stream, [1 - sum(shares), *shares], len(service))
    return np.where(service == list(planted_services().services).index(NONE), drawn, 0)


def _groups(stream: np.random.Generator, score: Values) -> Places:
    facts, n = planted_services().facts, len(score)
    other = _drawn(
        stream,
        [1 - facts["aandeel_groep_2"] - facts["aandeel_groep_3"], facts["aandeel_groep_2"], facts["aandeel_groep_3"]],
        n,
    )
    work = stream.random(n) < work_chances(score, facts["naar_werk"])
    return np.where(other > 0, other + 1, np.where(work, TO_WORK, STAYED))


def _days(month: NDArray[Any], day: NDArray[Any]) -> NDArray[np.datetime64]:
    """The date in the month that is so many months after the start of the observation."""
    start = np.datetime64(planted_services().window[0], "M")
    return np.asarray((start + month.astype(np.int64)).astype("datetime64[D]") + day.astype(np.int64))


def _rows(stream: np.random.Generator, people: _People) -> pd.DataFrame:
    """One row per client: the first spell."""
    import pandas as pd

    planted, n = planted_services(), len(people.group)
    sitting = stream.random(n) < planted.facts["zittend"]
    known = np.where(sitting, -stream.integers(1, 150, n), stream.integers(0, MONTHS - 1, n))
    first = np.maximum(known, 0)
    # Leaving gets rarer with time, and always falls between entry and the end of the observation.
    rate, room = planted.facts["vertrek_per_maand"], MONTHS - 1 - first
    wait = -np.log1p(-stream.random(n) * (1 - np.exp(-rate * room))) / rate
    start = _days(known, stream.integers(0, 28, n))
    left = first + 1 + np.floor(np.minimum(wait, room - 1)).astype(np.int64)
    end = np.maximum(_days(left, stream.integers(0, 28, n)), start)
    leaves = people.group != STAYED
    number = np.concatenate([np.arange(1, c + 1) for c in np.bincount(people.gemeente)])
    frame = pd.DataFrame(
        {
            "gemeente": np.array(list(planted.gemeenten))[people.gemeente],
            "client": [f"{v:05d}" for v in number],
            "start": start.astype(str),
            "end": np.where(leaves, end.astype(str), ""),
            "end_reason": _reasons(stream, people.group),
            **_person(stream, people),
        }
    )
    _retire(frame)
    unknown = stream.random(n) < planted.facts["status_onbekend"]
    frame["status_start"] = np.where(unknown, "", np.where(known < 0, "uitkering", "geen uitkering"))
    frame["status_end"] = np.where(unknown, "", np.where(leaves, "geen uitkering", "uitkering"))
    return frame


def _person(stream: np.random.Generator, people: _People) -> dict[str, Any]:
    """What is written of every client, as text."""
    planted, n = planted_services(), len(people.group)
    sexes = np.array(list(planted.sex))[people.sex]
    low = np.array([entry["van"] for entry in planted.age.values()])[people.age]
    high = np.array([entry["tot"] for entry in planted.age.values()])[people.age]
    age = np.floor(low + stream.random(n) * (high - low + 1)).astype(np.int64)
    provision = _provision(stream, people.age)
    names = np.array(["onbekend", *planted.tailored, "Inburgeringstraject", "Loonkostensubsidie"])
    services = list(planted.services)
    tailored = people.tailored.copy()
    tailored[people.service == services.index("civic_integration")] = len(names) - 2
    tailored[people.service == services.index("wage_cost_subsidy")] = len(names) - 1
    return {
        "sex": np.where(stream.random(n) < planted.facts["geslacht_onbekend"], "", sexes),
        "age": age.astype(str),
        "housing": np.array(list(planted.housing))[people.housing],
        "provision": np.array(list(planted.provision))[provision],
        "tailored": names[tailored],
        "services": _texts(stream, people.service),
    }


def _provision(stream: np.random.Generator, age: Places) -> Places:
    """Places in the planted schemes; the schemes for older unemployed only from 45, with their planted share."""
    planted = planted_services()
    oldest = len(planted.age) - 1
    share = planted.provision["IOAW/Z"] / float(np.mean(age == oldest))
    older = (age == oldest) & (stream.random(len(age)) < share)
    others = {name: part for name, part in planted.provision.items() if name != "IOAW/Z"}
    places = np.array([list(planted.provision).index(name) for name in others])
    return np.where(older, list(planted.provision).index("IOAW/Z"), places[_drawn(stream, others.values(), len(age))])


def _retire(rows: pd.DataFrame) -> None:
    """Who left because of AOW is of that age; the younger ones left for another reason."""
    aow = rows["end_reason"] == "AOW"
    older = rows["age"].astype(int) >= 45
    rows.loc[aow & older, "age"] = "65"
    rows.loc[aow & ~older, "end_reason"] = "verhuizing naar andere gemeente"


def _texts(stream: np.random.Generator, service: Places) -> list[str]:
    """The services as somebody typed them; some misspelt, some with a second service behind the first."""
    planted = planted_services()
    names = list(planted.services)
    draws = stream.random((len(service), 4))
    found = []
    for place, (pick, wrong, second, other) in zip(service, draws, strict=True):
        name = names[place]
        spellings = planted.services[name]["teksten"]
        if wrong < planted.facts["verschreven_product"]:
            spellings = planted.misspelt.get(name, spellings)
        written = spellings[int(pick * len(spellings))]
        if name != NONE and second < planted.facts["tweede_product"]:
            written += f"; {planted.services[names[1 + int(other * (len(names) - 1))]]['teksten'][0]}"
        found.append(written)
    return found


def _reasons(stream: np.random.Generator, group: Places) -> NDArray[Any]:
    """The reason of ending of every client, empty for who stayed; a few that no list knows."""
    planted = planted_services()
    written = np.full(len(group), "", dtype=object)
    for number, shares in planted.reasons.items():
        members = np.flatnonzero(group == number)
        written[members] = np.array(list(shares), dtype=object)[_drawn(stream, shares.values(), len(members))]
    leavers = np.flatnonzero(group == OUTSIDE)
    unknown = stream.choice(leavers, int(planted.facts["onbekende_reden"]), replace=False)
    written[unknown] = stream.choice(np.array(planted.unknown_reasons, dtype=object), len(unknown))
    return written


def _second_spells(stream: np.random.Generator, rows: pd.DataFrame, people: _People) -> pd.DataFrame:
    """A second row for some of those who left for work: back on bijstand, and still there at the end."""
    import pandas as pd

    planted = planted_services()
    end = rows["end"].to_numpy(dtype="U10")
    last = np.datetime64(planted.window[1])
    chosen = (people.group == TO_WORK) & (stream.random(len(rows)) < planted.facts["terugkeer"])
    chosen &= np.where(end == "", "9999-12-31", end).astype("datetime64[D]") < last - np.timedelta64(70, "D")
    again = rows[chosen].copy()
    left = again["end"].to_numpy(dtype="datetime64[D]")
    room = (last - left).astype(np.int64)
    back = left + np.floor(31 + stream.random(len(again)) * (room - 32)).astype(np.int64)
    again["start"], again["end"], again["end_reason"] = back.astype(str), "", ""
    known = (rows["status_end"] != "") & chosen
    rows.loc[known, "status_end"] = "uitkering"
    again["status_end"] = rows.loc[chosen, "status_end"]
    return pd.DataFrame(again)


def _outside_age(stream: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """Clients too young or too old to be studied, as they stand in the files of municipalities."""
    n = int(planted_services().facts["buiten_leeftijd"])
    copied = rows.iloc[stream.choice(len(rows), n, replace=False)].copy()
    copied["client"] = [f"9{i:04d}" for i in range(n)]
    copied["age"] = np.where(stream.random(n) < 0.2, stream.integers(15, 18, n), stream.integers(67, 80, n)).astype(str)
    return copied


def _mistakes(stream: np.random.Generator, rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Rows that are wrong: typed twice, overlapping the one before, ending before they start."""
    facts = planted_services().facts
    chosen = stream.choice(
        len(rows), int(facts["dubbel"] + facts["overlap"] + facts["einde_voor_begin"]), replace=False
    )
    twice = rows.iloc[chosen[: facts["dubbel"]]].copy()
    overlapping = rows.iloc[chosen[facts["dubbel"] : facts["dubbel"] + facts["overlap"]]].copy()
    start = overlapping["start"].to_numpy(dtype="datetime64[D]")
    overlapping["start"] = (start + np.timedelta64(1, "D")).astype(str)
    turned = rows.iloc[chosen[facts["dubbel"] + facts["overlap"] :]].copy()
    turned["client"] = [f"8{i:04d}" for i in range(len(turned))]
    start = turned["start"].to_numpy(dtype="datetime64[D]")
    turned["end"] = (start - np.timedelta64(400, "D")).astype(str)
    return [twice, overlapping, turned]
