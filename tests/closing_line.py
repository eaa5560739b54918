"""Adds up the results of several pytest runs: ``closing_line.py FOLDER SUITE...``."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def totals(path: Path) -> tuple[int, int, int]:
    """Return passed, failed (errors included) and skipped of one JUnit file."""
    root = ET.parse(path).getroot()  # noqa: S314 - written by our own pytest a moment ago
    suites = [root] if root.tag == "testsuite" else list(root)
    total, failed, skipped = 0, 0, 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total - failed - skipped, failed, skipped


def main(folder: Path, suites: list[str]) -> int:
    """Print one line that sums all suites; 1 if a test failed or a suite left no result."""
    passed, failed, skipped, missing = 0, 0, 0, []
    for suite in suites:
        path = folder / f"{suite}.xml"
        if not path.is_file():
            missing.append(suite)
            continue
        found = totals(path)
        passed, failed, skipped = passed + found[0], failed + found[1], skipped + found[2]
    for suite in missing:
        print(f"suite {suite} left no result: it did not come to its end")  # noqa: T201
    line = f"{passed} passed, {failed + len(missing)} failed"
    print(line + (f", {skipped} skipped" if skipped else ""))  # noqa: T201
    return 1 if failed or missing or not passed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
