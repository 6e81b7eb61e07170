"""Numbers as a reader of Dutch or English writes them, and the formats for numbers in a sentence.

In a sentence `{households:n}` is a whole number with its thousands apart, `{deviation:n2}` one with two decimals,
`{share:p1}` a fraction as a percentage with one decimal and `{amount:e}` whole euros. `{count:c problem|problems}` is a
count with the word that fits it, `{count:w has|have}` the word alone.
"""

from __future__ import annotations

import string
from numbers import Integral, Real

NO_BREAK = "\u00a0"


def localised(value: float, places: int, lang: str) -> str:
    """A number with its thousands apart and this many decimals; what rounds to zero has no sign."""
    shown = round(value, places) + 0.0
    body = f"{abs(shown):,.{places}f}"
    if lang == "nl":
        body = body.translate(str.maketrans(",.", ".,"))
    return f"-{body}" if shown < 0 else body


def euros(value: float, places: int, lang: str) -> str:
    """An amount in euros; the sign of the euro never parts from its number at the end of a line."""
    body = localised(value, places, lang)
    return f"-€{NO_BREAK}{body[1:]}" if body.startswith("-") else f"€{NO_BREAK}{body}"


def counted(count: int, words: str, lang: str, with_number: bool) -> str:
    """The first word for one, the second for any other number; behind the number itself when that is asked."""
    one, _, more = words.partition("|")
    word = one if count == 1 else more
    return f"{localised(count, 0, lang)} {word}" if with_number else word


class Filler(string.Formatter):
    """Fills the braces of a sentence in one language; what is not a number stands as its text, whatever the format."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: object, format_spec: str) -> str:
        """The value in one of the formats n, p and e with a number of decimals, or c and w; or as Python formats it."""
        kind, places = format_spec[:1], format_spec[1:]
        if format_spec[:2] in ("c ", "w ") and isinstance(value, Integral):
            return counted(int(value), places.strip(), self.lang, kind == "c")
        if kind not in ("n", "p", "e"):
            return str(super().format_field(value, format_spec))
        if not isinstance(value, Real) or isinstance(value, bool):
            return str(value)
        number, decimals = float(value), int(places or 0)
        if kind == "e":
            return euros(number, decimals, self.lang)
        return (
            localised(100 * number, decimals, self.lang) + "%"
            if kind == "p"
            else localised(number, decimals, self.lang)
        )
