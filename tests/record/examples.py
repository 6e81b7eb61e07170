"""A small table that has every kind of cell, and a run that holds it."""

from pathlib import Path

from verdeelmodel.record import new_run
from verdeelmodel.table import Column, Evidence, NotApplicable, Table

COLUMNS = (
    Column("gemeente", "Gemeente", "code"),
    Column("naam", "Naam"),
    Column("huishoudens", "Huishoudens", "count", "huishoudens"),
    Column("saldo", "Saldo", "share"),
    Column("gemengd", "Gemengd", "number"),
    Column("vangnet", "Vangnet", "flag"),
)


def example_table(key: str = "saldi", synthetic: bool = False) -> Table:
    return Table(
        key=key,
        title="Saldi",
        columns=COLUMNS,
        values={
            "gemeente": ["GM0014", "GM1900", "GM0518"],
            "naam": ["Groningen", "Súdwest-Fryslân", '\'s-Gravenhage, "Den Haag"'],
            "huishoudens": [3, 2**53 + 1, NotApplicable("er geen huishoudens zijn")],
            "saldo": [0.1 + 0.2, -1 / 3, 5e-324],
            "gemengd": [1, 2.5, "tekst"],
            "vangnet": [True, False, NotApplicable("er geen tekort is")],
        },
        synthetic=synthetic,
        notes=("Een noot.",),
        source="CBS",
        row_group="gemeente",
        emphasis=frozenset({(1, "saldo")}),
        evidence={"saldo": [Evidence(count=12, largest=(1.0, 0.5), total=3.0), None, Evidence(count=3)]},
    )


def write_example(out: Path, *, force: bool = False, synthetic: bool = False, seed: int | None = 7) -> None:
    with new_run(
        out, verb="compare", options={"jaar": 2020}, inputs={}, seed=seed, synthetic=synthetic, force=force
    ) as run:
        run.table(example_table())
        run.json("fit.json", {"b": [1, 2], "a": "é"})
        run.text("gemeenten/GM0014.html", "<p>Groningen</p>\n")
