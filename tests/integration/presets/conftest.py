"""Runs of presets that the tests share, since each takes seconds."""

from __future__ import annotations

import pytest
from preset_runs import PresetRuns


@pytest.fixture(scope="session")
def preset_run(tmp_path_factory: pytest.TempPathFactory) -> PresetRuns:
    """Run a preset, with changes or as it stands; the same run again is the same folder."""
    return PresetRuns(tmp_path_factory.mktemp("presets"))
