"""The background: everybody else on the chain, who come when gas is cheap and go when it is not."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from floodline.actors.base import ACTORS, Actor, ActorParameters
from floodline.actors.demand import ElasticDemand
from floodline.actors.desk import Batch, Desk
from floodline.actors.load import LoadChoice
from floodline.foundation.units import SECOND_US, to_gwei_wei
from floodline.market.amounts import AmountChoice

Integers = npt.NDArray[np.int64]

_LOOK_US: Final = 1 * SECOND_US
"""How long after the slot's beginning demand looks at the base fee."""
_SPREAD: Final = 0.7
"""Share of a slot over which its demand is created."""
LEAST_SENDERS: Final = 1_000
MOST_SENDERS: Final = 50_000
_GAS_A_SENDER: Final = 1_500_000


class BackgroundParameters(ActorParameters):
    """Parameters of the background demand; the defaults are calibrated on Ethereum mainnet.

    `floodline calibrate background` fits elasticity, price_sd and burst to a trace of blocks; the
    defaults stem from 340 blocks of 1 January 2025 (21,527,387 and following).
    """

    price_gwei: float | None = Field(
        default=None,
        gt=0,
        description="Base fee at which demand fills the gas target in the middle, in gwei a gas; "
        "that of the first block if left out.",
    )
    elasticity: float = Field(
        default=10.0,
        gt=0,
        le=100,
        description="Percent by which demand falls when the base fee rises by one percent.",
    )
    price_sd: float = Field(
        default=0.3,
        ge=0,
        le=3,
        description="How much the price at which demand fills the target varies from slot to slot "
        "(standard deviation of its logarithm).",
    )
    burst: float = Field(
        default=2.0, gt=0, le=10, description="Largest demand of one slot over the gas target."
    )
    tip_share: AmountChoice = Field(
        default={"lognormal": {"median": 0.05, "sigma": 1.0}},
        validate_default=True,
        description="Tip of each transaction over price_gwei.",
    )
    gas: AmountChoice = Field(
        default={"lognormal": {"median": 200_000, "sigma": 0.6}},
        validate_default=True,
        description="Gas wanted by one transaction; each kind rounds it to what it can use.",
    )
    kind: LoadChoice = Field(
        default="reads", validate_default=True, description="What each transaction does."
    )
    senders: int | None = Field(
        default=None,
        ge=1,
        le=MOST_SENDERS,
        description="Accounts that the demand is spread over; if left out, one for every 1.5 "
        "million gas of the campaign's gas target (some six transactions each), at least 1,000. "
        "With too few, whoever waits at a low cap holds up its sender's later transactions, and "
        "blocks grow alike.",
    )


@ACTORS.register(
    "background",
    BackgroundParameters,
    description="Elastic demand of everybody else: keeps the base fee hovering, blocks near empty "
    "or near full, as on mainnet. Part of every campaign unless `background: off`.",
)
class Background(Actor):
    """Slot by slot, those who would pay the next base fee come, each with a cap of their own.

    Who would not pay it is never created: while a flood holds the base fee high the background
    costs nothing. Every slot draws the same number of random numbers whatever the base fee is, so
    that campaigns that differ in one factor share all of them.
    """

    role: ClassVar[str] = "background"

    def __init__(self, parameters: BackgroundParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._kind = parameters.kind.build()
        self._gas = parameters.gas.build()
        self._tip = parameters.tip_share.build()
        self._demand = ElasticDemand(parameters.elasticity, parameters.price_sd, parameters.burst)
        self._shocks = desk.stream("shocks")
        self._gas_stream = desk.stream("gas")
        self._tip_stream = desk.stream("tips")
        self._uniforms = desk.stream("uniforms")
        self._payloads = desk.stream("payloads")
        self._offered = 0
        self._senders = parameters.senders or _senders_for(
            desk.end_us / SECOND_US * desk.target_gas_per_s
        )

    @property
    def sender_count(self) -> int:
        """As many as the campaign says, or as its gas target wants."""
        return self._senders

    def start(self) -> None:
        """Fix the price level, and look at the base fee once a slot."""
        view = self.desk.fee_view()
        given = self._parameters.price_gwei
        self._price = view.next_base_fee if given is None else to_gwei_wei(given)
        self._target = view.gas_target
        self._slot_us = round(view.gas_target / self.desk.target_gas_per_s * SECOND_US)
        mean_gas = float(self._kind.gas_limits(np.array([self._gas.mean]))[0])
        self._most = 16 + round(1.5 * self._parameters.burst * self._target / mean_gas)
        self.desk.at(self.desk.now_us + min(_LOOK_US, self._slot_us // 4), self._slot)

    def _slot(self, now_us: int) -> None:
        if now_us + self._slot_us < self.desk.end_us:
            self.desk.at(now_us + self._slot_us, self._slot)
        most = self._most
        shock = float(self._shocks.standard_normal())
        gas_limits = self._kind.gas_limits(self._gas.sample(self._gas_stream, most))
        tips = np.rint(self._tip.sample(self._tip_stream, most) * self._price).astype(np.int64)
        ranks, moments = self._uniforms.random((2, most))
        base_fee = self.desk.fee_view().next_base_fee
        wanted = self._demand.volume(base_fee, self._price, shock) * self._target
        count = int(np.searchsorted(np.cumsum(gas_limits), wanted, side="right"))
        if not count:
            return
        caps = np.minimum(self._demand.willingness(base_fee, 1 - ranks[:count]), 2.0**62)
        created = now_us + 1 + np.sort((moments[:count] * _SPREAD * self._slot_us).astype(np.int64))
        created = created[created <= self.desk.end_us]
        self._offer(created, gas_limits, caps.astype(np.int64), tips)

    def _offer(
        self,
        created: Integers,
        gas_limits: Integers,
        caps: Integers,
        tips: Integers,
    ) -> None:
        count = len(created)
        if not count:
            return
        numbers = (self._offered + np.arange(count)) % self._senders
        gas_limits = gas_limits[:count]
        self.desk.offer(
            Batch(
                created_us=created,
                sender=(self.accounts[0].index + numbers).astype(np.int32),
                max_fee=caps[:count],
                tip=np.minimum(tips[:count], caps[:count]),
                gas_limit=gas_limits,
                size_bytes=self._kind.size_bytes,
                value=self._kind.value,
                kind=self._parameters.kind.name,
                payload=self._kind.payload(
                    self.desk.load_contract, gas_limits, self._offered, self._payloads
                ),
            )
        )
        self._offered += count
        self.count("offered", count)
        self.count("gas_offered", int(gas_limits.sum()))


def _senders_for(target_gas: float) -> int:
    """Return how many accounts share a campaign's demand: 1,020 for 102 slots of 15 million."""
    return min(MOST_SENDERS, max(LEAST_SENDERS, int(target_gas // _GAS_A_SENDER)))
