"""Auctions of whole accounts, as keepers and bidders see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from floodline.chain.abi import ContractInterface
from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.events import (
    AuctionBid,
    AuctionEnded,
    AuctionReset,
    AuctionStarted,
    ProtocolEvent,
)
from floodline.protocols.facets import AuctionOffer, LiveAuction
from floodline.protocols.interface import Call, Health, View
from floodline.protocols.reference.model_auction_math import (
    AuctionKind,
    AuctionParameters,
    Standing,
    insolvent_price_up,
    max_share_up,
    solvent_factor_up,
    step_factor,
    step_price_up,
)

_START_GAS: Final = 600_000
_BID_GAS: Final = 1_500_000

HealthAt = Callable[[Sequence[float], float], Health]
"""Health of every account of the book at chain prices and a time."""


@dataclass
class AuctionRun:
    """What the events told of an auction."""

    started_s: int
    insolvent_s: int
    reserved_wad: int = 0


class ReferenceAuctions:
    """The auction: calls, and what its events say is for sale.

    Parameters
    ----------
    interface : ContractInterface
        Of ``PortfolioAuction``.
    address : bytes
        Where it is.
    parameters : AuctionParameters
        Its rules.
    book : Callable[[], Book]
        Accounts at present.
    health_at : HealthAt
        How they stand.
    about : callable
        Gives a call the gas and the pulled prices that valuing its account takes.

    """

    def __init__(
        self,
        interface: ContractInterface,
        address: bytes,
        parameters: AuctionParameters,
        book: Callable[[], Book],
        health_at: HealthAt,
        about: Callable[[Call, bytes, bytes], Call],
    ) -> None:
        self._interface = interface
        self._address = address
        self._rules = parameters
        self._book = book
        self._health_at = health_at
        self._about = about
        self._runs: dict[bytes, AuctionRun] = {}

    # ---- calls ----------------------------------------------------------------------------------

    def start(self, account: bytes) -> Call:
        """Return the call that puts an account up."""
        return self._call("start", _START_GAS, account)

    def reset(self, account: bytes) -> Call:
        """Return the call that begins an auction's new run."""
        return self._call("reset", _START_GAS, account)

    def bid(self, account: bytes, share_wad: int, limit_wad: int, bidder: bytes = b"") -> Call:
        """Return a bidder's bid for a share of an account, at most at a price."""
        return self._call("bid", _BID_GAS, account, share_wad, limit_wad, bidder=bidder)

    def _call(
        self, function: str, gas: int, account: bytes, *arguments: int, bidder: bytes = b""
    ) -> Call:
        data = self._interface.encode(function, account, *arguments)
        call = Call(self._address, data, gas, f"{function}_auction", subject=account)
        return self._about(call, account, bidder)

    # ---- what is for sale -----------------------------------------------------------------------

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Follow starts, resets, bids and ends."""
        for event in events:
            if isinstance(event, AuctionStarted):
                broke = self._phased and event.equity_wad <= 0
                self._runs[event.account] = AuctionRun(event.time_s, event.time_s if broke else 0)
            elif isinstance(event, AuctionReset):
                run = self._runs[event.account]
                run.insolvent_s = event.time_s if event.insolvent else 0
                if not event.insolvent:
                    run.started_s = event.time_s
            elif isinstance(event, AuctionBid):
                self._runs[event.account].reserved_wad += max(event.price_wad - event.fee_wad, 0)
            elif isinstance(event, AuctionEnded):
                del self._runs[event.account]

    def checkpoint(self) -> dict[bytes, AuctionRun]:
        """Return a copy of what is for sale."""
        return {account: replace(run) for account, run in self._runs.items()}

    def restore(self, checkpoint: dict[bytes, AuctionRun]) -> None:
        """Return to a checkpoint."""
        self._runs = {account: replace(run) for account, run in checkpoint.items()}

    def live(self) -> Sequence[LiveAuction]:
        """Return the auctions that run, oldest first."""
        found = [LiveAuction(account, run.started_s) for account, run in self._runs.items()]
        return sorted(found, key=lambda auction: (auction.started_s, auction.account))

    def is_live(self, account: bytes) -> bool:
        """Whether an account is for sale already."""
        return account in self._runs

    def offer(self, account: bytes, prices_usd: Sequence[float], time_s: int) -> AuctionOffer:
        """Return what a bid would get, by the contract's curves and the mirrored accounts."""
        rules, run = self._rules, self._runs[account]
        standing = self._standing(account, prices_usd, time_s)
        elapsed = max(time_s - run.started_s, 0)
        if not self._phased:
            factor = step_factor(rules, elapsed)
            over = elapsed > rules.tail_seconds or factor < rules.top * rules.cusp // WAD
            return self._offer(standing, standing.equity, step_price_up(standing, factor), over)
        broke = standing.equity <= 0 or elapsed >= rules.fast_seconds + rules.slow_seconds
        if broke:
            since = run.insolvent_s or time_s
            price = insolvent_price_up(rules, standing, max(time_s - since, 0))
            return self._offer(standing, standing.equity, price, over=False)
        free = standing.equity - run.reserved_wad
        given = free if free > 0 else standing.equity
        price = given * solvent_factor_up(rules, 0 if run.insolvent_s else elapsed) // WAD
        return self._offer(standing, given, price, over=False)

    def _offer(self, standing: Standing, given: int, price: int, over: bool) -> AuctionOffer:
        fee = min(max(given, 0) * self._rules.fee_ratio // WAD, max(price, 0))
        share = max_share_up(self._rules, standing, given, max(price, 0) - fee)
        return AuctionOffer(over, given / WAD, price / WAD, standing.notional / WAD, share / WAD)

    def _standing(self, account: bytes, prices_usd: Sequence[float], time_s: int) -> Standing:
        row = self._book().index[account]
        health = self._health_at(prices_usd, time_s)
        amounts = (health.equity_usd[row], health.maintenance_usd[row], health.notional_usd[row])
        return Standing(*(round(float(np.round(amount, 9)) * 1e9) * 10**9 for amount in amounts))

    @property
    def _phased(self) -> bool:
        return self._rules.kind == AuctionKind.PHASED

    # ---- what a keeper earns --------------------------------------------------------------------

    def expected_start_reward_usd(self, notional_usd: float) -> float:
        """Return what is due for a start: ``tip + chip * notional``, nothing for dust."""
        if notional_usd < self._rules.dust_notional / WAD:
            return 0.0
        return self._rules.tip / WAD + notional_usd * self._rules.chip / WAD

    def price_wad(self, view: View, account: bytes) -> int:
        """Return what the whole account costs at present, by the contract itself."""
        answer = view(self._address, self._interface.encode("quote", account))
        return int(self._interface.decode_output("quote", answer)["price"])
