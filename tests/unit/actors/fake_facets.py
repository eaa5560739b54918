"""Order and auction groups that tests fill by hand."""

from __future__ import annotations

from floodline.foundation.units import WAD
from floodline.protocols.facets import AuctionOffer, LiveAuction, PendingOrder
from floodline.protocols.interface import Call


class FakeOrders:
    """Waiting orders by account."""

    def __init__(self):
        self.waiting = {}
        self.pay_usd = 100.0
        self.exceeded = False

    def add(self, account, opens_s, expires_s, cancellable_s=0):
        number = len(self.waiting) + 1
        self.waiting[account] = PendingOrder(
            *(number, account, "ETH", WAD, 4_000 * WAD, 60 * WAD),
            *(opens_s - 12, opens_s, expires_s, cancellable_s),
        )

    def pending(self):
        return tuple(self.waiting.values())

    def waits_for(self, account):
        return self.waiting.get(account)

    def settle(self, account, market):
        return Call(b"o" * 20, account, 800_000, "settle_order", market=market)

    def cancel(self, account, market):
        return Call(b"o" * 20, account, 300_000, "cancel_order", market=market)

    def exceeds_limit(self, order, price_usd):
        return self.exceeded

    def expected_pay_usd(self, order, gas_usd):
        return self.pay_usd

    def settlement_gas(self):
        return 500_000


class FakeAuctions:
    """Live auctions and what they offer."""

    def __init__(self):
        self.offers = {}

    def add(self, account, given=2_000.0, price=1_900.0, share=0.5, needs_reset=False):
        self.offers[account] = AuctionOffer(needs_reset, given, price, 100_000.0, share)

    def live(self):
        return [LiveAuction(account, 0) for account in self.offers]

    def is_live(self, account):
        return account in self.offers

    def offer(self, account, prices_usd, time_s):
        return self.offers[account]

    def start(self, account):
        return Call(b"a" * 20, b"", 600_000, "start_auction", subject=account)

    def reset(self, account):
        return Call(b"a" * 20, b"", 600_000, "reset_auction", subject=account)

    def bid(self, account, share_wad, limit_wad, bidder=b""):
        data = f"{share_wad}@{limit_wad}".encode()
        return Call(b"a" * 20, data, 1_500_000, "bid_auction", subject=account)
