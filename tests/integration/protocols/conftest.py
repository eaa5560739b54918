"""Third-party protocols: tests of one whose package is not installed are skipped, and say so."""

from __future__ import annotations

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.packages import find_package, pin


@pytest.fixture(scope="session")
def morpho_package():
    try:
        return find_package(pin("morpho"))
    except ToolchainError as missing:
        pytest.skip(f"{missing.message}; {missing.next_step}")
