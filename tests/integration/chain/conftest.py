"""An Anvil of one's own for each test, and accounts with money."""

import pytest

from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.toolchain.anvil import find_anvil

GENESIS = 1_700_000_000
RICH = 10**24


@pytest.fixture(scope="session")
def anvil_path():
    return find_anvil().path


@pytest.fixture
def node(anvil_path, tmp_path):
    with AnvilNode.start(anvil_path, timestamp=GENESIS, log_path=tmp_path / "anvil.log") as node:
        yield node


@pytest.fixture
def flooders(node):
    accounts = AccountBook(7).accounts("flood", 100)
    node.set_balances([(account.address, RICH) for account in accounts])
    return accounts
