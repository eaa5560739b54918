"""Reading others' calls, and reckoning what a fill would cost: all of it public."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.facets_flow import BidRead, OrderRead, PriceRead
from floodline.protocols.interface import Call
from floodline.protocols.reference.deployment import Deployment
from floodline.protocols.reference.profiles import Profile


class PublicCalldata:
    """What the reference protocol's calls say.

    Parameters
    ----------
    deployment : Deployment
        Addresses.
    profile : Profile
        Fees and depth of each market.
    interfaces : Mapping[str, ContractInterface]
        By contract name.
    book : Callable[[], Book]
        Positions at present, for the skew.

    """

    def __init__(
        self,
        deployment: Deployment,
        profile: Profile,
        interfaces: Mapping[str, ContractInterface],
        book: Callable[[], Book],
    ) -> None:
        self._deployment = deployment
        self._profile = profile
        self._interfaces = interfaces
        self._book = book
        self._markets = {address: market for market, address in deployment.markets.items()}

    # ---- reading --------------------------------------------------------------------------------

    def order(self, call: Call) -> OrderRead | None:
        """Return the order in a call: a trade at a market, or a commitment."""
        plain = self.bare(call)
        if plain.to in self._markets:
            found = self._read("PerpMarket", "trade", plain)
            return None if found is None else OrderRead(self._markets[plain.to], *found)
        if plain.to == self._deployment.orders:
            found = self._read("AsyncOrders", "commit", plain)
            if found is not None and found[0] in self._markets:
                return OrderRead(self._markets[found[0]], found[1], found[2])
        return None

    def price(self, call: Call) -> PriceRead | None:
        """Return the price in a push or in a signed update by itself."""
        pushed = self._read("PushFeed", "transmit", call)
        if pushed is not None:
            return PriceRead(call.market, int(pushed[0]))
        pulled = self._read("PullFeed", "update", call)
        return (
            None if pulled is None else PriceRead(call.market, int(next(iter(pulled[0].values()))))
        )

    def bid(self, call: Call) -> BidRead | None:
        """Return the bid in a call to the auction."""
        plain = self.bare(call)
        if plain.to != self._deployment.auction:
            return None
        found = self._read("PortfolioAuction", "bid", plain)
        return None if found is None else BidRead(*found)

    def bare(self, call: Call) -> Call:
        """Return the call inside one that brings prices along; any other as it is."""
        found = self._read("CarriesPrices", "withPrices", call)
        if found is None:
            return call
        limit, value = call.gas_limit, call.value
        return Call(call.to, found[1], limit, call.kind, value, call.subject, call.market)

    def _read(self, contract: str, function: str, call: Call) -> list[Any] | None:
        return self._interfaces[contract].decode_input(function, call.data)

    # ---- reckoning ------------------------------------------------------------------------------

    def fill_usd(self, market: str, size: float, price_usd: float, ahead: float = 0.0) -> float:
        """Return ``P (1 + (skew + ahead + size / 2) / K)``.

        At K = 300,000, P = 3,000 and no skew, 100 units are filled at 3,000.50 dollars; behind
        another 300 units at 3,003.50.
        """
        scale = self._profile.markets[market].skew_scale.value / WAD
        return price_usd * (1 + (self._skew(market) + ahead + size / 2) / scale)

    def fee_usd(self, market: str, size: float, fill_usd: float, ahead: float = 0.0) -> float:
        """Return maker's fee on the part that reduces the skew, taker's on the rest.

        Against a skew of -40, 100 units at 3,000 dollars with 1 and 5 basis points make 12 + 90.
        """
        given = self._profile.markets[market]
        skew = self._skew(market) + ahead
        making = min(abs(size), abs(skew)) if skew * size < 0 else 0.0
        maker, taker = given.maker_fee.value / WAD, given.taker_fee.value / WAD
        return (making * maker + (abs(size) - making) * taker) * fill_usd

    def _skew(self, market: str) -> float:
        book = self._book()
        return float(book.size[:, book.market_index[market]].sum())
