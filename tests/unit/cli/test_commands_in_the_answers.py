"""Every command in the pages on the answers is one that the command line takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from floodline.cli.study_verbs import app
from floodline.study.design import parse_vary
from floodline.study.mitigations import find_mitigation
from floodline.study.question import Question

PROJECT = Path(__file__).parents[3]
PAGES = sorted((PROJECT / "docs" / "answers").glob("*.md"))
SMALL = "data/campaigns/small-crash.yaml"


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line[2:] for line in text.splitlines() if line.startswith("$ floodline")]
        found += [(page.name, line) for line in lines]
    readme = (PROJECT / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    studies = [line for line in readme.splitlines() if re.match(r"floodline \w+ \$F", line)]
    return found + [("README.md", line.replace("$F", SMALL)) for line in studies]


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_of_a_page_is_understood(
    page: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    verb, *words = shlex.split(line, comments=True)[1:]
    command = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]
    given = command.make_context(verb, words).params
    if "file" not in given:
        return
    question = Question(given["file"], tuple(given.get("overrides") or ()))
    question.base()
    for flag in ("vary", "congestion", "delay", "leverage"):
        value = given.get(flag) or []
        for text in [value] if isinstance(value, str) else value:
            question.resolve(parse_vary(text))
    for name in given.get("mitigation") or []:
        question.campaign({}, find_mitigation(name).overrides)


def test_every_study_has_a_page_with_a_command_in_it() -> None:
    verbs = {line.split()[1] for _, line in commands()}
    assert verbs >= {
        *("sweep", "replay", "compare", "breakpoint"),
        *("frontier", "attribute", "economics", "sensitivity"),
    }


def test_every_page_says_when_not_to_trust_the_answer() -> None:
    for page in PAGES:
        assert "## When not to trust it" in page.read_text(encoding="utf-8"), page.name


def test_the_studies_of_the_readme_are_among_them() -> None:
    assert sum(page == "README.md" for page, _ in commands()) >= 7
