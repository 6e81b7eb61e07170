"""Findings as sentences: the number, what it is compared with, and how certain it is. They state no causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verdeelmodel.explain.rate import by_theme
from verdeelmodel.table import NotApplicable, format_number
from verdeelmodel.wording import text

if TYPE_CHECKING:
    from verdeelmodel.explain.accounts import AccountLine
    from verdeelmodel.explain.dossier import Dossier, RateComparison
    from verdeelmodel.explain.unusual import UnusualKenmerk
    from verdeelmodel.scenario.since import SinceLastYear

MILLION = 1_000_000
NAMED_THEMES = 2
LEAST_THEME = 0.0005
LARGE = 1000


def findings(found: Dossier) -> list[str]:
    """Everything that a dossier finds, in the order of its page."""
    return [*core(found), *gap_sentences(found), *attributed_sentences(found), *unusual_sentences(found)]


def core(found: Dossier) -> list[str]:
    """What a council asks first: the saldo, the number, and how far the model decides."""
    line = found.account
    said = [text("report.no_saldo", year=found.country.year)] if line is None else _of_account(found, line)
    said += [number_sentence(found.numbers.expected, found.numbers.actual, found.numbers.verdict)]
    if found.objective is not None:
        said.append(objective_sentence(found.objective))
    return [*said, *(rate_sentence(found, c) for c in found.comparisons if c.key == "country")]


def _of_account(found: Dossier, line: AccountLine) -> list[str]:
    said = [saldo_sentence(found.name, line), split_sentence(line), vangnet_sentence(line)]
    if found.interval is not None:
        low, high = (format_number(end, "share") for end in found.interval)
        said.insert(1, text("report.interval", low=low, high=high))
    return said


def gap_sentences(found: Dossier) -> list[str]:
    """How much of the distribution effect can be chance, and how much uncertainty of the model."""
    line = found.account
    if found.gap is None or line is None:
        return []
    shares = {key: format_number(line.share(euro), "percentage_points") for key, euro in found.gap.parts.items()}
    total = format_number(line.share(found.gap.total), "percentage_points")
    return [sentence("report.gap", {"total": total, **shares})]


def attributed_sentences(found: Dossier) -> list[str]:
    """To what the distribution effect can be attributed, and whether what lasts can be told from zero."""
    split, line = found.attributed, found.account
    if split is None or line is None:
        return []
    values = {key: format_number(line.share(euro), "percentage_points") for key, euro in split.euros.items()}
    for key, ends in split.intervals.items():
        values[f"{key}_low"], values[f"{key}_high"] = (format_number(line.share(e), "percentage_points") for e in ends)
    low, high = split.intervals["lasting"]
    none = low <= 0 <= high
    said = [sentence("report.attributed", values), text("report.lasting_none" if none else "report.lasting_some")]
    return [*said, *([text("report.answers_differ")] if none == (found.numbers.verdict == "beyond") else [])]


def unusual_sentences(found: Dossier) -> list[str]:
    """On how many kenmerken it is unusual, beside what chance gives, and which is the clearest."""
    unusual = found.unusual
    if unusual is None:
        return []
    many, holding = len(unusual.found), unusual.holding
    group = text("report.unusual_from_group" if found.country.groups else "report.unusual_from_all")
    key = {0: "report.unusual_none", 1: "report.unusual_one"}.get(many, "report.unusual")
    expected = unusual.expected
    said = [text(key, name=found.name, group=group, found=many, kenmerken=unusual.kenmerken, expected=expected)]
    said += [text(f"report.unusual_{found.out_of_size}")] if found.out_of_size else []
    if not many:
        return said
    if not holding:
        return [*said, text("report.unusual_falls")]
    rest = "report.unusual_holds_one" if len(holding) == 1 else "report.unusual_holds"
    return [*said, text(rest, holding=len(holding), first=unusual_in_words(holding[0]))]


def unusual_in_words(one: UnusualKenmerk) -> str:
    """A kenmerk with its own value beside that of those compared with."""
    own, other = (format_number(v, "number", 0 if abs(v) >= LARGE else 1) for v in (one.own, one.comparison))
    unit = "%" if one.unit == "%" else f" {one.unit}" if one.unit else ""
    return text("report.unusual_first", label=one.label, own=f"{own}{unit}", other=f"{other}{unit}")


def since_sentences(found: Dossier, since: SinceLastYear | NotApplicable) -> list[str]:
    """What changed since the year before: the computed budgets, those received, and how stable the share is."""
    if isinstance(since, NotApplicable):
        return [text("report.no_change", year=found.country.year, reason=since.reason)]
    said = [str(since.change(found.code))]
    if found.change_room > 0:
        said.append(text("report.change_drawn", width=format_number(found.change_room, "share")))
    received = {line.year: line.budget for line in found.years}
    before, after = received.get(since.first), received.get(since.year)
    if before and after is not None:
        change = f"{'+' if after > before else ''}{format_number(after / before - 1, 'share')}"
        said.append(text("report.change_budgets", name=found.name, before=before, after=after, change=change))
    if not found.objective:
        return said
    own, usual = since.stability(found.code)
    return [*said, text("report.stable", own=own, usual=usual)]


def sentence(key: str, values: dict[str, str]) -> str:
    """A sentence whose values have names that come from the data."""
    return text(key).format(**values)


def euros(amount: float) -> str:
    """An amount as a reader says it: millions with one decimal, smaller amounts in whole euros."""
    if abs(amount) >= MILLION:
        return text("report.millions", amount=format_number(amount / MILLION, "euro", 1))
    return format_number(amount, "euro")


def saldo_sentence(name: str, line: AccountLine) -> str:
    """Whether there was a tekort or an overschot, and how large."""
    if line.balance == 0:
        return text("report.saldo_zero", name=name, year=line.year, budget=euros(line.budget))
    if line.budget <= 0:
        return text("report.saldo_no_budget", name=name, year=line.year, net=euros(line.net))
    key = "report.saldo_short" if line.balance < 0 else "report.saldo_over"
    share, amount = format_number(abs(line.saldo), "share"), euros(abs(line.balance))
    return text(key, name=name, year=line.year, share=share, amount=amount, budget=euros(line.budget))


def split_sentence(line: AccountLine) -> str:
    """The two parts of the saldo."""
    macro, distribution = (format_number(line.share(p), "percentage_points") for p in (line.macro, line.distribution))
    return text("report.split", macro=macro, distribution=distribution)


def vangnet_sentence(line: AccountLine) -> str:
    """What the safety net did."""
    if isinstance(line.vangnet, NotApplicable):
        return text("report.vangnet_unknown", reason=line.vangnet.reason)
    if line.vangnet <= 0 or isinstance(line.after_vangnet, NotApplicable):
        return text("report.vangnet_none")
    return text("report.vangnet_some", amount=euros(line.vangnet), after=format_number(line.after_vangnet, "share"))


def number_sentence(expected: float, actual: float, verdict: str) -> str:
    """Predicted against actual number of households, and whether chance can explain the difference."""
    difference = round(actual) - round(expected)
    key = "report.number_of_one" if round(actual) == 1 else "report.number"
    head = text(key, expected=households(round(expected)), actual=format_number(round(actual), "count"))
    if difference == 0:
        return f"{head} {text('report.number_same')}"
    way = text("report.more" if difference > 0 else "report.fewer", count=format_number(abs(difference), "count"))
    return f"{head} {text(f'report.number_{verdict}', difference=way)}"


def households(number: int) -> str:
    """A number of households, in the right number."""
    return text("report.household" if number == 1 else "report.households", count=format_number(number, "count"))


def objective_sentence(objective: float) -> str:
    """How much of the budget the model decides."""
    if objective <= 0:
        return text("report.objective_none")
    if objective >= 1:
        return text("report.objective_whole")
    return text("report.objective_part", share=format_number(objective, "share", 0))


def rate_sentence(found: Dossier, comparison: RateComparison) -> str:
    """The predicted rate against another, and the thema's that make most of the difference."""
    gap = comparison.rate - comparison.other
    head = text(
        "report.rate_same" if abs(gap) < LEAST_THEME / 10 else "report.rate_higher" if gap > 0 else "report.rate_lower",
        rate=format_number(comparison.rate, "share"),
        gap=format_number(abs(gap), "percentage_points"),
        other=comparison.label,
    )
    parts = sorted(by_theme(comparison.parts, found.country.themes).items(), key=lambda item: -abs(item[1]))
    named = [f"{theme} ({_signed(part)})" for theme, part in parts[:NAMED_THEMES] if abs(part) >= LEAST_THEME]
    together = f" {text('report.and')} ".join(named)
    return f"{head} {text('report.rate_themes', themes=together)}" if named else head


def _signed(part: float) -> str:
    return f"{'+' if part > 0 else ''}{format_number(part, 'percentage_points')}"


def limits(found: Dossier) -> list[str]:
    """What the figures cannot say."""
    said = [text("report.limit_policy"), text("report.limit_cause"), text("report.limit_benchmark")]
    if found.country.household_weight > 1.5:
        said.append(text("report.limit_sample", weight=found.country.household_weight))
    if found.country.synthetic:
        said.append(text("report.limit_synthetic"))
    return said
