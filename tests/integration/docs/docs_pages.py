"""The pages of the documentation: their fenced blocks, their commands, their files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]

_FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"#\s*exit code (\d+)")
_COMMENT = re.compile(r"\s+# .*$|^#.*$")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the file that it is, its text."""

    language: str
    title: str
    text: str


@dataclass
class Command:
    """One command of a page, what it is said to exit with, and what it is shown to print."""

    page: str
    line: str
    code: int = 0
    shown: list[str] = field(default_factory=list)


def pages() -> list[Path]:
    """README and every page that a person wrote."""
    found = [path for path in (ROOT / "docs").rglob("*.md") if "reference" not in path.parts]
    extra = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    return [*extra, *sorted(found)]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    return [Block(*match) for match in _FENCE.findall(page.read_text(encoding="utf-8"))]


def commands(page: Path) -> list[Command]:
    """Every command of a page, in its order.

    In a ``console`` block a command begins with ``$`` and what it prints follows it; in an ``sh``
    block every line is one. A trailing comment may say ``exit code 1``.
    """
    name = page.relative_to(ROOT).as_posix()
    found: list[Command] = []
    for block in blocks(page):
        if block.language == "sh":
            found += [_command(name, line) for line in _joined(block.text) if _bare(line)]
        elif block.language == "console":
            for line in _joined(block.text):
                if line.startswith("$ "):
                    found.append(_command(name, line[2:]))
                elif line.strip() and found:
                    found[-1].shown.append(" ".join(line.split()))
    return found


def _joined(text: str) -> Iterator[str]:
    yield from text.replace("\\\n", " ").splitlines()


def _bare(line: str) -> str:
    return _COMMENT.sub("", line).strip()


def _command(page: str, line: str) -> Command:
    stated = _EXIT.search(line)
    words = " ".join(_bare(line).split())
    return Command(page, words, int(stated.group(1)) if stated else 0)
