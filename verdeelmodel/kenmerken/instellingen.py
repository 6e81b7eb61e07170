"""Choices and published limits in the definitions of kenmerken, from `data/`, each with source and certainty."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from verdeelmodel.documents import parse_yaml

BESTANDEN = ("gebied.yaml", "schulden.yaml")
Zekerheid = Literal["full", "secondary", "presumed", "unknown"]


@dataclass(frozen=True)
class Instelling:
    """One value in a definition: what it is, in what unit, where it comes from and how certain it is."""

    label: str
    label_en: str
    eenheid: str
    bron: str
    zekerheid: Zekerheid
    waarde: float | tuple[float, ...]


@cache
def instellingen() -> MappingProxyType[str, Instelling]:
    """Every value by name."""
    alle: dict[str, Instelling] = {}
    for bestand in BESTANDEN:
        source = files(__package__).joinpath("data", bestand).read_text(encoding="utf-8")
        alle |= {naam: _instelling(velden) for naam, velden in parse_yaml(source, bestand).items()}
    return MappingProxyType(alle)


def waarde(naam: str) -> float:
    """One number, by name."""
    gevonden = instellingen()[naam].waarde
    if isinstance(gevonden, tuple):
        raise TypeError(f"{naam} is a row of numbers, not one")
    return gevonden


def reeks(naam: str) -> tuple[float, ...]:
    """One row of numbers, by name."""
    gevonden = instellingen()[naam].waarde
    return gevonden if isinstance(gevonden, tuple) else (gevonden,)


def _instelling(velden: dict[str, object]) -> Instelling:
    ruw = velden["waarde"]
    # A whole number stays one: comparing a column of small integers with it then needs no copy of the column.
    getal = tuple(float(v) for v in ruw) if isinstance(ruw, list) else ruw
    return Instelling(**{**velden, "waarde": getal})  # type: ignore[arg-type]
