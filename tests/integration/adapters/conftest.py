"""A third-party protocol on a real Anvil, one transaction a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from floodline.campaign.setup import GENESIS_S, SetupDriver
from floodline.campaign.world import GENESIS_BALANCE_WEI
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.foundation.units import FEED, GWEI, WAD
from floodline.protocols.catalogue import PROTOCOLS
from floodline.protocols.interface import Call
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts


class Stage:
    """An adapter's protocol with traders and a keeper, who act in blocks of their own."""

    def __init__(
        self, folder: Path, stack: ExitStack, name: str, markets: Sequence[str], given: Any
    ) -> None:
        accounts = AccountBook(0)
        self.traders = [account.address for account in accounts.accounts("trader", 3)]
        (self.keeper,) = (account.address for account in accounts.accounts("keeper", 1))
        accounts.account("deployer")
        self.node = stack.enter_context(
            AnvilNode.start(
                find_anvil().path,
                gas_limit=30_000_000,
                base_fee=GWEI,
                timestamp=GENESIS_S,
                log_path=folder / "anvil.log",
            )
        )
        self.node.set_balances([(account.address, GENESIS_BALANCE_WEI) for account in accounts])
        artifacts = load_artifacts()
        parameters = PROTOCOLS[name].parameters.model_validate(given)
        self.protocol = PROTOCOLS.create(name, parameters, markets=markets, artifacts=artifacts)
        explain = self.protocol.explain_revert
        self.driver = SetupDriver(self.node, accounts, artifacts, GENESIS_S, 30_000_000, explain)
        self.protocol.deploy(self.driver, dict.fromkeys(markets, 3000 * FEED), [])
        self.protocol.fund(self.driver, dict.fromkeys(self.traders, 1000 * WAD))
        self.protocol.fund_keepers(self.driver, [self.keeper])
        self.driver.flush()
        self.protocol.finish_setup(self.driver)
        self.driver.flush()
        for number in range(1, self.node.block().number + 1):
            self.take(self.node.logs(number), self.node.block(number).timestamp)

    def take(self, logs: Sequence[Any], timestamp_s: int) -> list[Any]:
        """Let the adapter take a block's logs."""
        events = self.protocol.decode(logs, timestamp_s)
        self.protocol.apply(events)
        return events

    def act(self, sender: bytes, call: Call | None) -> list[Any]:
        """Make a call and return the events of its block."""
        assert call is not None
        self.driver.send(sender, call)
        logs = self.driver.flush()
        return self.take(logs, self.node.block().timestamp)

    def price(self, usd: float, market: str = "ETH") -> None:
        """Publish a price."""
        call = self.protocol.push_price(market, round(usd * FEED), self.driver.now_s)
        self.act(self.driver.deployer, call)

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.driver._time_s += seconds


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Set a protocol up; its node lives until the test is over."""
    with ExitStack() as stack:

        def set_up(name: str, markets: Sequence[str] = ("ETH",), **given: Any) -> Stage:
            return Stage(tmp_path, stack, name, markets, given)

        yield set_up
