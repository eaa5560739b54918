"""Auction bidders: traders with capital who take over accounts once they are cheap enough."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder, Intent
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import ETHER, SECOND_US, WAD, to_us, wad
from floodline.market.amounts import AmountChoice
from floodline.protocols.facets import AuctionOffer, AuctionsFacet
from floodline.protocols.interface import Call

_ANY_PRICE_WAD: Final = 10**30
"""No limit to what an option may cost to buy back."""


class AuctionBiddersParameters(ActorParameters):
    """Parameters of a group of bidders."""

    count: int = Field(default=2, ge=1, le=100, description="Number of bidders, one account each.")
    margin_usd: AmountChoice = Field(
        default={"constant": 200_000},
        validate_default=True,
        description="Collateral of each bidder, in dollars; it margins what is taken over.",
    )
    required_margin: AmountChoice = Field(
        default={"constant": 0.002},
        validate_default=True,
        description="Profit that each bidder wants, over the notional that it takes over.",
    )
    leverage: float = Field(
        default=8.0,
        gt=0,
        le=50,
        description="Largest notional that a bidder holds, over its collateral.",
    )
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How each bidder bids for gas."
    )
    reaction_s: AmountChoice = Field(
        default={"constant": 0.5},
        validate_default=True,
        description="From seeing a block to sending, in seconds, drawn for each bidder and block.",
    )
    starts: bool = Field(
        default=True,
        description="Whether bidders also start auctions that no keeper has started.",
    )


@ACTORS.register(
    "auction_bidders",
    AuctionBiddersParameters,
    description="Traders with capital who take over auctioned accounts at the discount they want, "
    "and close the positions again.",
)
class AuctionBidders(Actor):
    """Several bidders, each with a position book of its own.

    At each block a bidder reckons what every auction will cost in the next one, and bids where the
    equity it would get exceeds the price by the profit it wants and its gas. It then unwinds what
    it holds, as an arbitrageur who is hedged elsewhere would, to have capital for the next.
    """

    role: ClassVar[str] = "bidder"

    def __init__(self, parameters: AuctionBiddersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        count = parameters.count
        self._reaction = parameters.reaction_s.build()
        self._reaction_stream = desk.stream("reaction")
        self._margins = parameters.margin_usd.build().sample(desk.stream("margins"), count)
        self._wanted = parameters.required_margin.build().sample(desk.stream("wanted"), count)
        self._bidders = [Bidder(desk, parameters.fee.build()) for _ in range(count)]
        self._waiting: list[dict[bytes, Intent]] = [{} for _ in range(count)]
        self._last_time_us = 0
        self._gap_us = 0

    @property
    def sender_count(self) -> int:
        """One account a bidder."""
        return self._parameters.count

    def deposits_usd(self) -> list[float]:
        """Each bidder's collateral."""
        return [float(margin) for margin in self._margins]

    def on_block(self, block: BlockSeen) -> None:
        """Let each bidder act on the block after its own reaction time."""
        if self.desk.protocol.auctions is None:
            return
        self._gap_us = block.time_us - self._last_time_us
        self._last_time_us = block.time_us
        seconds = self._reaction.sample(self._reaction_stream, self._parameters.count)
        for bidder, delay_s in enumerate(seconds.tolist()):
            self.desk.at(self.desk.now_us + to_us(delay_s), partial(self._act, bidder, block))

    def _act(self, bidder: int, block: BlockSeen, _now_us: int) -> None:
        auctions = self.desk.protocol.auctions
        if auctions is None:
            return
        self.count("bumped", self._bidders[bidder].bump(block))
        if self._parameters.starts:
            self._start(bidder, auctions, block)
        next_s = self.desk.genesis_s + (block.time_us + self._gap_us) // SECOND_US
        prices = [self.desk.chain_price_usd(name) for name in self.desk.protocol.markets]
        sender = self.accounts[bidder]
        for auction in auctions.live():
            if auction.account not in self._waiting[bidder] and auction.account != sender.address:
                offer = auctions.offer(auction.account, prices, next_s)
                self._consider(bidder, auctions, auction.account, offer)
        self._unwind(bidder, sender)

    def _start(self, bidder: int, auctions: AuctionsFacet, block: BlockSeen) -> None:
        """Put up what may be liquidated and nobody has put up."""
        seen = {candidate.account for candidate in block.candidates}
        for account in sorted(seen):
            if not auctions.is_live(account) and account not in self._waiting[bidder]:
                self.desk.note_decision(account)
                self._send(bidder, account, auctions.start(account))
                self.count("started")

    def _consider(
        self, bidder: int, auctions: AuctionsFacet, account: bytes, offer: AuctionOffer
    ) -> None:
        """Bid, or reset what cannot be sold, if it pays."""
        share = min(offer.max_share, self._room_usd(bidder) / max(offer.notional_usd, 1.0))
        wanted = float(self._wanted[bidder]) * offer.notional_usd
        gain = (offer.given_usd - offer.price_usd - wanted) * share
        if share <= 0 or offer.notional_usd <= 0:
            return
        if offer.needs_reset:
            self._send(bidder, account, auctions.reset(account))
            self.count("reset")
        elif gain <= self._gas_usd(bidder, account, auctions):
            self.count("too_dear")
        else:
            limit = (offer.given_usd - wanted) * share
            who = self.accounts[bidder].address
            call = auctions.bid(account, int(share * WAD), wad(f"{limit:.6f}"), who)
            self.desk.note_decision(account)
            self._send(bidder, account, call)
            self.count("bid")

    def _room_usd(self, bidder: int) -> float:
        """Return the notional that a bidder may still take over."""
        book = self.desk.protocol.book
        row = book.index[self.accounts[bidder].address]
        held = sum(
            abs(float(book.size[row, column])) * self.desk.chain_price_usd(market)
            for column, market in enumerate(book.markets)
        )
        return max(float(self._margins[bidder]) * self._parameters.leverage - held, 0.0)

    def _gas_usd(self, bidder: int, account: bytes, auctions: AuctionsFacet) -> float:
        """Return what a bid would cost at the strategy's present quote."""
        call = auctions.bid(account, WAD, 0, self.accounts[bidder].address)
        fees = self._bidders[bidder].quote(self.accounts[bidder].index, call)
        price = min(fees.max_fee, self.desk.fee_view().next_base_fee + fees.tip)
        ether_usd = self.desk.chain_price_usd(self.desk.protocol.gas_market)
        return (call.expected_gas or call.gas_limit / 2) * price / ETHER * ether_usd

    def _unwind(self, bidder: int, sender: Sender) -> None:
        """Close what was taken over, one market at a time."""
        protocol = self.desk.protocol
        orders = protocol.orders
        if sender.address in self._waiting[bidder]:
            return
        order = None if orders is None else orders.waits_for(sender.address)
        now_s = self.desk.genesis_s + self.desk.now_us // SECOND_US
        if order is not None and now_s <= order.expires_s:
            return
        row = protocol.book.index[sender.address]
        for column, market in enumerate(protocol.markets):
            size = protocol.book.size_wad[row][column]
            if size:
                price = self.desk.chain_price_usd(market) * (0.9 if size > 0 else 1.1)
                call = protocol.close(sender.address, market, wad(f"{price:.8f}"))
                if call is not None:
                    self._send(bidder, sender.address, call)
                    self.count("unwound")
                return
        self._unwind_options(bidder, sender, now_s)

    def _unwind_options(self, bidder: int, sender: Sender, now_s: int) -> None:
        """Close one option that was taken over and can still be traded, shorts first."""
        options = self.desk.protocol.options
        if options is None:
            return
        for market in self.desk.protocol.markets:
            held = options.held(sender.address, market)
            for series in options.series(market):
                size = held.get(series.series_id, 0)
                if not size or now_s >= options.trades_until(series):
                    continue
                if size > 0 and min(held.values()) < 0:
                    continue
                limit = 0 if size > 0 else _ANY_PRICE_WAD
                call = options.trade(market, series.series_id, -size, limit)
                self._send(bidder, sender.address, call)
                self.count("unwound")
                return

    def _send(self, bidder: int, account: bytes, call: Call) -> None:
        sender = self.accounts[bidder].index
        self._waiting[bidder][account] = self._bidders[bidder].send(sender, call)

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the account for another attempt once the intent has ended."""
        bidder = sent.sender - self.accounts[0].index
        ended = self._bidders[bidder].settle(sent, outcome)
        if ended is None:
            return
        waiting = self._waiting[bidder]
        for account in [key for key, intent in waiting.items() if intent is ended]:
            del waiting[account]
        kind = ended.call.kind.removesuffix("_auction")
        self.count(f"{kind}_{outcome.state}")
