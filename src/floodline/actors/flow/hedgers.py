"""Delta hedgers: their demand grows with gamma, and is largest when the network is worst."""

from __future__ import annotations

import math
from typing import ClassVar, Final

from pydantic import Field

from floodline.actors.base import ACTORS
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.flow.searcher import Searcher, SearcherParameters
from floodline.foundation.units import SECOND_US
from floodline.protocols.interface import Call

_YEAR_S: Final = 365 * 86_400


class HedgersParameters(SearcherParameters):
    """Parameters of hedgers of a synthetic option book."""

    accounts: int = Field(default=1, ge=1, le=100, description="Hedgers, one account each.")
    market: str | None = Field(
        default=None, description="The market hedged in; the first if left out."
    )
    straddles: float = Field(
        default=1_000.0,
        gt=0,
        description="Straddles that each is short, at the price at genesis, in units of the asset.",
    )
    expiry_s: float = Field(
        default=86_400.0, gt=0, description="Their expiry, in seconds after genesis."
    )
    vol: float = Field(default=0.8, gt=0, le=5, description="Volatility they reckon with, a year.")
    band: float = Field(
        default=0.05,
        gt=0,
        le=2,
        description="Distance from the wanted delta, over the straddles, from which they trade.",
    )
    slippage: float = Field(
        default=0.02, gt=0, lt=1, description="Accepted distance from the chain's price."
    )


@ACTORS.register(
    "hedgers",
    HedgersParameters,
    description="Hedge a synthetic book of short straddles through the perpetual: they buy what "
    "rises and sell what falls, the more the nearer expiry is.",
)
class Hedgers(Searcher):
    """Hold ``n (2 N(d1) - 1)`` units against n short straddles; no options change hands on chain.

    With n = 1,000, a strike of 3,000, a volatility of 0.8 and a day left, one percent up to 3,030
    wants 204 units; with an hour left 757. Gamma, ``2 n phi(d1) / (S sigma sqrt(T))``, is what the
    demand per dollar grows by.
    """

    role: ClassVar[str] = "hedger"

    def __init__(self, parameters: HedgersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._given_book = parameters
        self._market = parameters.market or desk.protocol.markets[0]
        self._strike = 0.0
        self._hedges: set[int] = set()

    def start(self) -> None:
        """Fix the strike; hedgers look at blocks and prices, not at the pool."""
        self._strike = self.desk.true_price_usd(self._market)

    def wanted(self, price_usd: float, now_us: int) -> float:
        """Return the position that leaves no delta at a price and a time, in units."""
        given = self._given_book
        left_s = given.expiry_s - now_us / SECOND_US
        if left_s <= 0:
            return 0.0
        width = given.vol * math.sqrt(left_s / _YEAR_S)
        d1 = math.log(price_usd / self._strike) / width + width / 2
        return given.straddles * math.erf(d1 / math.sqrt(2))

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and hedge what has moved out of the band."""
        self.count("bumped", self._bidder.bump(block))
        price = self.desk.true_price_usd(self._market)
        target = self.wanted(price, self.desk.now_us)
        for sender in self.accounts:
            if not self.is_busy(sender):
                self._hedge(sender, target, price)

    def _hedge(self, sender: Sender, target: float, price: float) -> None:
        held = self.position(sender, self._market)
        gap = target - held
        if abs(gap) < self._given_book.band * self._given_book.straddles:
            return
        side = 1 if target > 0 else -1
        most = self.most_units(sender, self._market, side)
        reached = side * min(abs(target), max(most, abs(held) if held * side > 0 else 0.0))
        size = reached - held
        if abs(reached) < abs(target):
            self.count("short_of_margin")
        if abs(size) * price < 1:
            return
        side = 1 if size > 0 else -1
        chain = self.desk.chain_price_usd(self._market)
        call = self.order(self._market, size, chain * (1 + side * self._given_book.slippage))
        self._hedges.add(self.send(sender, call).tx_id)
        self.count("tried")
        self.count("wanted_usd", round(abs(gap) * price))

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Count the hedges that were filled."""
        super().ended(call, sent, outcome)
        if sent.tx_id in self._hedges and outcome.state == "included":
            self.count("got")
