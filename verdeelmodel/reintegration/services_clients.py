"""From spells to clients: one row each, with characteristics, the outcome of the first spell, and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.reintegration.services_reading import ClientRows
from verdeelmodel.reintegration.services_words import (
    NO_SERVICE,
    REASONS,
    SERVICES,
    STILL,
    WORK,
    Category,
    Trait,
    Unknown,
    Words,
    unknown_words,
)
from verdeelmodel.reintegration.spells import KEY, OPEN, Spells, Window, checked_spells
from verdeelmodel.wording import text

if TYPE_CHECKING:
    import pandas as pd

MISSING = ""
# What an empty cell means; of every other characteristic it means that nobody wrote it down.
EMPTY = {"housing": "unknown", "tailored": "none"}
DAYS_PER_MONTH = 365.25 / 12
STAYS, TO_WORK, OTHERWISE = 0, 1, 2
GEMEENTE = "gemeente"


@dataclass(frozen=True)
class Clients:
    """One row per client, and what was read, left out and not understood on the way.

    Columns of `frame`: a key per characteristic (empty when missing), `services`, `group` (0 missing, 1 to 4),
    `new` (came during the observation), `months` at risk of leaving, `exit` (0 none, 1 to work, 2 otherwise),
    `back` (months from leaving for work to the next spell; negative: none) and `followed` (months after leaving).
    `absent` names the characteristics that no file has.
    """

    frame: pd.DataFrame
    spells: Spells
    words: Words
    traits: Mapping[str, Trait]
    window: Window
    unknown: tuple[Unknown, ...]
    too_young_or_old: int
    several_services: int
    absent: tuple[str, ...]
    rows: ClientRows = field(repr=False)

    def __len__(self) -> int:
        return len(self.frame)

    def __str__(self) -> str:
        return text("services.clients.line", clients=len(self), gemeenten=len(self.traits[GEMEENTE].keys))

    @property
    def synthetic(self) -> bool:
        """Whether the clients are made up."""
        return self.rows.synthetic


def clients_of(rows: ClientRows, words: Words, window: Window, seed: int = 0, names: bool = False) -> Clients:
    """One row per client of an age to be studied; `seed` decides the numbers of the gemeenten unless `names` is on."""
    spells = checked_spells(rows.rows, window)
    unknown: list[Unknown] = []
    firsts = spells.rows.drop_duplicates(KEY, keep="first").reset_index(drop=True)
    frame = firsts[[*KEY, "start", "end"]].copy()
    absent = []
    for key, trait in words.traits.items():
        if key in firsts and (firsts[key] != "").any():
            frame[key] = _keys(key, trait, words, firsts[key], unknown)
        else:
            absent.append(key)
    several = _services(frame, firsts, words.services, unknown) if "services" in firsts else 0
    if "services" not in frame:
        absent.append(SERVICES)
    frame["group"] = _groups(firsts, words.reasons, window, unknown)
    fits = _of_age(firsts, words)
    _time(frame, spells, window)
    frame = frame[fits].reset_index(drop=True)
    gemeenten = numbered(frame, rows.numbered, seed, names)
    frame[GEMEENTE] = frame[GEMEENTE].map({name: str(i) for i, name in enumerate(gemeenten)})
    traits = {GEMEENTE: _gemeente_trait(gemeenten, names), **words.traits, SERVICES: words.services}
    removed = int((~fits).sum())
    return Clients(frame, spells, words, traits, window, tuple(unknown), removed, several, tuple(absent), rows)


def _keys(key: str, trait: Trait, words: Words, written: pd.Series[str], unknown: list[Unknown]) -> list[str]:
    """The category of every cell; missing where no table knows what is written, which is then listed."""
    meanings = {cell: _meaning(key, trait, words, cell) for cell in written.unique()}
    strange = [cell for cell in written if meanings[cell] is None]
    unknown += unknown_words(key, trait, strange)
    return [meanings[cell] or MISSING for cell in written]


def _meaning(key: str, trait: Trait, words: Words, cell: str) -> str | None:
    if not cell.strip():
        return EMPTY.get(key, MISSING)
    if key == "age" and (age := _whole(cell)) is not None:
        return next((band for band, (low, high) in words.bands.items() if low <= age <= high), MISSING)
    return trait.meaning(cell)


def _whole(cell: str) -> int | None:
    written = cell.strip().removesuffix(".0")
    return int(written) if written.isdecimal() else None


def _of_age(firsts: pd.DataFrame, words: Words) -> NDArray[np.bool_]:
    """Whether the age, where it is a number, lies within the bounds of the study."""
    if "age" not in firsts:
        return np.ones(len(firsts), bool)
    low, high = words.ages
    ages = [_whole(cell) for cell in firsts["age"]]
    return np.array([age is None or low <= age <= high for age in ages], bool)


def _services(frame: pd.DataFrame, firsts: pd.DataFrame, table: Trait, unknown: list[Unknown]) -> int:
    """Give every client the first service that was offered; returns how many have more than one different service."""
    found, strange, several = [], list[str](), 0
    for written, empty in zip(firsts["services"], firsts["empty_services"], strict=True):
        parts = [part.strip() for part in str(written).split(";") if part.strip()]
        meanings = [table.meaning(part) for part in parts]
        strange += [part for part, meaning in zip(parts, meanings, strict=True) if meaning is None]
        known = list(dict.fromkeys(m for m in meanings if m not in (None, NO_SERVICE)))
        several += len(known) > 1
        if None in meanings and (not known or meanings[0] is None):
            found.append(MISSING)
        elif known:
            found.append(str(known[0]))
        else:
            found.append(NO_SERVICE if parts or empty == "none" else MISSING)
    frame["services"] = found
    unknown += unknown_words(SERVICES, table, strange)
    return several


def _groups(firsts: pd.DataFrame, reasons: Trait, window: Window, unknown: list[Unknown]) -> NDArray[np.int64]:
    """The outcome group of the first spell: 1 when it goes on after the observation, else by the reason, 0 unknown."""
    ended = (firsts["end"] <= np.datetime64(window.last)).to_numpy()
    written = firsts["end_reason"].astype(str).str.strip()
    meanings = {cell: reasons.meaning(cell) if cell else reasons.words[""] for cell in written.unique()}
    unknown += unknown_words(
        REASONS, reasons, [c for c, e in zip(written, ended, strict=True) if e and not meanings[c]]
    )
    groups = np.array([int(meanings[cell] or 0) for cell in written], np.int64)
    return np.where(ended, groups, STILL)


def _time(frame: pd.DataFrame, spells: Spells, window: Window) -> None:
    """Months at risk from the start of the observation or of the spell, how it ended, and a return after work."""
    first, last = np.datetime64(window.first), np.datetime64(window.last)
    start = frame["start"].to_numpy().astype("datetime64[D]")
    end = np.minimum(frame["end"].to_numpy().astype("datetime64[D]"), last)
    begin = np.maximum(start, first)
    frame["new"] = start > first
    frame["months"] = np.maximum((end - begin).astype(float), 1.0) / DAYS_PER_MONTH
    group = frame["group"].to_numpy()
    frame["exit"] = np.where(group == WORK, TO_WORK, np.where(group == STILL, STAYS, OTHERWISE))
    frame["back"], frame["followed"] = _returns(frame, spells, last)


def _returns(frame: pd.DataFrame, spells: Spells, last: np.datetime64) -> tuple[NDArray[Any], NDArray[Any]]:
    """Months from the end of the first spell to the next (-1: none) and to the end of the observation."""
    again = spells.rows[spells.rows.duplicated(KEY, keep="first")].drop_duplicates(KEY, keep="first")
    starts = {key: value for *key_, value in again[[*KEY, "start"]].itertuples(index=False) for key in (tuple(key_),)}
    next_start = np.array([starts.get(key, OPEN) for key in zip(frame["gemeente"], frame["client"], strict=True)])
    left = frame["end"].to_numpy().astype("datetime64[D]")
    wait = (next_start.astype("datetime64[D]") - left).astype(float) / DAYS_PER_MONTH
    came = next_start.astype("datetime64[D]") <= last
    followed = np.maximum((last - np.minimum(left, last)).astype(float), 0.0) / DAYS_PER_MONTH
    return np.where(came, wait, -1.0), followed


def numbered(frame: pd.DataFrame, known: tuple[str, ...], seed: int, names: bool) -> tuple[str, ...]:
    """The gemeenten in the order of their numbers: the largest is the reference, the others are shuffled by the seed.

    The order by size or name would tell which gemeente is which.
    """
    sizes = frame["gemeente"].value_counts()
    present = sorted(sizes.index, key=lambda name: (-int(sizes[name]), name))
    if known:
        return tuple(name for name in known if name in sizes.index)
    others = sorted(present[1:])
    if not names:
        np.random.default_rng(seed).shuffle(others)
    return (*present[:1], *others)


def _gemeente_trait(gemeenten: tuple[str, ...], names: bool) -> Trait:
    categories = []
    for i, name in enumerate(gemeenten):
        key = "services.gemeente.reference" if i == 0 else "services.gemeente.number"
        labels = {lang: name if names else text(key, lang, number=i) for lang in ("nl", "en")}
        categories.append(Category(str(i), labels))
    whole = {lang: text("services.gemeente.label", lang) for lang in ("nl", "en")}
    return Trait(GEMEENTE, whole, tuple(categories), "0", {name: str(i) for i, name in enumerate(gemeenten)})
