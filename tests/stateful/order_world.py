"""Orders in two steps on chain and model side by side."""

from __future__ import annotations

from typing import Any

from driver import Deployment
from world import World

from floodline.foundation.units import wad
from floodline.protocols.reference.model_orders import ESCROW, OrderParameters, OrdersModel
from floodline.protocols.reference.profiles import asset_id

TIP = 10**9
"""Tip of every transaction here, wei."""

ORDERS = OrderParameters(
    settlement_delay=4,
    settlement_window=60,
    price_delay=3,
    price_tolerance=20,
    cancel_delay=30,
    min_keeper_fee=wad(1),
    settlement_gas=500_000,
    profit_ratio=wad("0.3"),
    gas_asset=asset_id("ETH"),
    refund_unused=True,
)
"""Short times, so that random waits fall on both sides of each bound."""


class OrderWorld(World):
    """A deployment with an order module, and its model, in step."""

    def __init__(self, deployment: Deployment, parameters: OrderParameters = ORDERS) -> None:
        self.parameters = parameters
        self.module = deployment.chain.deploy(
            deployment.owner, "AsyncOrders", deployment.house, deployment.hub, tuple(parameters)
        )
        deployment.module(ESCROW, self.module)
        super().__init__(deployment)
        self.orders = OrdersModel(self.model, parameters)

    def restart(self) -> None:
        """Go back to the remembered state, without orders."""
        super().restart()
        self.orders = OrdersModel(self.model, self.parameters)

    # ---- actions --------------------------------------------------------------------------------

    def commit(
        self, account: str, market: str, delta: int, limit: int | None = None, fee: int = wad(20)
    ) -> bool:
        limit = limit if limit is not None else (2**200 if delta > 0 else 0)
        address = self.deployment.markets[market]
        had = account in self.orders.orders
        outcome = self._call(account, "commit", address, delta, limit, fee)
        done = self._agree(
            "commit", outcome, lambda: self.orders.commit(account, market, delta, limit, fee)
        )
        self.happened["overwrite"] += done and had
        return done

    def settle(self, account: str, after_s: int = 1) -> bool:
        """Settle as the keeper; price, pay and the bound on the price's time are compared."""
        outcome = self._call(
            "keeper", "settle", self.deployment.addresses[account], after_s=after_s
        )
        waiting = self.orders.orders.get(account)
        result: list[Any] = []

        def on_model() -> None:
            result.extend(self.orders.settle("keeper", account, outcome.block.base_fee + TIP))

        if not self._agree("settle", outcome, on_model):
            return False
        assert waiting is not None
        event = outcome.event("OrderSettled")
        assert [event["fillPrice"], event["keeperFee"]] == result
        assert event["delay"] == self.model.now_s - waiting.commit_time
        earliest = waiting.commit_time + self.parameters.price_delay
        assert earliest - self.parameters.price_tolerance <= event["observedAt"] <= self.model.now_s
        assert self.orders.opens_at(waiting) <= self.model.now_s <= self.orders.closes_at(waiting)
        self.happened["settled and refunded"] += event["keeperFee"] < waiting.keeper_fee
        self.happened["settled for all of the escrow"] += event["keeperFee"] == waiting.keeper_fee
        return True

    def cancel(self, sender: str, account: str, after_s: int = 1) -> bool:
        address = self.deployment.addresses[account]
        outcome = self._call(sender, "cancel", address, after_s=after_s)
        kind = "cancel" if sender == account else "keeper cancels"
        price = outcome.block.base_fee + TIP
        return self._agree(kind, outcome, lambda: self.orders.cancel(sender, account, price))

    def expire(self, account: str, after_s: int = 1) -> bool:
        outcome = self._call(
            "keeper", "expire", self.deployment.addresses[account], after_s=after_s
        )
        return self._agree("expire", outcome, lambda: self.orders.expire(account))

    # ---- agreement ------------------------------------------------------------------------------

    def compare_orders(self) -> None:
        """Hold every waiting order, and the escrow, against the model."""
        deployment = self.deployment
        held = deployment.read_many(
            [
                ("AsyncOrders", self.module, "orderOf", (deployment.addresses[name],))
                for name in self.ledger_accounts
            ]
        )
        for name, order in zip(self.ledger_accounts, held, strict=True):
            expected = self.orders.orders.get(name)
            if expected is None:
                assert order["id"] == 0
                continue
            market = deployment.markets[expected.market]
            assert list(order.values()) == [expected[0], market, *expected[2:]]
        escrowed = sum(order.keeper_fee for order in self.orders.orders.values())
        assert self.model.ledger.cash_of(ESCROW) == escrowed

    def _call(self, sender: str, function: str, *arguments: object, **how: Any) -> Any:
        return self.deployment.call(sender, "AsyncOrders", self.module, function, *arguments, **how)
