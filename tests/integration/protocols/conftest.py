"""Third-party protocols: tests of one whose package is not installed are skipped, and say so."""

from __future__ import annotations

import pytest

from floodline.campaign.load import load_campaign
from floodline.campaign.progress import Silent
from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import project_root
from floodline.study.run import run_campaign
from floodline.toolchain.packages import PINS, find_package, pin

SMALL_CRASH = project_root() / "data" / "campaigns" / "small-crash.yaml"


def need_package(name):
    try:
        return find_package(pin(name))
    except ToolchainError as missing:
        pytest.skip(f"{missing.message}; {missing.next_step}")


@pytest.fixture(scope="session")
def morpho_package():
    return need_package("morpho")


@pytest.fixture(scope="session")
def crashed(tmp_path_factory):
    """Return a function that runs one campaign on a protocol: one line differs."""
    runs = {}

    def run_on(adapter):
        if adapter not in runs:
            if adapter in PINS:
                need_package(adapter)
            campaign = load_campaign(SMALL_CRASH, [f"protocol.adapter={adapter}"])
            folder = tmp_path_factory.mktemp(adapter)
            runs[adapter] = run_campaign(
                campaign, out=folder / "run", progress=Silent(), command_line=("floodline", "run")
            )
        return runs[adapter]

    return run_on
