"""docs/presets.md shows what the presets really give, as they stand and with one change."""

from __future__ import annotations

from pathlib import Path

import pytest
from preset_runs import COUNTERFACTUALS, PresetRuns

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
PAGE = Path(__file__).parents[3] / "docs" / "presets.md"


def row_of(preset: str, runs: PresetRuns) -> str:
    """The preset's line of the table, from its two runs."""
    stands = runs(preset).summary["objective"]
    changed = runs(preset, *COUNTERFACTUALS[preset]).summary["objective"]
    wanted = f"`{stands['metric']}` {stands['side']} {stands['bound']:,g}"
    change = "<br>".join(f"`{text}`" for text in COUNTERFACTUALS[preset])
    values = shown(stands["value"]), shown(changed["value"])
    return f"| `{preset}` | {wanted} | {values[0]} | {change} | {values[1]} |"


def shown(value: float) -> str:
    """Whole numbers where they are large, four digits where they are not."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def test_the_pages_table_is_what_the_runs_give(preset_run: PresetRuns) -> None:
    head = "| preset | objective | as it stands | the change | with it |\n|---|---|---:|---|---:|"
    table = "\n".join([head, *(row_of(preset, preset_run) for preset in COUNTERFACTUALS)])
    shown = PAGE.read_text(encoding="utf-8").split("<!-- results -->")[1]
    assert shown.split("<!-- /results -->")[0].strip() == table, f"put this there:\n{table}"


def test_every_preset_of_an_incident_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [preset for preset in COUNTERFACTUALS if f"`{preset}`" not in text] == []
