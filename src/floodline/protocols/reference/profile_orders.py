"""Section of a profile for orders in two steps."""

from __future__ import annotations

from dataclasses import dataclass

from floodline.protocols.reference.model_orders import OrderParameters
from floodline.protocols.reference.profile_parameter import (
    GMX,
    SYNTHETIX_BASE,
    Parameter,
    ratio,
    seconds,
    usd,
)


@dataclass(frozen=True)
class OrdersProfile:
    """When orders settle, at which price, and what keepers get for it."""

    settlement_delay: Parameter
    settlement_window: Parameter
    price_delay: Parameter
    price_tolerance: Parameter
    cancel_delay: Parameter
    min_order_fee: Parameter
    order_escrow: Parameter
    settlement_gas: Parameter
    settlement_profit: Parameter
    refund_unused: Parameter

    def parameters(self, gas_asset: bytes) -> OrderParameters:
        """Return the struct for ``AsyncOrders``; `gas_asset` is a 32-byte asset id."""
        return OrderParameters(
            settlement_delay=self.settlement_delay.value,
            settlement_window=self.settlement_window.value,
            price_delay=self.price_delay.value,
            price_tolerance=self.price_tolerance.value,
            cancel_delay=self.cancel_delay.value,
            min_keeper_fee=self.min_order_fee.value,
            settlement_gas=self.settlement_gas.value,
            profit_ratio=self.settlement_profit.value,
            gas_asset=gas_asset,
            refund_unused=bool(self.refund_unused.value),
        )


ORDERS = OrdersProfile(
    settlement_delay=seconds(12, f"one slot; {SYNTHETIX_BASE} waits 2 s on blocks of 2 s"),
    settlement_window=seconds(120, "ten slots; Synthetix v3 has 60 s on a chain with 2 s blocks"),
    price_delay=seconds(12, f"as the settlement delay ({SYNTHETIX_BASE})"),
    price_tolerance=seconds(
        3_660,
        "the feed's heartbeat and a minute: a push feed's last price is in force while it is "
        "quiet. A pull oracle needs none",
    ),
    cancel_delay=seconds(300, f"{GMX}: requests cannot be cancelled earlier"),
    min_order_fee=usd("0.4", f"{SYNTHETIX_BASE}: settlement reward"),
    order_escrow=usd(
        60, "our choice: pays for a settlement up to about 30 gwei at 3,000 USD; the rest goes back"
    ),
    settlement_gas=Parameter(
        500_000, "gas", "settlement measured here (data/reference/settlement_gas.csv), rounded up"
    ),
    settlement_profit=ratio("0.3", "as for liquidations (Synthetix v3)"),
    refund_unused=Parameter(
        1, "switch", f"on: {GMX} pays gas used out of the execution fee and returns the rest"
    ),
)
"""Two steps on slots of 12 s."""
