"""What holds of every preset: its shape, its books, its bytes, and what its shape hangs on."""

from __future__ import annotations

from pathlib import Path

import pytest
from preset_runs import COUNTERFACTUALS, PresetRuns, run_in_a_process, tables_of

from floodline.campaign.presets import find_preset

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
PRESETS = list(COUNTERFACTUALS)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_shape_is_there_and_the_books_balance(preset: str, preset_run: PresetRuns) -> None:
    summary = preset_run(preset).summary
    assert summary["objective"]["met"], summary["objective"]
    assert summary["objective"]["value"] is not None
    assert [found["name"] for found in summary["identities"] if not found["ok"]] == []
    run = summary["run"]
    assert sum(run["states"].values()) == run["offered"] > 0


@pytest.mark.parametrize("preset", PRESETS)
def test_without_its_one_ingredient_the_shape_is_gone(preset: str, preset_run: PresetRuns) -> None:
    changed = preset_run(preset, *COUNTERFACTUALS[preset]).summary
    assert not changed["objective"]["met"], changed["objective"]
    assert changed["identities_ok"]


@pytest.mark.parametrize("preset", PRESETS)
def test_another_process_with_another_hash_seed_writes_the_same_bytes(
    preset: str, preset_run: PresetRuns, tmp_path: Path
) -> None:
    assert run_in_a_process(preset, tmp_path / "other", "4242") == 0
    other = tables_of(tmp_path / "other")
    assert len(other["transactions.csv"]) > 1_000
    assert other == preset_run(preset).csvs


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_says_what_is_known_what_is_not_and_what_to_change(preset: str) -> None:
    text = find_preset(preset).read_text(encoding="utf-8")
    for words in ("# What is known (", "# What is ours.", "#   floodline run FILE --set "):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= 100
