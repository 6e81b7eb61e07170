"""The table of threats names tests that exist."""

import re
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_every_threat_is_shown_by_a_test_that_exists():
    rows = [line for line in (TOP / "SECURITY.md").read_text(encoding="utf-8").splitlines() if "`test_" in line]
    named = {name for row in rows for name in re.findall(r"`(test_\w+)`", row)}
    written = {
        name
        for path in (TOP / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(rows) >= 15
    assert named - written == set()
