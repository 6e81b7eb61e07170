"""The names of the thema's of the kenmerken in the language in use."""

from __future__ import annotations

from verdeelmodel.wording import text

KEYS = {
    "(Langdurig) in de bijstand": "langdurig_in_bijstand",
    "(Stapeling van) problematiek / Centrumfunctie": "problematiek",
    "Arbeidsmarkt": "arbeidsmarkt",
    "Buurtkenmerken": "buurt",
    "Geografisch": "geografisch",
    "Herkomst": "herkomst",
    "Huishoudtype": "huishoudtype",
    "Leeftijd": "leeftijd",
    "Loonkostensubsidie": "loonkostensubsidie",
    "Niet-rechthebbenden": "niet_rechthebbenden",
    "Opleidingsniveau": "opleidingsniveau",
    "Overige demografische kenmerken": "overig_demografisch",
    "Profiel van bijstandsontvangers": "profiel",
    "Segregatie": "segregatie",
    "Stapeling van factoren": "stapeling",
    "Vraagkant (arbeidsmarkt)": "vraagkant",
    "Woonsituatie": "woonsituatie",
    "Zorggebruik": "zorggebruik",
}


def theme_name(thema: str) -> str:
    """The name of a thema; one that a user made is called as the user called it."""
    return text(f"explain.theme_name.{KEYS[thema]}") if thema in KEYS else thema
