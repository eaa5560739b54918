"""Auction sniping: take what a rival bids for, one wei earlier; and live off starts and resets."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from floodline.actors.auction_bidders import AuctionBidders, AuctionBiddersParameters
from floodline.actors.base import ACTORS
from floodline.actors.desk import BlockSeen, Desk, Outcome, PendingSeen, Sent
from floodline.actors.fees import Fees
from floodline.actors.flow.places import just_before
from floodline.foundation.units import ETHER, SECOND_US, WAD, to_us
from floodline.protocols.facets import AuctionOffer, AuctionsFacet
from floodline.protocols.interface import Call


class SniperParameters(AuctionBiddersParameters):
    """Parameters of snipers."""

    count: int = Field(default=1, ge=1, le=100, description="Number of snipers, one account each.")
    starts: bool = Field(default=False, description="Whether snipers start auctions.")
    snipes: bool = Field(default=True, description="Whether they copy rivals' pending bids.")
    farms: bool = Field(
        default=False,
        description="Whether they start and reset auctions for the pay alone, and bid for nothing.",
    )
    watch_s: float = Field(default=0.5, gt=0, description="Seconds between looks at the pool.")


@ACTORS.register(
    "auction_sniper",
    SniperParameters,
    description="Copies rivals' pending bids for an auction at one wei more, or farms the pay of "
    "starts and resets.",
)
class AuctionSniper(AuctionBidders):
    """Never the first to find a price fair: waits until a rival's bid says that it is.

    The rival's bid then finds less left, or nothing, and pays for gas alone. A farmer takes the
    pay for starts and resets as often as the rules give it: 100 dollars and a thousandth of the
    notional each in the profile ``bad_practice``, until the fund is empty.
    """

    role: ClassVar[str] = "searcher"

    def __init__(self, parameters: SniperParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._snipes = parameters.snipes
        self._farms = parameters.farms
        self._watch_us = to_us(parameters.watch_s)
        self._judged: set[tuple[int, int]] = set()

    def start(self) -> None:
        """Begin to watch the pool."""
        if self.desk.protocol.auctions is not None and self._snipes:
            self.desk.at(self.desk.now_us + self._watch_us, self._watch)

    def _watch(self, now_us: int) -> None:
        auctions, calldata = self.desk.protocol.auctions, self.desk.protocol.calldata
        mine = {sender.index for sender in self.accounts}
        for seen in self.desk.pending("bid_auction"):
            key = (seen.sender, seen.nonce)
            if seen.sender in mine or key in self._judged:
                continue
            self._judged.add(key)
            bid = None if calldata is None else calldata.bid(seen.call)
            if bid is not None and auctions is not None and auctions.is_live(bid.account):
                self._snipe(auctions, seen, bid.account, bid.limit_wad)
        if now_us + self._watch_us < self.desk.end_us:
            self.desk.at(now_us + self._watch_us, self._watch)

    def _snipe(
        self, auctions: AuctionsFacet, seen: PendingSeen, account: bytes, limit_wad: int
    ) -> None:
        """Send the rival's bid one wei dearer, for as much as there is and the capital allows."""
        prices = [self.desk.chain_price_usd(name) for name in self.desk.protocol.markets]
        now_s = self.desk.genesis_s + self.desk.now_us // SECOND_US
        offer = auctions.offer(account, prices, now_s)
        fees = just_before(seen.fees, self.desk.fee_view().next_base_fee)
        for bidder, sender in enumerate(self.accounts):
            share = min(offer.max_share, self._room_usd(bidder) / max(offer.notional_usd, 1.0))
            if account in self._waiting[bidder] or sender.address == account or share <= 0:
                continue
            call = auctions.bid(account, int(share * WAD), limit_wad, sender.address)
            self.desk.note_decision(account)
            self._waiting[bidder][account] = self._bidders[bidder].send(
                sender.index, call, fees=fees
            )
            self.count("tried")
            return

    def _act(self, bidder: int, block: BlockSeen, now_us: int) -> None:
        """Go after starts and resets where the pay is worth it; give back what was taken over."""
        if self._farms:
            self._farm(bidder, block)
        super()._act(bidder, block, now_us)

    def _farm(self, bidder: int, block: BlockSeen) -> None:
        auctions = self.desk.protocol.auctions
        if auctions is None:
            return
        prices = [self.desk.chain_price_usd(name) for name in self.desk.protocol.markets]
        next_s = self.desk.genesis_s + (block.time_us + self._gap_us) // SECOND_US
        for candidate in block.candidates:
            account = candidate.account
            if account in self._waiting[bidder]:
                continue
            live = auctions.is_live(account)
            if live and not auctions.offer(account, prices, next_s).needs_reset:
                continue
            call = auctions.reset(account) if live else auctions.start(account)
            if self._pays(bidder, call, candidate.notional_usd, candidate.equity_usd):
                self.desk.note_decision(account)
                self._send(bidder, account, call)
                self.count("tried")

    def _pays(self, bidder: int, call: Call, notional_usd: float, equity_usd: float) -> bool:
        sender = self.accounts[bidder].index
        fees: Fees = self._bidders[bidder].quote(sender, call)
        price = min(fees.max_fee, self.desk.fee_view().next_base_fee + fees.tip)
        ether_usd = self.desk.chain_price_usd(self.desk.protocol.gas_market)
        cost = (call.expected_gas or call.gas_limit / 2) * price / ETHER * ether_usd
        return self.desk.protocol.expected_reward_usd(notional_usd, equity_usd, cost) > cost

    def _consider(
        self, bidder: int, auctions: AuctionsFacet, account: bytes, offer: AuctionOffer
    ) -> None:
        """Do nothing of its own accord: bids are copied, resets are farmed."""

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Count what was got besides what a bidder counts."""
        kind = sent.call.kind
        super().on_outcome(sent, outcome)
        if outcome.state == "included" and kind.endswith("_auction"):
            self.count("got")
