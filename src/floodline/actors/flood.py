"""The flood: load that nobody needs, offered at a price."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from floodline.actors.arrivals import ArrivalChoice, Scale
from floodline.actors.base import ACTORS, Actor, ActorParameters
from floodline.actors.desk import Batch, Desk
from floodline.actors.load import LoadChoice
from floodline.foundation.units import GWEI, SECOND_US, to_us
from floodline.foundation.zipf import Zipf
from floodline.market.amounts import AmountChoice

Integers = npt.NDArray[np.int64]

_WINDOW_US = 1 * SECOND_US
_LARGEST_FEE = 2**62


class FloodParameters(ActorParameters):
    """Parameters of a flood."""

    arrival: ArrivalChoice = Field(description="When transactions are created.")
    kind: LoadChoice = Field(
        default="storage", validate_default=True, description="What each transaction does."
    )
    from_s: float = Field(default=0.0, ge=0, description="Begin, in seconds after genesis.")
    to_s: float | None = Field(
        default=None, ge=0, description="End, in seconds after genesis; the run's end if left out."
    )
    gas: AmountChoice = Field(
        default={"lognormal": {"median": 150_000, "sigma": 0.6}},
        validate_default=True,
        description="Gas wanted by one transaction; each kind rounds it to what it can use.",
    )
    tip_gwei: AmountChoice = Field(
        default={"lognormal": {"median": 2, "sigma": 0.7}},
        validate_default=True,
        description="Tip of each transaction, in gwei a gas.",
    )
    cap_multiple: float = Field(
        default=2.0, gt=0, description="Fee cap = cap_multiple * next base fee + tip at creation."
    )
    max_fee_gwei: float | None = Field(
        default=None, gt=0, description="Fee cap in gwei a gas, instead of cap_multiple."
    )
    senders: int = Field(
        default=8000,
        ge=1,
        le=50_000,
        description="Accounts that the flood is spread over; with fewer than the pool has slots, a "
        "cheap transaction that waits holds up its account's later ones.",
    )
    sender_skew: float = Field(
        default=0.0,
        ge=0,
        le=4,
        description="Zipf exponent of the senders: 0 lets them take turns, 1 lets a few send most.",
    )

    @model_validator(mode="after")
    def _window(self) -> FloodParameters:
        if self.to_s is not None and self.to_s <= self.from_s:
            raise ValueError(f"to_s ({self.to_s}) must lie after from_s ({self.from_s})")
        return self


@ACTORS.register(
    "flood", FloodParameters, description="Offers transactions in bulk, priced by a distribution."
)
class Flood(Actor):
    """Creates load second by second; it neither watches nor waits.

    Within one second every fee cap is reckoned from the base fee known at its beginning.
    """

    role: ClassVar[str] = "flood"

    def __init__(self, parameters: FloodParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._arrival = parameters.arrival.build()
        self._kind = parameters.kind.build()
        self._gas = parameters.gas.build()
        self._tip = parameters.tip_gwei.build()
        self._times_stream = desk.stream("arrivals")
        self._gas_stream = desk.stream("gas")
        self._tip_stream = desk.stream("tips")
        self._offered = 0
        probe = self._gas.sample(desk.stream("mean gas"), 4096)
        mean_gas = float(self._kind.gas_limits(probe).mean())
        self._scale = Scale(mean_gas, desk.target_gas_per_s)
        self._turns = Zipf(parameters.senders, parameters.sender_skew)
        self._sender_stream = desk.stream("senders")
        self._payload_stream = desk.stream("payloads")

    @property
    def sender_count(self) -> int:
        """As many as the campaign says."""
        return self._parameters.senders

    def start(self) -> None:
        """Schedule the first window."""
        self._begin_us = max(self.desk.now_us, to_us(self._parameters.from_s))
        to_s = self._parameters.to_s
        self._end_us = self.desk.end_us if to_s is None else min(to_us(to_s), self.desk.end_us)
        if self._begin_us < self._end_us:
            self.desk.at(self._begin_us, self._window)

    def _window(self, now_us: int) -> None:
        end_us = min(now_us + _WINDOW_US, self._end_us)
        begin_us = self._begin_us
        times = begin_us + self._arrival.times_us(
            self._times_stream, now_us - begin_us, end_us - begin_us, self._scale
        )
        count = len(times)
        if count:
            wanted = self._gas.sample(self._gas_stream, count)
            tips = np.rint(self._tip.sample(self._tip_stream, count) * GWEI)
            self._offer(times, self._kind.gas_limits(wanted), tips.astype(np.int64))
        if end_us < self._end_us:
            self.desk.at(end_us, self._window)

    def _senders(self, count: int) -> Integers:
        """Return who sends: the accounts in turn, or the lower numbers more often."""
        if self._parameters.sender_skew:
            return self._turns.sample(self._sender_stream, count)
        return (self._offered + np.arange(count, dtype=np.int64)) % self._parameters.senders

    def _offer(self, times: Integers, gas_limits: Integers, tips: Integers) -> None:
        count = len(times)
        given = self._parameters
        if given.max_fee_gwei is not None:
            caps = np.full(count, round(given.max_fee_gwei * GWEI), dtype=np.int64)
        else:
            base = round(given.cap_multiple * self.desk.fee_view().next_base_fee)
            caps = np.minimum(base + tips, _LARGEST_FEE)
        accounts = self.accounts
        first = accounts[0].index
        senders = first + self._senders(count)
        self.desk.offer(
            Batch(
                created_us=times,
                sender=senders.astype(np.int32),
                max_fee=caps,
                tip=np.minimum(tips, caps),
                gas_limit=gas_limits,
                size_bytes=self._kind.size_bytes,
                value=self._kind.value,
                kind=self._parameters.kind.name,
                payload=self._kind.payload(
                    self.desk.load_contract, gas_limits, self._offered, self._payload_stream
                ),
            )
        )
        self._offered += count
        self.count("offered", count)
        self.count("gas_offered", int(gas_limits.sum()))
