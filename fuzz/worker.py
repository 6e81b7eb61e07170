"""One target under atheris, in a process of its own: `python -m fuzz.worker TARGET RUNS SEED FOLDER`.

FOLDER/progress.json holds the counts and FOLDER/findings the first input of every finding; both are brought up to date
on the way, so that a process that dies loses little.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["verdeelmodel"], enable_loader_override=False):
    import yaml  # noqa: F401

    import verdeelmodel.assess.criteria
    import verdeelmodel.disclosure.profile
    import verdeelmodel.kenmerken.formulas
    import verdeelmodel.model.spec
    import verdeelmodel.population.convert
    import verdeelmodel.scenario.starting  # noqa: F401
    from fuzz.guard import Guard
    from fuzz.mutation import SHAPED
    from fuzz.targets import TARGETS, YAML_SIGNS

OFTEN = 2000
SHAPELY = 0.5


def main() -> None:
    name, runs, seed, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    target = TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = target.seeds()
    for content in seeds:
        (corpus / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    words = folder / "words.dict"
    words.write_text(dictionary([*target.words, *YAML_SIGNS, *words_of(seeds)]), encoding="ascii")
    work = tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108 - in memory, private name
    guard = Guard(target, Path(work.name))

    def meet(content: bytes) -> None:
        guard.meet(content)
        if guard.runs % OFTEN == 0 or guard.runs >= runs:
            save(guard, folder)
        if guard.runs >= runs:
            work.cleanup()

    options = [f"-runs={runs}", f"-seed={seed}", f"-max_len={max(target.longest, *map(len, seeds))}", "-timeout=30"]
    options += [
        "-rss_limit_mb=3000",
        f"-artifact_prefix={folder}/",
        f"-dict={words}",
        "-print_final_stats=0",
        "-verbosity=0",
    ]
    shaped = SHAPED.get(Path(target.file).suffix)

    def mutate(content: bytes, longest: int, seed: int) -> bytes:
        random_ = random.Random(seed)
        made = shaped(random_.choice([content, *seeds]), random_) if shaped and random_.random() < SHAPELY else None
        return made if made is not None and len(made) <= longest else atheris.Mutate(content, longest)

    atheris.Setup([sys.argv[0], *options, str(corpus)], meet, custom_mutator=mutate)
    atheris.Fuzz()


def words_of(seeds: list[bytes]) -> list[str]:
    """The words of seeds that are text, for the mutator to use whole."""
    try:
        return sorted({word for seed in seeds for word in seed.decode("ascii").split() if 2 < len(word) < 40})[:500]
    except UnicodeDecodeError:
        return []


def dictionary(words: list[str]) -> str:
    """Words in the notation of libFuzzer."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in w.encode("utf-8")) + '"\n' for w in dict.fromkeys(words))


def save(guard: Guard, folder: Path) -> None:
    """What was met so far."""
    found = folder / "findings"
    found.mkdir(exist_ok=True)
    for what, content in guard.findings.items():
        (found / hashlib.sha256(what.encode()).hexdigest()[:16]).write_bytes(content)
    told = {"runs": guard.runs, "refused": guard.refused, "slowest": round(guard.slowest, 3), "findings": guard.met}
    (folder / "progress.json").write_text(json.dumps(told, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
