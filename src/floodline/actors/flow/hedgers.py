"""Delta hedgers: their demand grows with gamma, and is largest when the network is worst."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from floodline.actors.base import ACTORS
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.flow.hedge_books import Exposure, HedgedBook, Positions, Side, Straddles
from floodline.actors.flow.searcher import Searcher, SearcherParameters
from floodline.foundation.units import SECOND_US
from floodline.protocols.interface import Call


class HedgersParameters(SearcherParameters):
    """Parameters of hedgers of options."""

    accounts: int = Field(default=1, ge=1, le=100, description="Hedgers, one account each.")
    market: str | None = Field(
        default=None, description="The market hedged in; the first if left out."
    )
    book: Literal["auto", "positions", "straddles"] = Field(
        default="auto",
        description="What they hedge: positions, the options that accounts of the campaign have; "
        "straddles, options that are nowhere on chain; auto, positions where there are options.",
    )
    side: Side = Field(
        default="writers",
        description="Whose positions: the writers' (short of gamma: who hedges them buys what "
        "rises), the buyers' (the other way), or all.",
    )
    share: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Share of these positions that the hedgers hedge, all of them together.",
    )
    straddles: float = Field(
        default=1_000.0,
        gt=0,
        description="Straddles that each is short, at the price at genesis, in units of the asset.",
    )
    expiry_s: float = Field(
        default=86_400.0, gt=0, description="The straddles' expiry, in seconds after genesis."
    )
    vol: float = Field(
        default=0.8, gt=0, le=5, description="Volatility they reckon straddles with, a year."
    )
    band: float = Field(
        default=0.05,
        gt=0,
        le=2,
        description="Distance from the wanted delta, over the options or straddles, from which "
        "they trade.",
    )
    slippage: float = Field(
        default=0.02, gt=0, lt=1, description="Accepted distance from the chain's price."
    )


@ACTORS.register(
    "hedgers",
    HedgersParameters,
    description="Hedge the delta of the campaign's options, or of a synthetic book of short "
    "straddles, through the perpetual: they buy what rises and sell what falls, the more the "
    "nearer expiry and strike are.",
)
class Hedgers(Searcher):
    """Hold the position that leaves their options no delta; gamma is what it grows by.

    A thousand straddles short at 3,000, at a volatility of 0.8: one percent up to 3,030 wants 204
    units with a day left, and 757 with an hour left. The tally counts the dollars that the wanted
    position was away from the held one at each order (``wanted_usd``) and the largest gamma in
    dollars of hedge for a move by one percent (``gamma_peak_usd``).
    """

    role: ClassVar[str] = "hedger"

    def __init__(self, parameters: HedgersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._hedging = parameters
        self._market = parameters.market or desk.protocol.markets[0]
        self._book: HedgedBook | None = None
        self._hedges: set[int] = set()

    def start(self) -> None:
        """Fix what is hedged; hedgers look at blocks and prices, not at the pool."""
        given, options = self._hedging, self.desk.protocol.options
        price = self.desk.true_price_usd(self._market)
        if given.book == "positions" or (given.book == "auto" and options is not None):
            if options is not None:
                share = given.share / given.accounts
                self._book = Positions(options, self._market, given.side, share)
        else:
            expiry_s = self.desk.genesis_s + given.expiry_s
            self._book = Straddles(given.straddles, price, expiry_s, given.vol)
        self.exposure(price, self.desk.now_us)

    def exposure(self, price_usd: float, now_us: int) -> Exposure:
        """Return what each hedger has to hedge at a price and a time."""
        if self._book is None:
            return Exposure(0.0, 0.0, 0.0)
        return self._book.exposure(price_usd, self.desk.genesis_s + now_us // SECOND_US)

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, and hedge what has moved out of the band."""
        self.count("bumped", self._bidder.bump(block))
        price = self.desk.true_price_usd(self._market)
        seen = self.exposure(price, self.desk.now_us)
        self._note_gamma(seen, price)
        for sender in self.accounts:
            if not self.is_busy(sender):
                self._hedge(sender, seen, price)

    def _note_gamma(self, seen: Exposure, price: float) -> None:
        """Keep the largest gamma: 0.04 units a dollar at 3,000 are 3,600 dollars a percent."""
        gamma_usd = round(abs(seen.gamma) * price * price / 100 * len(self.accounts))
        self.tally["gamma_peak_usd"] = max(self.tally.get("gamma_peak_usd", 0), gamma_usd)

    def _hedge(self, sender: Sender, seen: Exposure, price: float) -> None:
        target = seen.hedge
        held = self.position(sender, self._market)
        gap = target - held
        if abs(gap) < max(self._hedging.band * seen.options, 1 / price):
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
        call = self.order(self._market, size, chain * (1 + side * self._hedging.slippage))
        self._hedges.add(self.send(sender, call).tx_id)
        self.count("tried")
        self.count("wanted_usd", round(abs(gap) * price))

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Count the hedges that were filled."""
        super().ended(call, sent, outcome)
        if sent.tx_id in self._hedges and outcome.state == "included":
            self.count("got")
