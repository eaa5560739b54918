"""Traders post ether, lose, are sold, and take back what is left."""

from __future__ import annotations

from collateral_world import CollateralWorld
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from machines import TradingMachine, markets, traders
from world import TRADERS

from floodline.foundation.units import WAD


class CollateralMachine(TradingMachine):
    """Tokens in, out and sold, on top of trading and liquidation."""

    world: CollateralWorld

    @initialize(ethers=st.lists(st.integers(1, 30), min_size=3, max_size=3))
    def everybody_has_some_ether_in(self, ethers: list[int]) -> None:
        for account, ether in zip(TRADERS, ethers, strict=True):
            self.world.deposit_token(account, ether * WAD)

    @rule(account=traders, milli=st.integers(0, 60_000), dust=st.integers(0, 999))
    def post(self, account: str, milli: int, dust: int) -> None:
        self.world.deposit_token(account, milli * WAD // 1_000 + dust)

    @rule(account=traders, percent=st.sampled_from([0, 10, 50, 100, 101]))
    def take_back(self, account: str, percent: int) -> None:
        held = self.world.model.amounts.get(account, 0)
        self.world.withdraw_token(account, held * percent // 100)

    @rule(account=traders)
    def take_all_cash(self, account: str) -> None:
        """What is left of the margin is ether: the next loss is a debt."""
        cash = max(self.world.model.ledger.cash_of(account), 0)
        for share in (100, 60):
            if self.world.withdraw(account, cash * share // 100 // 10**12):
                return

    @rule(market=markets, percent=st.integers(-25, 25))
    def price_leaps(self, market: str, percent: int) -> None:
        self._move_price(market, percent * 100)

    @rule(account=traders, market=markets)
    def liquidate_and_sell(self, account: str, market: str) -> None:
        """A keeper closes what he may, then sells what pays the debt."""
        self.heartbeat()
        for _ in range(3):
            self.world.liquidate(account, market)
        self.sell(account, False)

    @rule(account=traders, little=st.booleans())
    def sell(self, account: str, little: bool) -> None:
        world = self.world
        equity, _, maintenance = world.model.status(account)
        limit = WAD // 7 if little else 2**256 - 1
        if world.sell(account, limit) is not None and equity > 0:
            after = world.model.status(account)[0]
            assert after >= equity - world.model.keeper.constant_cap - WAD, (equity, maintenance)

    @rule(ether=st.integers(1, 40))
    def somebody_presses_the_pool(self, ether: int) -> None:
        self.world.swap(ether * WAD)
