"""docs/attacks.md shows what each attack gets as it stands, and with each named mitigation."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest
from attack_campaign import attack, outcome

from floodline.campaign.presets import find_preset
from floodline.campaign.yaml_document import read_document
from floodline.study.mitigations import MITIGATIONS

PAGE: Final = Path(__file__).parents[3] / "docs" / "attacks.md"
FOLDER: Final = Path(__file__).parents[3] / "data" / "campaigns" / "attacks"
ATTACKS: Final = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def cells(section: str) -> list[list[str]]:
    """The rows of one of the page's tables, backticks taken off."""
    text = PAGE.read_text(encoding="utf-8")
    found = text.split(f"<!-- {section} -->")[1].split(f"<!-- /{section} -->")[0]
    lines = [line for line in found.strip().splitlines() if line.startswith("|")][2:]
    return [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines
    ]


def shown(value: float | None, note: str = "") -> str:
    """Whole numbers where they are large, four digits where they are not."""
    if value is None:
        return note
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def row(folder: Path, preset: str, mitigation: str) -> tuple[list[str], tuple[bool, bool]]:
    """What the page should say of an attack and a mitigation, and whether it won either time."""
    stands = outcome(attack(folder, preset), preset)
    mended = outcome(attack(folder, preset, mitigation=mitigation), preset)
    wanted = f"{stands.metric} {stands.side} {shown(stands.bound)}"
    values = [shown(found.value, found.note) for found in (stands, mended)]
    return [preset, wanted, values[0], mitigation, values[1]], (stands.met, mended.met)


@pytest.mark.anvil
@pytest.mark.parametrize("preset", ATTACKS)
def test_the_rows_of_an_attack_are_what_its_runs_give(tmp_path: Path, preset: str) -> None:
    for section, verdicts in {"helps": (True, False), "does not help": (True, True)}.items():
        for given in [line for line in cells(section) if line[0] == preset]:
            made, found = row(tmp_path, preset, given[3])
            assert given == made
            assert found == verdicts, f"{given[3]} stands in the wrong table"


def test_every_attack_fails_against_the_mitigation_that_its_preset_names() -> None:
    rows = {(line[0], line[3]) for line in cells("helps")}
    named = set()
    for preset in ATTACKS:
        head = find_preset(preset).read_text(encoding="utf-8")
        named.add((preset, head.partition("--mitigation ")[2].split()[0]))
    assert sorted(named - rows) == []
    assert {preset for preset, _ in rows} == set(ATTACKS)


def test_every_mitigation_takes_an_attack_away() -> None:
    assert {line[3] for line in cells("helps")} == set(MITIGATIONS)


def functions(file: str) -> dict[str, str]:
    """Source of each test in a file beside this one, its decorators included."""
    source = (Path(__file__).parent / file).read_text(encoding="utf-8")
    lines = source.splitlines()
    return {
        node.name: "\n".join(
            lines[
                min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1 : node.end_lineno
            ]
        )
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def test_every_row_has_a_test_in_which_the_attack_wins_and_one_in_which_it_fails() -> None:
    pairs = {(line[0], line[3]) for line in cells("helps")}
    tested = cells("tests")
    assert {(preset, mitigation) for preset, _, _, mitigation, _ in tested} == pairs
    for preset, file, wins, mitigation, fails in tested:
        there = functions(file)
        won, failed = there[wins], there[fails]
        for name in (preset, "won("):
            assert name in won, f"{wins} does not speak of {name}"
        for name in (preset, mitigation, "won("):
            assert name in failed, f"{fails} does not speak of {name}"
        assert "not won(" in failed or "False)" in failed


def test_what_an_attack_wants_is_told_by_its_description() -> None:
    listed = {line[0]: line[1] for line in cells("attacks")}
    assert listed == {
        preset: read_document(find_preset(preset)).data["description"].rstrip(".")
        for preset in ATTACKS
    }
