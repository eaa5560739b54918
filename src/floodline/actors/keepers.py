"""Keepers: bots that liquidate accounts for a reward, and pay for gas to do so."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Candidate, Desk, Outcome, Sent
from floodline.actors.fees import FeeChoice, Fees
from floodline.foundation.units import ETHER, to_us
from floodline.market.amounts import AmountChoice


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
    for. A rival may be first: the loser's transaction reverts and its gas is lost.
    """

    role: ClassVar[str] = "keeper"

    def __init__(self, parameters: KeepersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._strategy = parameters.fee.build()
        self._reaction = parameters.reaction_s.build()
        self._bidders = [Bidder(desk, self._strategy) for _ in range(parameters.count)]
        self._targets: list[dict[tuple[bytes, str], int]] = [{} for _ in range(parameters.count)]
        self._reaction_stream = desk.stream("reaction")
        self._order_stream = desk.stream("order")

    @property
    def sender_count(self) -> int:
        """One account a keeper."""
        return self._parameters.count

    def on_block(self, block: BlockSeen) -> None:
        """Let each keeper act on the block after its own reaction time."""
        seconds = self._reaction.sample(self._reaction_stream, self._parameters.count)
        for keeper, delay_s in enumerate(seconds.tolist()):
            self.desk.at(self.desk.now_us + to_us(delay_s), partial(self._act, keeper, block))

    def _act(self, keeper: int, block: BlockSeen, _now_us: int) -> None:
        """Bid again for what waits, then go for the accounts that nobody of ours goes for yet."""
        bidder = self._bidders[keeper]
        targets = self._targets[keeper]
        self.count("bumped", bidder.bump(block))
        sender = self.accounts[keeper].index
        for candidate in self._ordered(block.candidates):
            target = (candidate.account, candidate.market)
            if target in targets:
                continue
            if len(targets) >= self._parameters.max_in_flight:
                self.count("at_capacity")
                break
            call = self.desk.protocol.liquidate(candidate.account, candidate.market)
            fees = bidder.quote(sender, call, *self._worth(candidate))
            if self._parameters.only_if_profitable and not self._pays(candidate, fees):
                self.count("unprofitable")
                continue
            self.desk.note_decision(candidate.account)
            intent = bidder.send(sender, call, *self._worth(candidate))
            targets[target] = intent.current.tx_id
            self.count("attempted")

    def _ordered(self, candidates: tuple[Candidate, ...]) -> list[Candidate]:
        if self._parameters.order == "reward" or len(candidates) < 2:
            return list(candidates)
        order: list[int] = self._order_stream.permutation(np.arange(len(candidates))).tolist()
        return [candidates[position] for position in order]

    def _reward_usd(self, candidate: Candidate) -> float:
        """Return the reward that the protocol's formula gives at the next base fee."""
        protocol = self.desk.protocol
        base_fee = self.desk.fee_view().next_base_fee
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        reckoned = protocol.liquidation_gas() * base_fee / ETHER * ether_usd
        return protocol.expected_reward_usd(candidate.notional_usd, candidate.equity_usd, reckoned)

    def _worth(self, candidate: Candidate) -> tuple[int, int]:
        """Return the expected reward in wei, and the gas that the liquidation takes."""
        protocol = self.desk.protocol
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        worth_wei = round(max(self._reward_usd(candidate), 0) / ether_usd * ETHER)
        return worth_wei, protocol.liquidation_gas()

    def _pays(self, candidate: Candidate, fees: Fees) -> bool:
        protocol = self.desk.protocol
        price = min(fees.max_fee, self.desk.fee_view().next_base_fee + fees.tip)
        ether_usd = self.desk.chain_price_usd(protocol.gas_market)
        cost = protocol.liquidation_gas() * price / ETHER * ether_usd
        return self._reward_usd(candidate) >= cost

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Free the target for another attempt once its intent has ended."""
        for keeper, sender in enumerate(self.accounts):
            if sender.index != sent.sender:
                continue
            ended = self._bidders[keeper].settle(sent, outcome)
            if ended is None:
                return
            self._targets[keeper].pop((ended.call.subject, ended.call.market), None)
            won = outcome.state == "included"
            self.count("won" if won else "lost_race" if outcome.state == "reverted" else "lost")
