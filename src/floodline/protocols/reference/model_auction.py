"""Exact model of Dutch auctions of whole accounts: the twin of ``PortfolioAuction.sol``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model import ReferenceModel, Tolerance
from floodline.protocols.reference.model_auction_math import (
    AuctionKind,
    AuctionParameters,
    Standing,
    insolvent_price_up,
    max_share_up,
    share_up,
    solvent_factor_up,
    step_factor,
    step_price_up,
    target_up,
)
from floodline.protocols.reference.model_math import ModelRevert, mul_wad, mul_wad_up
from floodline.protocols.reference.model_portfolio import LegKind
from floodline.protocols.reference.model_waterfall import NOTHING, Covered

AUCTIONEER = "auctioneer"
"""Name of the auction contract's own ledger account; it never holds anything."""


@dataclass(frozen=True)
class ModelAuction:
    """An account under auction."""

    started_at: int
    insolvent_at: int
    remaining: int
    reserved: int
    notional: int


class ModelQuote(NamedTuple):
    """What a bid would get at present (Solidity ``AuctionQuote``)."""

    live: bool
    needs_reset: bool
    insolvent: bool
    given: int
    price: int
    max_share: int


class Sale(NamedTuple):
    """What one bid did, WAD."""

    share: int
    price: int
    given: int
    fee: int
    covered: Covered
    """What the emptied account owed, and who paid."""
    waits: bool = False
    """Whether the account was left for deleveraging; then nothing was sold."""


@dataclass
class AuctionModel:
    """All auctions.

    Parameters
    ----------
    protocol : ReferenceModel
        Ledger, markets, options, prices and the loss waterfall.
    parameters : AuctionParameters
        The auction's.

    """

    protocol: ReferenceModel
    parameters: AuctionParameters
    auctions: dict[str, ModelAuction] = field(default_factory=dict)
    live_notional: int = 0

    # ---- actions --------------------------------------------------------------------------------

    def start(self, keeper: str, account: str) -> int:
        """Put an account under auction; return what the keeper is paid, WAD USD."""
        if account in self.auctions:
            raise ModelRevert("AuctionLive", account)
        standing = self.standing(account)
        if standing.equity >= standing.maintenance:
            raise ModelRevert("NotLiquidatable", account, standing.equity, standing.maintenance)
        kinds = {leg.kind for leg in self.protocol.legs(account)}
        if self.parameters.perps_by_chunks and kinds <= {LegKind.PERP}:
            raise ModelRevert("LeftToChunks", account)
        live = self.live_notional + standing.notional
        if live > self.parameters.hole:
            raise ModelRevert("HoleFull", live, self.parameters.hole)
        self._waits(account, standing)
        self.live_notional = live
        now_s = self.protocol.now_s
        insolvent = self._phased and standing.equity <= 0
        self.auctions[account] = ModelAuction(
            now_s, now_s if insolvent else 0, WAD, 0, standing.notional
        )
        return self._incentive(keeper, standing.notional)

    def reset(self, keeper: str, account: str) -> int:
        """Begin a new run; return what the keeper is paid, WAD USD."""
        auction, standing = self._live(account), self.standing(account)
        if not self._needs_reset(auction, standing):
            raise ModelRevert("AuctionNeedsNoReset", account)
        self._waits(account, standing)
        if self._phased:
            self._change_phase(account)
            return 0
        self.auctions[account] = replace(auction, started_at=self.protocol.now_s)
        return self._incentive(keeper, standing.notional)

    def bid(self, bidder: str, account: str, share: int, max_price: int) -> Sale:
        """Sell a share of an account to a bidder."""
        with self._atomic():
            return self._bid(bidder, account, share, max_price)

    def end(self, account: str) -> None:
        """End the auction of an account that is healthy or empty."""
        self._live(account)
        if self._end_if_over(account) is None:
            standing = self.standing(account)
            target = target_up(self.parameters, standing.maintenance)
            raise ModelRevert("HealthyAccount", account, standing.equity, target)

    # ---- reads ----------------------------------------------------------------------------------

    def standing(self, account: str, tolerance: Tolerance = Tolerance.STRICT) -> Standing:
        """Return equity, maintenance margin and notional of an account, WAD USD."""
        equity, _, maintenance = self.protocol.status(account, tolerance)
        notional = sum(
            mul_wad(abs(leg.size), self.protocol.price(leg.asset, tolerance))
            for leg in self.protocol.legs(account)
        )
        return Standing(equity, maintenance, notional)

    def quote(self, account: str, standing: Standing | None = None) -> ModelQuote:
        """Return what a bid would get now, were the account's standing as given."""
        auction = self.auctions.get(account)
        if auction is None:
            return ModelQuote(
                live=False, needs_reset=False, insolvent=False, given=0, price=0, max_share=0
            )
        standing = standing or self.standing(account)
        given = self._given(auction, standing)
        price = self._price(auction, standing, given)
        return ModelQuote(
            live=True,
            needs_reset=self._needs_reset(auction, standing),
            insolvent=auction.insolvent_at != 0,
            given=given,
            price=price,
            max_share=self._max_share(standing, given, price),
        )

    # ---- internal -------------------------------------------------------------------------------

    @property
    def _phased(self) -> bool:
        return self.parameters.kind == AuctionKind.PHASED

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        auctions, live = dict(self.auctions), self.live_notional
        try:
            with self.protocol.atomic("auction bid"):
                yield
        except ModelRevert:
            self.auctions, self.live_notional = auctions, live
            raise

    def _live(self, account: str) -> ModelAuction:
        if account not in self.auctions:
            raise ModelRevert("AuctionNotLive", account)
        return self.auctions[account]

    def _bid(self, bidder: str, account: str, share: int, max_price: int) -> Sale:
        auction, ledger = self._live(account), self.protocol.ledger
        if share == 0 or bidder == account or ledger.is_counterparty(bidder):
            raise ModelRevert("InvalidBid", bidder, share)
        standing = self.standing(account)
        if self._waits(account, standing):
            return Sale(0, 0, 0, 0, NOTHING, waits=True)
        if self._needs_reset(auction, standing):
            if not self._phased:
                raise ModelRevert("AuctionNeedsReset", account)
            auction = self._change_phase(account)
        given = self._given(auction, standing)
        whole = self._price(auction, standing, given)
        taken = min(share, self._max_share(standing, given, whole))
        if taken == 0:
            target = target_up(self.parameters, standing.maintenance)
            raise ModelRevert("HealthyAccount", account, standing.equity, target)
        price = share_up(whole, taken)
        if price > max_price:
            raise ModelRevert("BidTooExpensive", price, max_price)
        fee = self._fee(taken, price, given)
        self._pay(bidder, account, price, fee)
        self.auctions[account] = replace(
            auction,
            remaining=mul_wad(auction.remaining, WAD - taken),
            reserved=auction.reserved + max(price - fee, 0),
        )
        handed = self._hand(bidder, account, taken, given)
        equity, initial, _ = self.protocol.status(bidder, Tolerance.DEFAULT)
        if equity < initial:
            raise ModelRevert("InsufficientMargin", equity, initial)
        covered = self._end_if_over(account) or NOTHING
        return Sale(taken, price, handed, fee, covered)

    def _waits(self, account: str, standing: Standing) -> bool:
        """Let a bankrupt account's perpetuals wait for the winners, where the waterfall says so."""
        protocol = self.protocol
        kinds = {leg.kind for leg in protocol.legs(account)}
        if standing.equity >= 0 or LegKind.PERP not in kinds:
            return False
        shortfall = -standing.equity
        return protocol.waterfall.open(protocol.ledger, account, shortfall, protocol.now_s)

    def _needs_reset(self, auction: ModelAuction, standing: Standing) -> bool:
        given = self.parameters
        elapsed = self.protocol.now_s - auction.started_at
        if not self._phased:
            floor = mul_wad(given.top, given.cusp)
            return elapsed > given.tail_seconds or step_factor(given, elapsed) < floor
        broke = standing.equity <= 0 or elapsed >= given.fast_seconds + given.slow_seconds
        return broke != (auction.insolvent_at != 0)

    @staticmethod
    def _given(auction: ModelAuction, standing: Standing) -> int:
        free = standing.equity - auction.reserved
        return free if auction.insolvent_at == 0 and free > 0 else standing.equity

    def _price(self, auction: ModelAuction, standing: Standing, given: int) -> int:
        now_s, rules = self.protocol.now_s, self.parameters
        elapsed = now_s - auction.started_at
        if not self._phased:
            return step_price_up(standing, step_factor(rules, elapsed))
        if auction.insolvent_at:
            return insolvent_price_up(rules, standing, now_s - auction.insolvent_at)
        return mul_wad_up(given, solvent_factor_up(rules, elapsed)) if given > 0 else given

    def _max_share(self, standing: Standing, given: int, whole: int) -> int:
        proceeds = whole - self._fee(WAD, whole, given) if whole > 0 else 0
        return max_share_up(self.parameters, standing, given, proceeds)

    def _fee(self, share: int, price: int, given: int) -> int:
        if price <= 0 or given <= 0:
            return 0
        return min(mul_wad(mul_wad(given, share), self.parameters.fee_ratio), price)

    def _hand(self, bidder: str, account: str, share: int, given: int) -> int:
        protocol = self.protocol
        protocol.hand_over(account, bidder, share)
        handed = -share_up(-given, share)
        if handed > 0:
            protocol.ledger.move(account, bidder, handed)
        else:
            protocol.ledger.move(bidder, account, -handed)
        return handed

    def _pay(self, bidder: str, account: str, price: int, fee: int) -> None:
        ledger = self.protocol.ledger
        if price > 0:
            ledger.move(bidder, account, price - fee)
            ledger.collect(bidder, fee, WAD)
        else:
            ledger.move(account, bidder, -price)

    def _end_if_over(self, account: str) -> Covered | None:
        covered = NOTHING
        if self.protocol.ledger.has_positions(account):
            equity, _, maintenance = self.protocol.status(account, Tolerance.STRICT)
            if equity < target_up(self.parameters, maintenance):
                return None
        else:
            protocol = self.protocol
            covered = protocol.waterfall.cover(protocol.ledger, account, protocol.now_s)
        self.live_notional -= self.auctions.pop(account).notional
        return covered

    def _change_phase(self, account: str) -> ModelAuction:
        auction, now_s = self.auctions[account], self.protocol.now_s
        if auction.insolvent_at:
            changed = replace(auction, started_at=now_s, insolvent_at=0)
        else:
            changed = replace(auction, insolvent_at=now_s)
        self.auctions[account] = changed
        return changed

    def _incentive(self, keeper: str, notional: int) -> int:
        if notional < self.parameters.dust_notional:
            return 0
        due = self.parameters.tip + mul_wad(notional, self.parameters.chip)
        return self.protocol.ledger.cover(keeper, due)
