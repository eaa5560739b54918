"""The reference protocol on a real node, for laws about what its contracts pay out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from floodline.campaign.setup import GENESIS_S, SetupDriver
from floodline.campaign.world import GENESIS_BALANCE_WEI
from floodline.chain.accounts import Account, AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.foundation.units import FEED, GWEI, WAD
from floodline.protocols.events import DeficitCovered
from floodline.protocols.interface import Call, ProtocolAdapter
from floodline.protocols.registry import PROTOCOLS
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

MARKET: Final = "ETH"
_GAS_LIMIT: Final = 30_000_000
_ANY_PRICE: Final = 10**30


class Venue:
    """One market, its oracle and some traders; every action is a transaction in a block."""

    def __init__(
        self,
        node: AnvilNode,
        driver: SetupDriver,
        protocol: ProtocolAdapter,
        traders: list[Account],
    ) -> None:
        self._node = node
        self._driver = driver
        self._protocol = protocol
        self.traders = traders

    def set_price(self, price_e8: int) -> None:
        """Publish a price, observed now."""
        driver = self._driver
        self._act(driver.deployer, self._protocol.push_price(MARKET, price_e8, driver.now_s))

    def trade(self, trader: Account, size_wad: int) -> None:
        """Let a trader order at whatever price."""
        limit = _ANY_PRICE if size_wad > 0 else 0
        self._act(trader.address, self._protocol.open(MARKET, size_wad, limit))

    def liquidate(self, trader: Account) -> int:
        """Let the deployer liquidate; return the shortfall that went down the waterfall, WAD."""
        call = self._protocol.liquidate(trader.address, MARKET)
        events = self._act(self._driver.deployer, call)
        return sum(event.shortfall_wad for event in events if isinstance(event, DeficitCovered))

    def position(self, trader: Account) -> tuple[int, int, int]:
        """Return a trader's cash, size and entry price, WAD."""
        (found,) = self._protocol.accounts_on_chain(self._driver.view, [trader.address])
        return found.cash_wad, found.sizes_wad[0], found.entry_prices_wad[0]

    def _act(self, sender: bytes, call: Call) -> list[object]:
        self._driver.send(sender, call)
        logs = self._driver.flush()
        events = self._protocol.decode(logs, self._driver.now_s - 1)
        self._protocol.apply(events)
        return list(events)


@contextmanager
def open_venue(
    *,
    traders: int,
    margin_usd: int,
    price_usd: float,
    overrides: Mapping[str, float] | None = None,
) -> Iterator[Venue]:
    """Start a node, deploy the reference protocol on it, and pay margins in.

    Parameters
    ----------
    traders : int
        How many traders have an account.
    margin_usd : int
        What each of them pays in.
    price_usd : float
        The market's price at the start.
    overrides : Mapping[str, float], optional
        Parameters of the base profile to change.

    """
    artifacts = load_artifacts()
    accounts = AccountBook(0)
    people = accounts.accounts("trader", traders)
    accounts.account("deployer")
    with TemporaryDirectory() as folder:
        node = AnvilNode.start(
            find_anvil().path,
            gas_limit=_GAS_LIMIT,
            base_fee=GWEI,
            timestamp=GENESIS_S,
            log_path=Path(folder) / "anvil.log",
        )
        try:
            node.set_balances([(account.address, GENESIS_BALANCE_WEI) for account in accounts])
            given = {"profile": "base", "overrides": dict(overrides or {})}
            protocol = PROTOCOLS.create(
                "reference",
                PROTOCOLS["reference"].parameters.model_validate(given),
                markets=[MARKET],
                artifacts=artifacts,
            )
            driver = SetupDriver(
                node, accounts, artifacts, GENESIS_S, _GAS_LIMIT, protocol.explain_revert
            )
            protocol.deploy(driver, {MARKET: round(price_usd * FEED)}, [])
            protocol.fund(driver, {person.address: margin_usd * WAD for person in people})
            protocol.apply(protocol.decode(driver.flush(), driver.now_s - 1))
            yield Venue(node, driver, protocol, people)
        finally:
            node.close()
