"""Writes runs for ever into one folder, in children that a test kills.

A line on standard input starts a child; the answers are its process id and, once it is dead, a second line.
"""

import os
import sys
from pathlib import Path

from tests.record.examples import write_example


def write_for_ever(out: Path) -> None:
    seed = 0
    while True:
        write_example(out, force=True, seed=seed)
        seed += 1


def main() -> None:
    out = Path(sys.argv[1])
    write_example(out, force=True)  # imports everything before the first child
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            write_for_ever(out)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("dead\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
