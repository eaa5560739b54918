"""Keepers: bots that liquidate accounts for a reward, and pay for gas to do so."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Candidate, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice, Fees, FirstBidOnly
from floodline.actors.keeper_capital import Capital, CapitalParameters
from floodline.actors.keeper_detection import Detection
from floodline.actors.keeper_lifetime import DeathParameters, Lifetimes
from floodline.foundation.units import ETHER, to_us
from floodline.market.amounts import AmountChoice
from floodline.protocols.interface import Call


class KeepersParameters(ActorParameters):
    """Parameters of a group of keepers."""

    count: int = Field(default=3, ge=1, le=200, description="Number of keepers, one account each.")
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How each keeper bids."
    )
    reaction_s: AmountChoice = Field(
        default={"constant": 0.2},
        validate_default=True,
        description="From seeing a block to sending, in seconds, drawn for each keeper and block.",
    )
    detection_s: AmountChoice = Field(
        default={"constant": 0},
        validate_default=True,
        description="From the first block seen in which an account may be liquidated to a keeper's "
        "noticing it, in seconds, drawn for each keeper and account.",
    )
    accounts_each: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Accounts that each keeper sends from in turn; with one, a transaction that "
        "waits holds up all that follow it.",
    )
    rebid: bool = Field(
        default=True,
        description="Whether a keeper may replace what waits; false: its first bid stands, and a "
        "nonce that is stuck stays stuck.",
    )
    capital: CapitalParameters | None = Field(
        default=None, description="What limits how much a keeper takes on; null: nothing."
    )
    deaths: DeathParameters | None = Field(
        default=None, description="When bots die and are started again; null: never."
    )
    max_in_flight: int = Field(
        default=32, ge=1, le=64, description="Liquidations that one keeper has waiting at once."
    )
    order: Literal["reward", "random"] = Field(
        default="random", description="Which account a keeper takes first."
    )
    only_if_profitable: bool = Field(
        default=True,
        description="Leave out liquidations whose expected reward is below the price of their gas.",
    )


@ACTORS.register(
    "keepers",
    KeepersParameters,
    description="Bots that liquidate accounts the contracts allow to be liquidated, for a reward.",
)
class Keepers(Actor):
    """Several keepers that compete with one strategy, each from its own account.

    A keeper sees a block, reacts, and sends a liquidation for each account that it has none waiting
    for. A rival may be first: the loser's transaction reverts and its gas is lost. Several groups,
    each with a name, a region and a strategy of its own, compete in one campaign.
    """

    role: ClassVar[str] = "keeper"

    def __init__(self, parameters: KeepersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        strategy = parameters.fee.build()
        self._strategy = strategy if parameters.rebid else FirstBidOnly(strategy)
        self._reaction = parameters.reaction_s.build()
        self._bidders = [Bidder(desk, self._strategy) for _ in range(parameters.count)]
        self._targets: list[dict[tuple[bytes, str], int]] = [{} for _ in range(parameters.count)]
        self._reaction_stream = desk.stream("reaction")
        self._order_stream = desk.stream("order")
        count = parameters.count
        detection = parameters.detection_s.build()
        self._eyes = [
            Detection(detection, desk.stream(f"detection.{keeper}"), partial(self._wake, keeper))
            for keeper in range(count)
        ]
        self._capital = self._draw_capital()
        self._lifetimes = Lifetimes(parameters.deaths or DeathParameters(), count, desk, self.count)
        self._latest: list[BlockSeen | None] = [None] * count

    def _draw_capital(self) -> list[Capital] | None:
        given = self._parameters.capital
        if given is None:
            return None
        drawn = given.usd.build().sample(self.desk.stream("capital"), self._parameters.count)
        return [Capital(given, total_usd) for total_usd in drawn.tolist()]

    @property
    def sender_count(self) -> int:
        """As many accounts as each keeper has, keeper by keeper."""
        return self._parameters.count * self._parameters.accounts_each

    def start(self) -> None:
        """Schedule the bots' deaths."""
        self._lifetimes.start()

    def on_block(self, block: BlockSeen) -> None:
        """Let each keeper act on the block after its own reaction time."""
        seconds = self._reaction.sample(self._reaction_stream, self._parameters.count)
        for keeper, delay_s in enumerate(seconds.tolist()):
            self.desk.at(self.desk.now_us + to_us(delay_s), partial(self._act, keeper, block))

    def _act(self, keeper: int, block: BlockSeen, _now_us: int) -> None:
        """Bid again for what waits, then go for what has been noticed."""
        if not self._lifetimes.lives(keeper):
            self.count("blocks_missed_dead")
            return
        self.count("bumped", self._bidders[keeper].bump(block))
        self._latest[keeper] = block
        self._eyes[keeper].see(block.candidates, self.desk.now_us)
        self._attempt(keeper, block)

    def _wake(self, keeper: int, time_us: int) -> None:
        self.desk.at(time_us, partial(self._notice, keeper))

    def _notice(self, keeper: int, _now_us: int) -> None:
        block = self._latest[keeper]
        if block is not None and self._lifetimes.lives(keeper):
            self._attempt(keeper, block)

    def _attempt(self, keeper: int, block: BlockSeen) -> None:
        """Go for the accounts that this keeper has noticed and does not go for yet."""
        bidder, targets = self._bidders[keeper], self._targets[keeper]
        now_us = self.desk.now_us
        for candidate in self._ordered(block.candidates):
            target = (candidate.account, candidate.market)
            if not self.desk.protocol.takes_liquidation(*target):
                continue
            if target in targets or not self._eyes[keeper].has_noticed(target, now_us):
                continue
            if len(targets) >= self._parameters.max_in_flight:
                self.count("at_capacity")
                break
            sender = self._sender(keeper)
            call = self.desk.protocol.liquidate(candidate.account, candidate.market)
            worth = self._worth(candidate, call)
            fees = bidder.quote(sender, call, *worth)
            if self._parameters.only_if_profitable and not self._pays(candidate, call, fees):
                self.count("unprofitable")
                continue
            if self._capital and not self._capital[keeper].reaches(candidate.notional_usd, now_us):
                self.count("short_of_capital")
                continue
            self.desk.note_decision(candidate.account)
            intent = bidder.send(sender, call, *worth)
            targets[target] = intent.current.tx_id
            if self._capital:
                self._capital[keeper].tie(target, candidate.notional_usd)
            self.count("attempted")

    def _sender(self, keeper: int) -> int:
        """Return the keeper's account that has the fewest transactions waiting."""
        each = self._parameters.accounts_each
        accounts = self.accounts[keeper * each : (keeper + 1) * each]
        if each == 1:
            return accounts[0].index
        waiting = Counter(intent.current.sender for intent in self._bidders[keeper].waiting)
        return min((account.index for account in accounts), key=lambda index: waiting[index])

    def _ordered(self, candidates: tuple[Candidate, ...]) -> list[Candidate]:
        if self._parameters.order == "reward" or len(candidates) < 2:
            return list(candidates)
        order: list[int] = self._order_stream.permutation(np.arange(len(candidates))).tolist()
        return [candidates[position] for position in order]

    def _reward_usd(self, candidate: Candidate) -> float:
        """Return the reward that the protocol's formula gives at the next base fee.

        What it reckons with for gas is its own budget, whatever the call will use.
        """
        protocol = self.desk.protocol
        base_fee = self.desk.fee_view().next_base_fee
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        reckoned = protocol.liquidation_gas() * base_fee / ETHER * ether_usd
        return protocol.expected_reward_usd(candidate.notional_usd, candidate.equity_usd, reckoned)

    def _gas(self, call: Call) -> int:
        """Return the gas that this kind of liquidation takes of this account."""
        return call.expected_gas or self.desk.protocol.liquidation_gas()

    def _worth(self, candidate: Candidate, call: Call) -> tuple[int, int]:
        """Return the expected reward in wei, and the gas that the liquidation takes."""
        protocol = self.desk.protocol
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        worth_wei = round(max(self._reward_usd(candidate), 0) / ether_usd * ETHER)
        return worth_wei, self._gas(call)

    def _pays(self, candidate: Candidate, call: Call, fees: Fees) -> bool:
        protocol = self.desk.protocol
        price = min(fees.max_fee, self.desk.fee_view().next_base_fee + fees.tip)
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        cost = self._gas(call) * price / ETHER * ether_usd
        return self._reward_usd(candidate) >= cost

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the target for another attempt once its intent has ended."""
        keeper = (sent.sender - self.accounts[0].index) // self._parameters.accounts_each
        ended = self._bidders[keeper].settle(sent, outcome)
        if ended is None:
            return
        target = (ended.call.subject, ended.call.market)
        self._targets[keeper].pop(target, None)
        won = outcome.state == "included"
        if self._capital:
            self._capital[keeper].settle(target, self.desk.now_us, won=won)
        self.count("won" if won else "lost_race" if outcome.state == "reverted" else "lost")
