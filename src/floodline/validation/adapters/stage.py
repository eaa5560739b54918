"""A small stage for one adapter: a node, a handful of accounts, positions that are open."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from floodline.campaign.setup import SetupDriver
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.rpc import RpcFailure
from floodline.foundation.closing import Closing
from floodline.foundation.units import ETHER, FEED, GWEI, WAD, wad
from floodline.protocols.catalogue import PROTOCOLS
from floodline.protocols.events import ProtocolEvent
from floodline.protocols.interface import Call
from floodline.protocols.plugins import ensure_registered
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

MARGINS_USD: Final = (1_000, 2_000, 3_000, 5_000)
"""What the accounts of the stage put up, in dollars."""
SHARE_OF_ALLOWED: Final = 0.6
"""How much of the largest position that its margin allows an account opens."""
GENESIS_S: Final = 1_767_225_600
_GAS_LIMIT: Final = 30_000_000
_BALANCE_WEI: Final = 10_000 * ETHER
_SLACK: Final = 0.2


@dataclass(frozen=True)
class Done:
    """One operation that was executed: its kind, its gas, and what it caused."""

    kind: str
    gas_used: int
    gas_limit: int
    events: tuple[ProtocolEvent, ...]


class Stage(Closing):
    """An adapter on a node of its own, with a book of four accounts.

    Parameters
    ----------
    adapter : str
        A registered name, or ``module:Class``.
    market : str
        The market to deploy.
    price_usd : float
        Its start price in dollars.
    parameters : Mapping, optional
        Of the adapter, beyond its defaults.

    """

    def __init__(
        self,
        adapter: str,
        *,
        market: str = "ETH",
        price_usd: float = 3_000.0,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        ensure_registered(adapter)
        artifacts = load_artifacts()
        given = PROTOCOLS[adapter].parameters.model_validate(dict(parameters or {}))
        self.market = market
        self.price_e8 = round(price_usd * FEED)
        self.adapter = PROTOCOLS.create(adapter, given, markets=[market], artifacts=artifacts)
        accounts = AccountBook(1)
        self.holders = [account.address for account in accounts.accounts("book", len(MARGINS_USD))]
        self.keeper = accounts.account("keeper").address
        self.publisher = accounts.account("publisher").address
        accounts.account("deployer")
        self._folder = tempfile.TemporaryDirectory(prefix="floodline-stage-")
        self.node = AnvilNode.start(
            find_anvil().path,
            gas_limit=_GAS_LIMIT,
            base_fee=GWEI,
            timestamp=GENESIS_S,
            log_path=Path(self._folder.name) / "anvil.log",
        )
        self._seen = 0
        self.opened: dict[bytes, int] = {}
        """Size that each account asked for, in WAD units."""
        self.done: list[Done] = []
        self.driver = SetupDriver(
            self.node, accounts, artifacts, GENESIS_S, _GAS_LIMIT, self.adapter.explain_revert
        )
        self.node.set_balances([(account.address, _BALANCE_WEI) for account in accounts])

    def open(self) -> None:
        """Deploy, fund, and open a position for every account; then stand as at genesis."""
        adapter, driver = self.adapter, self.driver
        adapter.deploy(driver, {self.market: self.price_e8}, [self.publisher])
        deposits = {
            holder: wad(str(margin))
            for holder, margin in zip(self.holders, MARGINS_USD, strict=True)
        }
        adapter.fund(driver, deposits)
        adapter.fund_keepers(driver, [self.keeper])
        driver.flush()
        price, skew = self.price_e8 / FEED, 0.0
        for number, (holder, margin) in enumerate(zip(self.holders, MARGINS_USD, strict=True)):
            side = -1 if number == 0 and adapter.short_positions else 1
            _, most = adapter.allowed_notional_usd(self.market, margin, side, skew, price)
            size_wad = side * wad(f"{SHARE_OF_ALLOWED * most / price:.6f}")
            skew += size_wad / WAD
            self.opened[holder] = size_wad
            limit = wad(f"{price * (1 + side * _SLACK):.8f}")
            self.perform(holder, adapter.open(self.market, size_wad, limit))
        adapter.finish_setup(driver)
        for call in adapter.confirm_price(self.market, self.price_e8, driver.now_s):
            driver.send(driver.deployer, call)
        driver.flush()
        self.follow()

    # ---- acting ---------------------------------------------------------------------------------

    def perform(self, sender: bytes, call: Call) -> Done:
        """Execute a call in a block of its own, and let the adapter take what it caused.

        Raises
        ------
        CampaignError
            If it reverts; the reason is in its words.

        """
        self.driver.send(sender, call)
        self.driver.flush()
        events = self.follow()
        (receipt,) = self.node.receipts(self.node.block().number)
        done = Done(call.kind, receipt.gas_used, call.gas_limit, tuple(events))
        self.done.append(done)
        return done

    def follow(self) -> list[ProtocolEvent]:
        """Let the adapter take every block that it has not seen; return the events."""
        found: list[ProtocolEvent] = []
        for number in range(self._seen + 1, self.node.block().number + 1):
            sealed = self.node.block(number)
            if sealed.transaction_hashes:
                events = self.adapter.decode(self.node.logs(number), sealed.timestamp)
                self.adapter.apply(events)
                found += events
            self._seen = number
        return found

    def set_price(self, price_usd: float) -> Done:
        """Let the publisher push a price."""
        self.price_e8 = round(price_usd * FEED)
        observed_s = self.driver.now_s
        return self.perform(
            self.publisher, self.adapter.push_price(self.market, self.price_e8, observed_s)
        )

    def attempt(self, sender: bytes, call: Call) -> RpcFailure | None:
        """Try a call without sending it; return how it failed, None if it did not."""
        (answer,) = self.node.call_many([(call.to, call.data)], sender)
        return answer if isinstance(answer, RpcFailure) else None

    # ---- how things stand -----------------------------------------------------------------------

    def under_water(self, price_usd: float) -> list[bytes]:
        """Return the accounts that would be liquidatable at a price, by the mirrored state."""
        health = self.adapter.health_at(np.array([price_usd]), float(self.node.block().timestamp))
        book = self.adapter.book
        return [one for one in self.holders if health.liquidatable[book.index[one]]]

    def price_that_sinks(self, count: int) -> float:
        """Return a price, a fall from the present one, that puts `count` accounts under water.

        Returns 0 where no fall down to a tenth does.
        """
        start = self.price_e8 / FEED
        for percent in range(1, 91):
            price = start * (1 - percent / 100)
            if len(self.under_water(price)) >= count:
                return price
        return 0.0

    def memory(self) -> tuple[Any, ...]:
        """Return everything as it is now, for `recall`; each memory is good for one return."""
        driver = self.driver.memory()
        return (self.node.snapshot(), driver, self.adapter.checkpoint(), self._seen, self.price_e8)

    def recall(self, memory: Sequence[Any]) -> None:
        """Return to a memory."""
        snapshot, driver, checkpoint, self._seen, self.price_e8 = memory
        self.node.revert(snapshot)
        self.driver.recall(driver)
        self.adapter.restore(checkpoint)

    def close(self) -> None:
        """End the node."""
        self.node.close()
        self._folder.cleanup()
