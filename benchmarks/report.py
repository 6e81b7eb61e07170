"""Time and memory of the whole report on the synthetic country: `python benchmarks/report.py`.

All dossiers, the national page, the index and the workbook, in a process of its own; asked are 3 minutes and 1 GB.
"""

import resource
import tempfile
import time
from pathlib import Path


def main() -> None:
    from verdeelmodel.explain.country import ExplainOptions, explain_country
    from verdeelmodel.explain.groups import study_groups
    from verdeelmodel.record import new_run
    from verdeelmodel.report.dossier_page import dossier_page
    from verdeelmodel.report.national import national_report
    from verdeelmodel.scenario.since import since_last_year
    from verdeelmodel.synthetic import default_population

    population = default_population()
    start = time.perf_counter()
    country = explain_country(population, ExplainOptions(), groups=study_groups(population))
    computed = time.perf_counter()
    changed = since_last_year(population, country.year)
    made = national_report(country, since=changed)
    tables = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        with new_run(Path(place) / "verslag", verb="report", options={}, inputs={}) as run:
            run.text("index.html", made.index_page(made.dossiers))
            run.text("landelijk.html", made.national_page())
            for one in made.dossiers:
                run.text(f"{one.code}.html", dossier_page(one, "index.html", changed))
            pages = time.perf_counter()
            run.bytes("werkboek.xlsx", made.workbook())
        written = time.perf_counter()
        sizes = [p.stat().st_size for p in (Path(place) / "verslag").glob("*.html")]
    print(f"country computed          {computed - start:6.1f} s")
    print(f"{len(made.dossiers)} dossiers and tables   {tables - computed:6.1f} s")
    print(
        f"{len(sizes)} pages                 {pages - tables:6.1f} s, largest {max(sizes) / 1000:.0f} kB (asked 1500)"
    )
    print(f"workbook                  {written - pages:6.1f} s")
    print(f"together                  {written - start:6.1f} s (asked 180)")
    print(f"memory                    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB (asked 1000)")


if __name__ == "__main__":
    main()
