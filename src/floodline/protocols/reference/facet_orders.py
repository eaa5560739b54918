"""Orders in two steps, as actors see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.events import (
    OrderCancelled,
    OrderCommitted,
    OrderExpired,
    OrderSettled,
    ProtocolEvent,
)
from floodline.protocols.facets import PendingOrder
from floodline.protocols.interface import Call
from floodline.protocols.reference.profiles import Profile

_COMMIT_GAS: Final = 400_000
_SETTLE_GAS: Final = 800_000
_RETURN_GAS: Final = 300_000


Carried = Callable[[Call, Sequence[str]], Call]
"""Lets a call bring the newest signed prices of markets along, where feeds are pulled."""


class ReferenceOrders:
    """The order module: calls, and the orders that its events say are waiting.

    Parameters
    ----------
    interface : ContractInterface
        Of ``AsyncOrders``.
    address : bytes
        Where it is.
    profile : Profile
        Its parameters.
    book : Callable[[], Book]
        Positions at present, for the skew.
    markets : dict[str, bytes]
        Market contracts by name.
    carried : Carried
        Lets a call bring pulled prices along.

    """

    def __init__(
        self,
        interface: ContractInterface,
        address: bytes,
        profile: Profile,
        book: Callable[[], Book],
        markets: dict[str, bytes],
        carried: Carried,
    ) -> None:
        self._interface = interface
        self._address = address
        self._profile = profile
        self._book = book
        self._markets = markets
        self._carried = carried
        self._waiting: dict[bytes, PendingOrder] = {}

    # ---- calls ----------------------------------------------------------------------------------

    def commit(
        self, market: str, size_delta_wad: int, acceptable_price_wad: int, *, kind: str = "commit"
    ) -> Call:
        """Return the sender's commitment, with the profile's escrow."""
        escrow = self._profile.orders.order_escrow.value
        data = self._interface.encode(
            "commit", self._markets[market], size_delta_wad, acceptable_price_wad, escrow
        )
        call = Call(self._address, data, _COMMIT_GAS, kind, market=market)
        return self._carried(call, [market])

    def settle(self, account: bytes, market: str) -> Call:
        """Return the call by which a keeper settles an account's order."""
        return self._about(account, market, "settle", _SETTLE_GAS)

    def cancel(self, account: bytes, market: str) -> Call:
        """Return the call that gives up an order: its trader's, or a keeper's for its limit."""
        return self._about(account, market, "cancel", _RETURN_GAS)

    def expire(self, account: bytes, market: str) -> Call:
        """Return the call that gives the escrow of an expired order back."""
        return self._about(account, market, "expire", _RETURN_GAS)

    def _about(self, account: bytes, market: str, function: str, gas: int) -> Call:
        data = self._interface.encode(function, account)
        call = Call(self._address, data, gas, f"{function}_order", market=market)
        return self._carried(call, [market])

    # ---- what waits -----------------------------------------------------------------------------

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Follow commitments and their ends."""
        rules = self._profile.orders
        for event in events:
            if isinstance(event, OrderCommitted):
                opens_s = event.committed_s + rules.settlement_delay.value
                self._waiting.pop(event.account, None)
                self._waiting[event.account] = PendingOrder(
                    event.order_id,
                    event.account,
                    event.market,
                    event.size_delta_wad,
                    event.acceptable_price_wad,
                    event.keeper_fee_wad,
                    event.committed_s,
                    opens_s,
                    opens_s + rules.settlement_window.value,
                    event.committed_s + rules.cancel_delay.value,
                )
            elif isinstance(event, OrderSettled | OrderCancelled | OrderExpired):
                self._waiting.pop(event.account, None)

    def checkpoint(self) -> dict[bytes, PendingOrder]:
        """Return a copy of what waits."""
        return dict(self._waiting)

    def restore(self, checkpoint: dict[bytes, PendingOrder]) -> None:
        """Return to a checkpoint."""
        self._waiting = dict(checkpoint)

    def pending(self) -> Sequence[PendingOrder]:
        """Return the orders that wait, oldest first."""
        return tuple(self._waiting.values())

    def waits_for(self, account: bytes) -> PendingOrder | None:
        """Return an account's order."""
        return self._waiting.get(account)

    def exceeds_limit(self, order: PendingOrder, price_usd: float) -> bool:
        """Whether the fill at a chain price would be beyond the order's limit.

        ``P (1 + (skew + size / 2) / K)`` against the limit, as the market fills.
        """
        book = self._book()
        skew = float(book.size[:, book.market_index[order.market]].sum())
        size = order.size_delta_wad / WAD
        scale = self._profile.markets[order.market].skew_scale.value / WAD
        fill = price_usd * (1 + (skew + size / 2) / scale)
        limit = order.acceptable_price_wad / WAD
        return fill > limit if size > 0 else fill < limit

    def expected_pay_usd(self, order: PendingOrder, gas_usd: float) -> float:
        """Return a keeper's pay: the escrow, or gas and profit up to it where unused goes back."""
        rules = self._profile.orders
        escrow = order.escrow_wad / WAD
        if not rules.refund_unused.value:
            return escrow
        due = gas_usd * (1 + rules.settlement_profit.value / WAD)
        return min(escrow, max(due, rules.min_order_fee.value / WAD))

    def settlement_gas(self) -> int:
        """Return the gas budget of one settlement in the keepers' pay."""
        return self._profile.orders.settlement_gas.value
