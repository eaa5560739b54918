"""Traders post ether and bitcoin, trade, write options, lose, are sold, and take back the rest."""

from __future__ import annotations

from collateral_world import TOKENS, CollateralWorld
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from machines import TradingMachine, markets, sides, traders
from option_world import EXPIRIES_S, STRIKES
from world import TRADERS

from floodline.foundation.units import WAD

tokens = st.sampled_from(sorted(TOKENS))
last_series = st.integers(len(STRIKES) * 2 * (len(EXPIRIES_S) - 1), len(STRIKES) * 6 - 1)
"""Of the expiry that no run reaches."""


class CollateralMachine(TradingMachine):
    """Tokens in, out and sold, on top of trading, options and liquidation."""

    world: CollateralWorld

    @initialize(
        thousandths=st.lists(st.integers(100, 1_000), min_size=6, max_size=6),
    )
    def everybody_has_some_of_each_token_in(self, thousandths: list[int]) -> None:
        """Up to 6 ether and 0.3 bitcoins each."""
        most = {"WETH": 6, "WBTC": 0.3}
        amounts = iter(thousandths)
        for account in TRADERS:
            for token, whole in most.items():
                units = int(whole * TOKENS[token].unit) * next(amounts) // 1_000
                self.world.deposit_token(account, token, units)

    @rule(account=traders, token=tokens, dollars=st.integers(0, 180_000), dust=st.integers(0, 99))
    def post(self, account: str, token: str, dollars: int, dust: int) -> None:
        self.world.deposit_token(account, token, self._worth(token, dollars) + dust)

    @rule(account=traders, token=tokens, percent=st.sampled_from([0, 10, 50, 100, 101]))
    def take_back(self, account: str, token: str, percent: int) -> None:
        held = self.world.model.tokens[token].amounts.get(account, 0)
        self.world.withdraw_token(account, token, held * percent // 100)

    @rule(account=traders)
    def take_all_cash(self, account: str) -> None:
        """What is left of the margin is tokens: the next loss is a debt."""
        cash = max(self.world.model.ledger.cash_of(account), 0)
        for share in (100, 60):
            if self.world.withdraw(account, cash * share // 100 // 10**12):
                return

    @rule(account=traders, index=last_series, side=sides, tenths=st.integers(1, 120))
    def trade_option(self, account: str, index: int, side: int, tenths: int) -> None:
        """Buy or write options that tokens alone may margin."""
        kind = "buy" if side > 0 else "write"
        self.world.trade_option(account, index, side * tenths * WAD // 10, kind=kind)
        self.world.compare_options()

    @rule()
    def everything_is_fresh(self) -> None:
        self.heartbeat()
        self.world.push_surface(self.world.model.options.surface.state)

    @rule(account=traders, on=st.booleans())
    def choose_margin(self, account: str, on: bool) -> None:
        self.world.set_portfolio_margin(account, on=on)

    @rule(market=markets, percent=st.integers(-25, 25))
    def price_leaps(self, market: str, percent: int) -> None:
        self._move_price(market, percent * 100)

    @precondition(lambda self: self.open_positions())
    @rule(
        choice=st.integers(0, 99),
        token=tokens,
        beyond_bp=st.sampled_from([10, 300, 1_500]),
        thin=st.booleans(),
    )
    def a_trader_without_cash_is_liquidated(
        self, choice: int, token: str, beyond_bp: int, thin: bool
    ) -> None:
        """Tokens alone margin a position; it loses, a keeper closes it, and sells for the debt."""
        held = self.open_positions()
        account, market = held[choice % len(held)]
        self.everything_is_fresh()
        self.take_all_cash(account)
        model = self.world.model
        size = model.markets[market].position(account).size
        equity, _, maintenance = model.status(account)
        price = model.price(market)
        against = max(equity - maintenance, 0) * WAD // abs(size) + price * beyond_bp // 10_000
        self._move_price(market, (-against if size > 0 else against) * 10_000 // price)
        for _ in range(2):
            if self.world.model.markets[market].position(account).size:
                self.world.liquidate(account, market)
        self.sell_at_market(account, token, thin)

    @rule(account=traders, index=last_series, token=tokens, percent=st.sampled_from([0, 15, 40]))
    def a_writer_is_squeezed(self, account: str, index: int, token: str, percent: int) -> None:
        """Ether runs against an option that tokens margin; a keeper closes it, and sells."""
        self.everything_is_fresh()
        equity = max(self.world.model.status(account)[0], 0)
        size = equity * WAD // self.world.model.price("ETH") * 4
        self.world.trade_option(account, index, -size, kind="write")
        self.take_all_cash(account)
        if not self.world.model.options.held(account).get(index):
            return
        up = self.world.model.options.series[index].is_call
        self._move_price("ETH", (100 if up else -100) * percent)
        self.everything_is_fresh()
        self.world.liquidate_option(account, index)
        self.world.compare_options()
        self.sell_at_market(account, token, False)

    def sell_at_market(self, account: str, token: str, thin: bool) -> None:
        """Sell after arbitrage has brought the pool to the feed's price, or has drained it."""
        if self.world.model.ledger.cash_of(account) < 0:
            self.world.arbitrage(token)
            if thin:
                self.world.swap(token, self._worth(token, 150_000))
            self.sell(account, token, False)

    @rule(account=traders, token=tokens, little=st.booleans())
    def sell(self, account: str, token: str, little: bool) -> None:
        world = self.world
        equity, _, maintenance = world.model.status(account)
        limit = TOKENS[token].unit // 7 if little else 2**256 - 1
        if world.sell(account, token, limit) is not None and equity > 0:
            after = world.model.status(account)[0]
            assert after >= equity - world.model.keeper.constant_cap - WAD, (equity, maintenance)

    @rule(token=tokens, dollars=st.integers(3_000, 120_000))
    def somebody_presses_the_pool(self, token: str, dollars: int) -> None:
        self.world.swap(token, self._worth(token, dollars))

    @staticmethod
    def _worth(token: str, dollars: int) -> int:
        """Return units of a token worth some dollars at the price that it starts from."""
        item = TOKENS[token]
        return dollars * item.unit * item.pool_base // item.pool_dollars
