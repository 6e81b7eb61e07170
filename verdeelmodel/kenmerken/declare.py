"""How a kenmerk is declared: a pure function whose parameter names are its dependencies, and a decorator.

What a parameter name may be depends on the unit (`eenheid`) of the kenmerk.

`huishouden`: a raw column of the households table, another household kenmerk, or a parameter. The function receives
arrays of shape (n,), one value per household of a chunk, and returns one of shape (n,).

`buurt`, `wijk`, `gemeente`: a column of the table of that unit (for a wijk the counts of its buurten, added up),
another kenmerk of the same unit, a parameter, or a summary of the households in the area. Arrays have one value per
area, in the order of the codes; the function returns such an array, or a Series with the codes as index.

- `aandeel_KEY` is the weighted share or mean, `som_KEY` the weighted sum; KEY is a household kenmerk or a raw column of
  households. For a gemeente `aandeel_KEY` may also be the mean over its households of a buurt kenmerk.
- `telling_KEY` (gemeente only) is a `Telling`: households with and without the kenmerk per buurt.
- `gemiddelde_NAME` (gemeente only) is the mean over the years of the analysis of a column or kenmerk of the gemeente.
- `buurten`, `gemeenten`, `banen`, `reistijden`, `sectoren` (gemeente only) are whole tables, as DataFrames.

Parameters are values of the law of the rules year or of the year of the data, and `jaar`: see
`verdeelmodel.kenmerken.parameters`. A name that is both a kenmerk and a column means the kenmerk, except in the kenmerk
of that name itself.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.errors import Problem, RequestError
from verdeelmodel.wording import Language, language, text

Eenheid = Literal["huishouden", "buurt", "wijk", "gemeente"]
Soort = Literal["ja_nee", "aantal", "aandeel", "getal", "klasse"]
Teken = Literal["+", "-", "?"]
Beinvloedbaar = Literal["ja", "nee", "deels"]

Flags = NDArray[np.bool_]
Ints = NDArray[np.signedinteger[Any]]
Numbers = NDArray[np.float64]
F = TypeVar("F", bound=Callable[..., Any])

KEY = re.compile(r"[a-z][a-z0-9_]{1,79}")
ATTRIBUTE = "verdeelmodel_kenmerk"


@dataclass(frozen=True)
class Telling:
    """Households per buurt: codes of buurt and gemeente, how many have the kenmerk, how many there are; shapes (b,).

    In a sample the counts are weighted; `gewicht` is the mean weight of the households of the buurt.
    """

    buurt: Ints
    gemeente: Ints
    groep: Numbers
    totaal: Numbers
    gewicht: Numbers

    @property
    def rest(self) -> Numbers:
        """How many do not have the kenmerk."""
        return self.totaal - self.groep

    def waargenomen(self) -> tuple[Numbers, Numbers]:
        """How many households, with the kenmerk and in all, stand in the data themselves: whole numbers, unweighted."""
        per = np.where(self.gewicht > 0, self.gewicht, 1.0)
        return np.rint(self.groep / per), np.rint(self.totaal / per)


@dataclass(frozen=True)
class Kenmerk:
    """One declared characteristic: what it is called, what it stands on and how it is computed.

    `inputs` are the names it needs; `compute` receives them by name. `noemer` is the household column or kenmerk by
    whose sum a share is divided (empty: the number of households). `jaren` are the only years in which it exists
    (empty: every year of the population).
    """

    key: str
    eenheid: Eenheid
    thema: str
    label: str
    label_en: str
    soort: Soort
    inputs: tuple[str, ...]
    compute: Callable[..., Any] = field(repr=False, compare=False)
    bron: tuple[str, ...] = ()
    peildatum: str = ""
    verwacht_teken: Teken = "?"
    theorie: str = ""
    beinvloedbaar: Beinvloedbaar = "nee"
    reden: str = ""
    vastgelegd_door: str = ""
    vastgelegd_op: str = ""
    noemer: str = ""
    jaren: tuple[int, ...] = ()
    definitie: str = ""
    formule: str = ""
    herkomst: str = ""

    def name(self, lang: Language | None = None) -> str:
        """The label in this language."""
        return self.label if (lang or language()) == "nl" else self.label_en or self.label

    def __str__(self) -> str:
        return f"{self.key}: {self.name()} ({text(f'kenmerken.eenheid.{self.eenheid}')}, {self.thema})"

    def __call__(self, **values: Any) -> Any:  # the one place where inputs go by the names the author chose
        """The values, from arrays (or scalars) given by input name."""
        return self.compute(**values)


def kenmerk(
    *,
    thema: str,
    label: str,
    label_en: str = "",
    eenheid: Eenheid = "huishouden",
    soort: Soort = "ja_nee",
    bron: tuple[str, ...] = (),
    peildatum: str = "",
    verwacht_teken: Teken = "?",
    theorie: str = "",
    beinvloedbaar: Beinvloedbaar = "nee",
    reden: str = "",
    vastgelegd_door: str = "",
    vastgelegd_op: str = "",
    noemer: str = "",
    jaren: tuple[int, ...] = (),
    key: str = "",
) -> Callable[[F], F]:
    """Declare the decorated function as a kenmerk; its name (or `key`) is the key and its docstring the definition.

    The function itself is returned unchanged, so it can be called on plain arrays. Wrong metadata raise one
    RequestError that names every fault.
    """

    def declare(function: F) -> F:
        declared = Kenmerk(
            key=key or function.__name__,
            eenheid=eenheid,
            thema=thema,
            label=label,
            label_en=label_en,
            soort=soort,
            inputs=tuple(inspect.signature(function).parameters),
            compute=function,
            bron=bron,
            peildatum=peildatum,
            verwacht_teken=verwacht_teken,
            theorie=theorie,
            beinvloedbaar=beinvloedbaar,
            reden=reden,
            vastgelegd_door=vastgelegd_door,
            vastgelegd_op=vastgelegd_op,
            noemer=noemer,
            jaren=jaren,
            definitie=inspect.cleandoc(function.__doc__ or ""),
            formule="",
            herkomst=function.__module__,
        )
        fail_if_metadata_wrong(declared)
        setattr(function, ATTRIBUTE, declared)
        return function

    return declare


def fail_if_metadata_wrong(declared: Kenmerk) -> None:
    """Refuse a kenmerk whose metadata are missing or not one of the known words; every fault at once."""
    problems = [*_wrong_words(declared), *_wrong_texts(declared)]
    if problems:
        raise RequestError(text("kenmerken.metadata_wrong", kenmerk=declared.key), problems)


def _wrong_words(declared: Kenmerk) -> list[Problem]:
    words: Mapping[str, Any] = {
        "eenheid": Eenheid,
        "soort": Soort,
        "verwacht_teken": Teken,
        "beinvloedbaar": Beinvloedbaar,
    }
    return [
        Problem(
            text("kenmerken.word_found", word=repr(getattr(declared, name))),
            where=name,
            expected=", ".join(get_args(allowed)),
        )
        for name, allowed in words.items()
        if getattr(declared, name) not in get_args(allowed)
    ]


def _wrong_texts(declared: Kenmerk) -> list[Problem]:
    problems = [
        Problem(text("kenmerken.empty"), where=name)
        for name in ("thema", "label")
        if not isinstance(getattr(declared, name), str) or not getattr(declared, name).strip()
    ]
    if not KEY.fullmatch(declared.key):
        problems.append(Problem(text("kenmerken.key_wrong", kenmerk=repr(declared.key)), where="key"))
    if declared.jaren and declared.eenheid == "huishouden":
        problems.append(Problem(text("kenmerken.jaren_wrong"), where="jaren"))
    if declared.noemer and declared.eenheid != "huishouden":
        problems.append(Problem(text("kenmerken.noemer_wrong"), where="noemer"))
    return problems


def formula(declared: Kenmerk) -> str:
    """How the kenmerk is computed, as one line of code or YAML; empty when the source is not at hand."""
    if declared.formule:
        return declared.formule
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(declared.compute)))
    except (OSError, TypeError, SyntaxError):
        return ""
    body = [n for n in tree.body[0].body if not _is_docstring(n)] if isinstance(tree.body[0], ast.FunctionDef) else []
    lines = [ast.unparse(n.value if isinstance(n, ast.Return) and n.value else n) for n in body]
    return "\n".join(lines)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def verhouding(teller: Any, noemer: Any) -> Numbers:
    """Teller divided by noemer, elementwise; missing (NaN) where the denominator is not positive."""
    above, below = np.broadcast_arrays(np.asarray(teller, dtype=np.float64), np.asarray(noemer, dtype=np.float64))
    ratio = np.full(above.shape, np.nan)
    np.divide(above, below, out=ratio, where=below > 0)
    return ratio
