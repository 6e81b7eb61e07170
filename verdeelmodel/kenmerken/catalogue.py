"""What there is to know about the kenmerken, as tables: the list, one kenmerk in full, and where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from verdeelmodel.errors import Problem, RequestError, did_you_mean
from verdeelmodel.kenmerken.declare import Eenheid, Kenmerk, formula
from verdeelmodel.kenmerken.registry import Registry, registry
from verdeelmodel.kenmerken.resolve import Need, tree
from verdeelmodel.law.weights import COMPONENTS, Component, model_years, weights
from verdeelmodel.law.yearly import year_values
from verdeelmodel.table import Column, Table
from verdeelmodel.wording import language, text

INDENT = "   "


@cache
def published_uses() -> Mapping[str, Mapping[Component, tuple[int, ...]]]:
    """In which model years each kenmerk is in the published volume and price model, reference categories included."""
    found: dict[str, dict[Component, tuple[int, ...]]] = {}
    for component in COMPONENTS:
        for year in model_years():
            published = weights(year, component)
            for key in (*published.kenmerken, *(r.kenmerk for r in published.references)):
                years = found.setdefault(key, {}).get(component, ())
                found[key][component] = (*years, year)
    return MappingProxyType(found)


def years_used(key: str, component: Component) -> str:
    """The model years of one component that have this kenmerk; model years without a gap as a range."""
    years = published_uses().get(key, {}).get(component, ())
    every = model_years()
    if len(years) > 1 and years == every[every.index(years[0]) : every.index(years[-1]) + 1]:
        return f"{years[0]}-{years[-1]}"
    return ", ".join(str(y) for y in years)


def chosen(
    known: Registry | None = None,
    *,
    thema: str = "",
    eenheid: str = "",
    model: int | None = None,
    beinvloedbaar: str = "",
    search: str = "",
) -> tuple[Kenmerk, ...]:
    """The kenmerken that fit every wish; a RequestError for a wish that no kenmerk can fit."""
    every = tuple((known or registry()).values())
    fail_if_wish_unknown(every, thema, eenheid, model, beinvloedbaar)
    words = search.casefold().split()
    return tuple(
        k
        for k in every
        if (not thema or thema.casefold() in k.thema.casefold())
        and (not eenheid or k.eenheid == eenheid)
        and (model is None or any(model in years for years in published_uses().get(k.key, {}).values()))
        and (not beinvloedbaar or k.beinvloedbaar == beinvloedbaar)
        and all(w in f"{k.key} {k.label} {k.label_en} {k.thema}".casefold() for w in words)
    )


def fail_if_wish_unknown(
    every: Iterable[Kenmerk], thema: str, eenheid: str, model: int | None, beinvloedbaar: str
) -> None:
    """Refuse words that occur in no kenmerk, with those that do."""
    themes = list(dict.fromkeys(k.thema for k in every))
    wishes = (
        ("--thema", thema, themes, any(thema.casefold() in t.casefold() for t in themes)),
        ("--eenheid", eenheid, ["huishouden", "buurt", "wijk", "gemeente"], None),
        ("--model", "" if model is None else str(model), [str(y) for y in model_years()], None),
        ("--beinvloedbaar", beinvloedbaar, ["ja", "nee", "deels"], None),
    )
    problems = [
        Problem(text("kenmerken.wish_unknown", wish=wish), where=option, expected=", ".join(possible))
        for option, wish, possible, fits in wishes
        if wish and not (wish in possible if fits is None else fits)
    ]
    if problems:
        raise RequestError(text("kenmerken.wishes_unknown"), problems)


def list_kenmerken(kenmerken: Sequence[Kenmerk]) -> Table:
    """One row per kenmerk: label, key, unit, theme, in which models, and whether a municipality can influence it."""
    columns = (
        Column("kenmerk", text("kenmerken.column.kenmerk"), "code"),
        Column("label", text("kenmerken.column.label")),
        Column("eenheid", text("kenmerken.column.eenheid")),
        Column("volume", text("kenmerken.column.volume")),
        Column("prijs", text("kenmerken.column.prijs")),
        Column("beinvloedbaar", text("kenmerken.column.beinvloedbaar")),
        Column("thema", text("kenmerken.column.thema")),
    )
    rows = sorted(kenmerken, key=lambda k: k.thema)
    return Table(
        key="kenmerken",
        title=text("kenmerken.list_title", count=len(rows)),
        columns=columns,
        values={
            "kenmerk": [k.key for k in rows],
            "label": [k.name() for k in rows],
            "eenheid": [text(f"kenmerken.eenheid.{k.eenheid}") for k in rows],
            "volume": [years_used(k.key, "volume") for k in rows],
            "prijs": [years_used(k.key, "prijs") for k in rows],
            "beinvloedbaar": [text(f"kenmerken.beinvloedbaar.{k.beinvloedbaar}") for k in rows],
            "thema": [k.thema for k in rows],
        },
        row_group="thema",
    ).public("names")


def known_kenmerk(key: str, known: Registry | None = None) -> Kenmerk:
    """The kenmerk with this key, however it is written in capitals; a RequestError with the closest keys and labels."""
    chosen_from = known or registry()
    if key in chosen_from:
        return chosen_from[key]
    by_label = {k.label.casefold(): k.key for k in chosen_from.values()}
    if key.casefold() in by_label:
        return chosen_from[by_label[key.casefold()]]
    close = did_you_mean(key, [*chosen_from, *(k.label for k in chosen_from.values())])
    raise RequestError(
        text("kenmerken.unknown", count=1), [Problem(text("kenmerken.no_such", kenmerk=key), expected=close)]
    )


def describe_kenmerk(declared: Kenmerk) -> Table:
    """Everything that is declared about one kenmerk, a fact per row; facts that are empty are left out."""
    volume, price = (years_used(declared.key, component) for component in COMPONENTS)
    sign = {"+": "positive", "-": "negative", "?": "unknown"}[declared.verwacht_teken]
    influence = text(f"kenmerken.beinvloedbaar.{declared.beinvloedbaar}")
    facts = {
        "label": declared.name(),
        "other_label": declared.name("en" if language() == "nl" else "nl"),
        "definition": " ".join(declared.definitie.split()),
        "formula": formula(declared),
        "unit": text(f"kenmerken.eenheid.{declared.eenheid}"),
        "measure": text(f"kenmerken.soort.{declared.soort}"),
        "theme": declared.thema,
        "denominator": declared.noemer,
        "registers": ", ".join(declared.bron),
        "date": declared.peildatum or text("kenmerken.no_date"),
        "years": ", ".join(str(y) for y in declared.jaren),
        "sign": text(f"kenmerken.sign.{sign}"),
        "theory": declared.theorie,
        "influence": f"{influence}. {declared.reden}" if declared.reden else influence,
        "volume": volume,
        "price": price,
        "declared_by": declared.vastgelegd_door,
        "declared_on": declared.vastgelegd_op,
        "declared_in": declared.herkomst,
    }
    shown = [(name, value) for name, value in facts.items() if value]
    columns = (Column("fact", text("kenmerken.column.fact")), Column("value", text("kenmerken.column.value")))
    values = {"fact": [text(f"kenmerken.fact.{name}") for name, _ in shown], "value": [value for _, value in shown]}
    return Table("kenmerk", f"{declared.key}: {declared.name()}", columns, values).public("names")


def dependencies(declared: Kenmerk, known: Registry | None = None) -> Table:
    """What a kenmerk stands on, as an indented tree: what each name is, and its label where it has one."""
    chosen_from = known or registry()
    lines = tree(chosen_from, declared.key)
    columns = (
        Column("name", text("kenmerken.column.stands_on")),
        Column("kind", text("kenmerken.column.kind")),
        Column("label", text("kenmerken.column.label")),
    )
    values = {
        "name": [INDENT * (depth - 1) + name for depth, name, _ in lines],
        "kind": [text(f"kenmerken.kind.{need.kind}") for _, _, need in lines],
        "label": [label_of(need, chosen_from) for _, _, need in lines],
    }
    return Table("afhankelijkheden", text("kenmerken.tree_title"), columns, values).public("names")


def label_of(need: Need, known: Registry) -> str:
    """What is behind a name, in words: the label of a kenmerk, a raw column or a value of the year."""
    from verdeelmodel.kenmerken.resolve import TABLE_OF
    from verdeelmodel.population.schema import table_schema

    if need.is_kenmerk:
        return known[need.name].name()
    if need.kind == "parameter":
        value = year_values().get(need.name)
        label = value["label" if language() == "nl" else "label_en"] if value else ""
        return str(label or text(f"kenmerken.parameter.{need.name}"))
    if need.kind == "table":
        return text("kenmerken.whole_table", table=need.name)
    columns = table_schema(TABLE_OF.get(need.eenheid, "buurten")).columns
    return columns[need.name].label() if need.name in columns else need.name


def used_by(declared: Kenmerk, known: Registry | None = None) -> tuple[str, ...]:
    """The keys of the kenmerken that stand directly on this one."""
    from verdeelmodel.kenmerken.resolve import needs

    chosen_from = known or registry()
    return tuple(
        other.key
        for other in chosen_from.values()
        if any(need.is_kenmerk and need.name == declared.key for need in needs(chosen_from, other).values())
        or (other.noemer == declared.key and other.key != declared.key)
    )


def units() -> tuple[Eenheid, ...]:
    """The units a kenmerk can belong to, small to large."""
    return ("huishouden", "buurt", "wijk", "gemeente")
