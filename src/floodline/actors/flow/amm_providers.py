"""Liquidity providers of the spot pools, who take their liquidity away when it is picked off."""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.units import wad

_SPARE: Final = 1.02
"""Tokens that a provider has over its deposit: the pool rounds what it takes up."""


class AmmProvidersParameters(ActorParameters):
    """Parameters of providers of the spot pools."""

    count: int = Field(default=3, ge=1, le=200, description="Number of providers.")
    deposit_usd: float = Field(
        default=1_000_000.0,
        gt=0,
        description="Dollars that each brings to each pool right after genesis, with as much of "
        "the asset.",
    )
    leave_at_gap: float = Field(
        default=0.01,
        gt=0,
        lt=1,
        description="Distance of a pool's price from the true one, over the true one, at which "
        "all of them take everything out.",
    )
    fee: FeeChoice = Field(
        default="percentile", validate_default=True, description="How each one bids."
    )


@ACTORS.register(
    "amm_providers",
    AmmProvidersParameters,
    description="Liquidity providers of the spot pools who pull out when the pool's price is off "
    "the true one: before arbitrageurs trade against them.",
)
class AmmProviders(Actor):
    """Informed providers race arbitrageurs; who is slower pays for the difference.

    A pool off by a share g loses about ``g^2 / 4`` of each side to whoever trades it back: 1 % of
    5,000,000 dollars is 125 dollars, 20 % is 50,000.
    """

    role: ClassVar[str] = "provider"

    def __init__(self, parameters: AmmProvidersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._given = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        self._leaving: set[tuple[int, str]] = set()

    @property
    def sender_count(self) -> int:
        """One account a provider."""
        return self._given.count

    def wallets_usd(self) -> list[float]:
        """Everybody can pay for the deposit in both tokens."""
        return [self._given.deposit_usd * _SPARE] * self._given.count

    def start(self) -> None:
        """Bring liquidity to every pool."""
        amm = self.desk.protocol.amm
        if amm is None:
            return
        for sender in self.accounts:
            for market in self.desk.protocol.markets:
                amount = wad(f"{self._given.deposit_usd:.2f}")
                call = amm.add_liquidity(sender.address, market, amount)
                self._bidder.send(sender.index, call)
                self.count("joined")

    def on_price(self, now_us: int) -> None:
        """Leave pools whose price is off."""
        del now_us
        amm = self.desk.protocol.amm
        if amm is None:
            return
        for market in self.desk.protocol.markets:
            gap = amm.mirrored_price(market) / self.desk.true_price_usd(market) - 1
            if abs(gap) >= self._given.leave_at_gap:
                for sender in self.accounts:
                    self._leave(sender, market)

    def _leave(self, sender: Sender, market: str) -> None:
        amm = self.desk.protocol.amm
        shares = 0 if amm is None else amm.shares_of(sender.address, market)
        if amm is None or shares <= 0 or (sender.index, market) in self._leaving:
            return
        self._leaving.add((sender.index, market))
        self._bidder.send(sender.index, amm.remove_liquidity(sender.address, market, shares))
        self.count("tried")

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits."""
        self.count("bumped", self._bidder.bump(block))

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Count who is out."""
        ended = self._bidder.settle(sent, outcome)
        if ended is None:
            return
        self.count(f"{ended.call.kind}_{outcome.state}")
        if ended.call.kind == "remove_liquidity":
            self._leaving.discard((sent.sender, ended.call.market))
            if outcome.state == "included":
                self.count("got")
