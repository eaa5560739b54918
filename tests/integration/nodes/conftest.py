"""Nodes besides Anvil: tests of one that is not installed are skipped, and one line says so."""

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.geth import find_geth
from floodline.toolchain.hardhat import find_hardhat


@pytest.fixture(scope="session")
def geth_path():
    try:
        return find_geth().path
    except ToolchainError as missing:
        pytest.skip(f"geth is not installed: {missing.message}")


@pytest.fixture(scope="session")
def hardhat():
    try:
        return find_hardhat()
    except ToolchainError as missing:
        pytest.skip(f"Hardhat is not installed: {missing.message}")


@pytest.fixture(scope="session")
def anvil_path():
    return find_anvil().path
