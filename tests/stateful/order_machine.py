"""Orders in two steps under random traders, keepers, prices and waits."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from machines import TradingMachine, markets, sides, traders
from order_world import OrderWorld

from floodline.foundation.units import WAD, wad


class OrderMachine(TradingMachine):
    """Commitments, settlements, cancellations and expiries beside immediate orders."""

    world: OrderWorld

    @rule(
        account=traders,
        market=markets,
        side=sides,
        tenths=st.integers(1, 150),
        limit_bp=st.sampled_from([None, None, -30, 0, 30]),
        fee_tenths=st.sampled_from([5, 10, 13, 400]),
    )
    def commit(
        self,
        account: str,
        market: str,
        side: int,
        tenths: int,
        limit_bp: int | None,
        fee_tenths: int,
    ) -> None:
        """Order some times one's equity, perhaps with a limit near the price or a low fee."""
        price = self.world.model.price(market)
        equity = max(self.world.model.status(account)[0], 10**18)
        size = side * (equity * tenths * WAD // (10 * price))
        limit = None if limit_bp is None else price + side * price * limit_bp // 10_000
        self.world.commit(account, market, size, limit, wad(fee_tenths) // 10)

    @precondition(lambda self: self.world.orders.orders)
    @rule(choice=st.integers(0, 9), after_s=st.sampled_from([1, 2, 3, 4, 30, 66]))
    def settle(self, choice: int, after_s: int) -> None:
        self.world.settle(self._waiting(choice), after_s)

    @precondition(lambda self: self.world.orders.orders)
    @rule(choice=st.integers(0, 9), basis_points=st.integers(-100, 100))
    def price_and_settle(self, choice: int, basis_points: int) -> None:
        """What a keeper with a pull oracle does: a fresh price, then the order."""
        account = self._waiting(choice)
        self.world.wait(4)
        self._move_price(self.world.orders.orders[account].market, basis_points)
        if not self.world.settle(account):
            self.world.cancel("keeper", account)

    @rule(
        account=traders,
        market=markets,
        side=sides,
        fresh_price=st.booleans(),
        fee_tenths=st.sampled_from([10, 400]),
        after_s=st.sampled_from([1, 3, 20, 31, 66]),
        then=st.sampled_from(["settle", "cancel", "keeper cancels", "expire", "commit"]),
    )
    def commit_wait_and(
        self,
        account: str,
        market: str,
        side: int,
        fresh_price: bool,
        fee_tenths: int,
        after_s: int,
        then: str,
    ) -> None:
        """A small order, and one thing done about it after a while."""
        self.commit(account, market, side, 5, None, fee_tenths)
        if fresh_price:
            self._move_price(market, 10)
        if then == "settle":
            self.world.settle(account, after_s)
        elif then == "expire":
            self.world.expire(account, after_s)
        elif then == "commit":
            self.world.wait(after_s)
            self.commit(account, market, -side, 5, None, 400)
        else:
            self.world.cancel("keeper" if then == "keeper cancels" else account, account, after_s)

    @precondition(lambda self: self.world.orders.orders)
    @rule(choice=st.integers(0, 9), own=st.booleans())
    def cancel(self, choice: int, own: bool) -> None:
        account = self._waiting(choice)
        self.world.cancel(account if own else "keeper", account)

    @rule(account=traders)
    def settle_nothing(self, account: str) -> None:
        if account not in self.world.orders.orders:
            self.world.settle(account)

    @invariant()
    def orders_agree(self) -> None:
        self.world.compare_orders()

    def _waiting(self, choice: int) -> str:
        names = sorted(self.world.orders.orders)
        return names[choice % len(names)]
