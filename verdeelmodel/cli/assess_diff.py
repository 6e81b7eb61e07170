"""`verdeelmodel assess --diff RUN RUN`: what two assessments say differently."""

from __future__ import annotations

from pathlib import Path

from verdeelmodel.cli.frame import Output, run_or_print
from verdeelmodel.errors import RequestError
from verdeelmodel.wording import text


def show_differences(
    output: Output, runs: tuple[Path, Path], candidates: list[str] | None, out: Path | None, force: bool
) -> None:
    """Print what changed from the first run to the second; with `out`, write it as a run."""
    from verdeelmodel.assess.difference import difference_of_assessments
    from verdeelmodel.record import read_run

    if candidates:
        raise RequestError(text("assess.diff.no_candidates"))
    found = difference_of_assessments(read_run(runs[0]), read_run(runs[1]))
    output.say(str(found))
    run_or_print(
        output,
        found.tables(),
        out=out,
        force=force,
        verb="assess diff",
        options={},
        inputs={"before": runs[0] / "record.json", "after": runs[1] / "record.json"},
        synthetic=found.synthetic,
    )
