"""The page of invariants names checks and machines that exist."""

from __future__ import annotations

import re
from pathlib import Path

from floodline.foundation.workspace import project_root

ROOT: Path = project_root()
PAGE = (ROOT / "docs" / "invariants.md").read_text(encoding="utf-8")
TESTS = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("stateful", "integration/options", "contracts", "unit/protocols")
    for path in sorted((ROOT / "tests" / folder).glob("*.py"))
)


def test_all_eighteen_are_there() -> None:
    assert {int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)} == set(
        range(1, 19)
    )


def test_every_check_machine_and_file_that_the_page_names_exists() -> None:
    names = set(re.findall(r"`([^`]+)`", PAGE))
    files = {name for name in names if "/" in name and " " not in name}
    assert all((ROOT / name).exists() for name in files)
    for name in names - files:
        if re.fullmatch(r"[A-Z]\w+Machine", name):
            assert f"class {name}(" in TESTS, name
        elif re.fullmatch(r"\w+", name):
            assert f"def {name}(" in TESTS, name
