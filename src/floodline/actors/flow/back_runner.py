"""Back-running: liquidations that stand right behind the price that makes them possible."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from floodline.actors.base import ACTORS
from floodline.actors.desk import BlockSeen, Candidate, Desk, Outcome, PendingSeen, Sent
from floodline.actors.fees import Fees
from floodline.actors.flow.places import can_follow, just_after, just_before
from floodline.actors.flow.searcher import Searcher, SearcherParameters
from floodline.foundation.units import ETHER, FEED, SECOND_US
from floodline.protocols.interface import Call

_Target = tuple[bytes, str]


class BackRunnerParameters(SearcherParameters):
    """Parameters of a back-running liquidator."""

    follows: Literal["updates", "rivals", "both"] = Field(
        default="both",
        description="updates: stands behind a pending oracle update with what that makes "
        "liquidatable; rivals: copies others' pending liquidations at one wei more; both.",
    )
    max_each: int = Field(
        default=16, ge=1, le=64, description="Most liquidations behind one update."
    )


@ACTORS.register(
    "back_runner",
    BackRunnerParameters,
    description="A liquidator who reacts to pending oracle updates and to rivals' pending "
    "liquidations, not to blocks.",
)
class BackRunner(Searcher):
    """Reckons every account's health at the price that an update will bring, and stands behind it.

    Keepers who wait for the block learn of the same accounts a slot later. Against a rival's bid
    that it sees, the same call for one wei a gas more takes the reward, and the rival pays for a
    revert.
    """

    def __init__(self, parameters: BackRunnerParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._follows = parameters.follows
        self._most = parameters.max_each
        self._targets: dict[int, _Target] = {}
        self._turn = 0
        self._gap_us = 0
        self._last_us = 0

    def deposits_usd(self) -> list[float]:
        """Nothing: a liquidator needs gas, no collateral."""
        return []

    def on_block(self, block: BlockSeen) -> None:
        """Learn how long blocks take."""
        self._gap_us, self._last_us = block.time_us - self._last_us, block.time_us

    def look(self) -> None:
        """React to what has become visible."""
        base_fee = self.desk.fee_view().next_base_fee
        if self._follows != "rivals":
            for seen in self.desk.pending("push_price"):
                if can_follow(seen.fees, base_fee) and self.first_sight(seen.sender, seen.nonce):
                    self._behind(seen, base_fee)
        if self._follows != "updates":
            for seen in self.desk.pending("liquidate"):
                if self.first_sight(seen.sender, seen.nonce):
                    self._instead_of(seen, base_fee)

    def _behind(self, seen: PendingSeen, base_fee: int) -> None:
        """Send what an update will make liquidatable, right behind it."""
        calldata = self.desk.protocol.calldata
        read = None if calldata is None else calldata.price(seen.call)
        if read is None:
            return
        bid = just_after(seen.fees, base_fee)
        for found in self._candidates(read.market, read.price_e8 / FEED):
            self._send(found, bid)

    def _candidates(self, market: str, price_usd: float) -> list[Candidate]:
        """Return who is liquidatable at a market's new price and was not before."""
        protocol = self.desk.protocol
        book = protocol.book
        old = np.array([self.desk.chain_price_usd(name) for name in protocol.markets])
        new = old.copy()
        new[book.market_index[market]] = price_usd
        time_s = self.desk.genesis_s + (self._last_us + self._gap_us) / SECOND_US
        after = protocol.health_at(new, time_s)
        rows = np.flatnonzero(after.liquidatable & ~protocol.health_at(old, time_s).liquidatable)
        found = [
            Candidate(
                book.addresses[row],
                name,
                abs(float(book.size[row, column])) * float(new[column]),
                float(after.equity_usd[row]),
            )
            for row in rows.tolist()
            for column, name in enumerate(book.markets)
            if book.size_wad[row][column]
        ]
        found.sort(key=lambda one: (-one.notional_usd, one.account))
        return found[: self._most]

    def _instead_of(self, seen: PendingSeen, base_fee: int) -> None:
        """Copy a rival's liquidation at one wei more."""
        book = self.desk.protocol.book
        row = book.index.get(seen.call.subject)
        if row is None or seen.call.market not in book.market_index:
            return
        prices = [self.desk.chain_price_usd(name) for name in book.markets]
        time_s = self.desk.genesis_s + self.desk.now_us / SECOND_US
        equity = self.desk.protocol.health_at(np.array(prices), time_s).equity_usd[row]
        column = book.market_index[seen.call.market]
        notional = abs(float(book.size[row, column])) * prices[column]
        target = Candidate(seen.call.subject, seen.call.market, notional, float(equity))
        self._send(target, just_before(seen.fees, base_fee))

    def _send(self, found: Candidate, bid: Fees) -> None:
        if (found.account, found.market) in self._targets.values() or found.notional_usd <= 0:
            return
        if not self.desk.protocol.takes_liquidation(found.account, found.market):
            return
        call = self.desk.protocol.liquidate(found.account, found.market)
        if self._profit_usd(found, call, bid) < self._given.min_profit_usd:
            self.count("unprofitable")
            return
        self._turn = (self._turn + 1) % len(self.accounts)  # a stuck nonce holds up little
        self.desk.note_decision(found.account)
        sent = self.send(self.accounts[self._turn], call, bid)
        self._targets[sent.tx_id] = (found.account, found.market)
        self.count("tried")

    def _profit_usd(self, found: Candidate, call: Call, bid: Fees) -> float:
        protocol = self.desk.protocol
        base_fee = self.desk.fee_view().next_base_fee
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        gas = call.expected_gas or protocol.liquidation_gas()
        reckoned = protocol.liquidation_gas() * base_fee / ETHER * ether_usd
        cost = gas * min(bid.max_fee, base_fee + bid.tip) / ETHER * ether_usd
        reward = protocol.expected_reward_usd(found.notional_usd, found.equity_usd, reckoned)
        return reward - cost

    def ended(self, call: Call, sent: Sent, outcome: Outcome) -> None:
        """Free the target, and count what was won."""
        super().ended(call, sent, outcome)
        self._targets.pop(sent.tx_id, None)
        if outcome.state == "included":
            self.count("got")
