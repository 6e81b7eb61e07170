"""The whole synthetic country, written in a stream, municipality by municipality."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verdeelmodel.population import PopulationMeta, PopulationWriter, format_gemeente
from verdeelmodel.synthetic.areas import buurten_table, gemeenten_table
from verdeelmodel.synthetic.clienten_law import packaged_text as planted_in_clients
from verdeelmodel.synthetic.decomposition import truth_of_gemeenten
from verdeelmodel.synthetic.divisions import accounts_by_division
from verdeelmodel.synthetic.frame import ANCHOR, Frame, chosen_gemeenten
from verdeelmodel.synthetic.gemeente import Made, first_numbers, make_gemeente
from verdeelmodel.synthetic.jobs import jobs_table, sector_table
from verdeelmodel.synthetic.options import COMMAND, SyntheticOptions
from verdeelmodel.synthetic.travel import travel_times

SOURCES = ("CBS StatLine: kerncijfers wijken en buurten 2021, huishoudens en bevolking 2017-2020 (CC BY 4.0)",)
# Municipalities that wait for their turn beside those at work: few, because a large one takes much memory.
AHEAD = 1
Progress = Callable[[float], None]


def make_population(
    folder: Path | str,
    options: SyntheticOptions | None = None,
    *,
    force: bool = False,
    workers: int = 1,
    progress: Progress = lambda _steps: None,
) -> Path:
    """Write the synthetic country of these options as a population folder; whole, or not at all.

    The same options give the same bytes for any number of workers. `progress` is called once per municipality.
    """
    chosen = options or SyntheticOptions()
    places = chosen_gemeenten(chosen.gemeenten)
    with PopulationWriter(folder, meta_of(chosen), force) as writer:
        truth: list[dict[str, Any]] = []
        for made in _made(places, chosen, workers):
            for year in sorted(made.households):
                writer.households(year, made.households[year])
            writer.rows("clienten", made.clients)
            truth += made.truth
            progress(1)
        write_tables(writer, chosen, places)
        own = accounts_by_division(chosen.years).to_csv(index=False, lineterminator="\n")
        writer.file("saldi_synthetisch.csv", own.encode())
        writer.file("truth.toml", truth_document(chosen))
        writer.file("truth_gemeenten.parquet", as_parquet(truth_of_gemeenten(truth)))
    return Path(folder)


def meta_of(options: SyntheticOptions) -> PopulationMeta:
    """What the population says of itself; the word synthetic is in the name."""
    years = f"{min(options.years)}-{max(options.years)}" if len(options.years) > 1 else str(options.years[0])
    name = f"Synthetisch Nederland {years}" if options.effects else f"Synthetisch Nederland {years} zonder effecten"
    made = f"{COMMAND} --scale {options.scale:g} --seed {options.seed} --years {years}"
    if options.gemeenten:
        made += " --gemeenten " + ",".join(map(format_gemeente, options.gemeenten))
    if not options.effects:
        made += " --without-effects"
    return PopulationMeta(
        name=name,
        synthetic=True,
        division=ANCHOR,
        years=tuple(sorted(options.years)),
        seed=options.seed,
        scale=options.scale,
        sources=SOURCES,
        made=made,
    )


def _made(places: NDArray[np.int64], options: SyntheticOptions, workers: int) -> Iterator[Made]:
    """The municipalities in order, made by this many workers."""
    numbers = first_numbers(options.scale)
    if workers <= 1:
        for place in places:
            yield make_gemeente(int(place), options, int(numbers[place]))
        return
    pool: Executor = ThreadPoolExecutor(workers) if options.scale > 0.3 else ProcessPoolExecutor(workers)
    with pool:
        waiting: deque[Future[Made]] = deque()
        for place in places:
            waiting.append(pool.submit(make_gemeente, int(place), options, int(numbers[place])))
            if len(waiting) >= workers + AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def write_tables(writer: PopulationWriter, options: SyntheticOptions, places: NDArray[np.int64]) -> None:
    """The tables beside the households; jobs and travel times are those of the whole country."""
    years = tuple(sorted(options.years))
    writer.table("gemeenten", gemeenten_table(years, places))
    writer.table("buurten", buurten_table(years, places, options.seed))
    writer.table("banen", jobs_table())
    writer.table("sectoren", sector_table())
    writer.table("reistijden", travel_times())


def truth_document(options: SyntheticOptions) -> bytes:
    """What was planted, as TOML."""
    from importlib.resources import files

    packaged_text = files("verdeelmodel.synthetic").joinpath("data", "waarheid.toml").read_text(encoding="utf-8")
    head = f"synthetisch = true\neffecten = {json.dumps(options.effects)}\n\n"
    return (head + packaged_text + "\n" + planted_in_clients()).encode()


def as_parquet(table: Frame) -> bytes:
    """A small table as the bytes of a Parquet file."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    target = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), target)
    return target.getvalue()
