"""Attacks on the pool, not on blocks: churn, gaps that open at once, and eviction."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import Field

from floodline.actors.attacks.attack import Attack, AttackParameters
from floodline.actors.base import ACTORS
from floodline.actors.desk import Batch, Desk
from floodline.actors.load import LoadChoice
from floodline.foundation.units import SECOND_US, to_gwei_wei, to_us

Integers = npt.NDArray[np.int64]


class PoolAttackParameters(AttackParameters):
    """Parameters of attacks that send in bulk."""

    kind: LoadChoice = Field(
        default="transfer", validate_default=True, description="What each transaction does."
    )
    gas: int = Field(
        default=21_000, ge=21_000, le=2**24, description="Gas wanted by each transaction."
    )


class PoolAttack(Attack):
    """Sends bulk transactions at nonces of its own choice."""

    def __init__(self, parameters: PoolAttackParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._kind = parameters.kind.build()
        self._kind_name = parameters.kind.name
        self._wanted = float(parameters.gas)
        self._payloads = desk.stream("payloads")
        self._serial = 0

    def _send(
        self, now_us: int, senders: Integers, nonces: Integers | None, cap: int, tip: int
    ) -> None:
        """Send one transaction from each entry of `senders`, spread over the next second."""
        count = len(senders)
        gas_limits = self._kind.gas_limits(np.full(count, self._wanted))
        self.desk.offer(
            Batch(
                created_us=now_us + 1 + np.arange(count, dtype=np.int64) * SECOND_US // (count + 1),
                sender=senders.astype(np.int32),
                max_fee=np.full(count, cap, dtype=np.int64),
                tip=np.full(count, min(tip, cap), dtype=np.int64),
                gas_limit=gas_limits,
                size_bytes=self._kind.size_bytes,
                value=self._kind.value,
                kind=self._kind_name,
                payload=self._kind.payload(
                    self.desk.load_contract, gas_limits, self._serial, self._payloads
                ),
                nonce=nonces,
            )
        )
        self._serial += count
        self.count("offered", count)

    def _indices(self) -> Integers:
        return np.array([sender.index for sender in self.accounts], dtype=np.int64)

    def _nonces(self) -> Integers:
        """Return each account's nonce after the latest block."""
        nonces = [self.desk.account_nonce(sender.index) for sender in self.accounts]
        return np.array(nonces, dtype=np.int64)


class ChurnParameters(PoolAttackParameters):
    """Parameters of replacement churn."""

    senders: int = Field(
        default=200, ge=1, le=20_000, description="Accounts, each with one transaction."
    )
    every_s: int = Field(default=2, ge=1, description="Seconds between replacements.")
    first_gwei: float = Field(default=0.01, gt=0, description="First fee cap in gwei a gas.")
    below: float = Field(
        default=0.9, gt=0, description="Goes no higher than this multiple of the next base fee."
    )


@ACTORS.register(
    "churn",
    ChurnParameters,
    description="Replaces its own waiting transactions over and over, too cheap to be included.",
)
class Churn(PoolAttack):
    """Each replacement is valid, travels everywhere, and costs nothing: only the last could pay.

    From 0.01 gwei by a tenth each time there are 47 replacements up to 0.9 gwei.
    """

    def __init__(self, parameters: ChurnParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._cap = to_gwei_wei(parameters.first_gwei)
        self._due_us = 0

    @property
    def sender_count(self) -> int:
        """As many as the campaign says."""
        return self._parameters.senders

    def strike(self, now_us: int, *, first: bool) -> None:
        """Replace everything by the least legal price, as long as that stays below the base fee."""
        del first
        if now_us < self._due_us:
            return
        self._due_us = now_us + to_us(self._parameters.every_s)
        if self._cap > self._parameters.below * self.desk.fee_view().next_base_fee:
            self.count("rounds_stopped_by_price")
            return
        self._send(now_us, self._indices(), self._nonces(), self._cap, self._cap)
        self.count("rounds")
        self._cap = -(-self._cap * 110 // 100) + 1


class NonceGapParameters(PoolAttackParameters):
    """Parameters of a nonce-gap avalanche."""

    senders: int = Field(default=60, ge=1, le=20_000, description="Accounts.")
    depth: int = Field(
        default=16, ge=1, le=64, description="Transactions that wait behind each account's gap."
    )
    hold_s: int = Field(
        default=24, ge=1, description="Seconds from placing them to filling all gaps at once."
    )
    tip_gwei: float = Field(default=3.0, gt=0, description="Tip in gwei a gas.")
    cap_multiple: float = Field(
        default=4.0, gt=0, description="Fee cap = cap_multiple * next base fee + tip."
    )


@ACTORS.register(
    "nonce_gap",
    NonceGapParameters,
    description="Builds up transactions behind nonce gaps, then fills all gaps at once.",
)
class NonceGap(PoolAttack):
    """Sixty accounts with 16 gapped transactions each become 1,020 executable ones in a second.

    The pool holds 1,024 gapped transactions in all; what is beyond is trimmed and lost.
    """

    def __init__(self, parameters: NonceGapParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._tip = to_gwei_wei(parameters.tip_gwei)
        self._release_us: int | None = None

    @property
    def sender_count(self) -> int:
        """As many as the campaign says."""
        return self._parameters.senders

    def strike(self, now_us: int, *, first: bool) -> None:
        """Place what waits behind the gaps; fill them when it is time."""
        given = self._parameters
        if first and self._release_us is None:
            indices, nonces = self._indices(), self._nonces()
            gapped = nonces[:, None] + 1 + np.arange(given.depth)
            self._send(
                now_us, np.repeat(indices, given.depth), gapped.ravel(), self._cap(), self._tip
            )
            self.count("gapped", given.depth * given.senders)
            self._release_us = now_us + to_us(given.hold_s)
        elif self._release_us is not None and now_us >= self._release_us:
            self._send(now_us, self._indices(), self._nonces(), self._cap(), self._tip)
            self.count("gaps_filled", given.senders)
            self._release_us = None

    def _cap(self) -> int:
        base = self.desk.fee_view().next_base_fee
        return round(self._parameters.cap_multiple * base) + self._tip


class EvictionParameters(PoolAttackParameters):
    """Parameters of a pool-eviction flood."""

    slots: int = Field(
        default=6_400,
        ge=1,
        le=100_000,
        description="Transactions kept on offer; the pool has 6,144 slots by default.",
    )
    per_sender: int = Field(
        default=16, ge=1, le=64, description="Transactions of one account; the pool protects 16."
    )
    below: float = Field(
        default=0.9,
        gt=0,
        description="Fee cap over the next base fee: below 1 none is included while the fee lasts.",
    )
    every_s: int = Field(default=12, ge=1, description="Seconds between renewals.")


@ACTORS.register(
    "eviction",
    EvictionParameters,
    description="Fills the pool's slots, not the blocks: pushes out whoever waits at a lower cap.",
)
class Eviction(PoolAttack):
    """Caps just below the base fee: better than any stuck bid's, too low for a block.

    While the base fee stays above the caps it costs nothing. A bid with a cap of 20 gwei that waits
    for the base fee to fall from 60 is pushed out by caps of 54, and is not there when it does.
    """

    def __init__(self, parameters: EvictionParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._due_us = 0

    @property
    def sender_count(self) -> int:
        """Enough that none has more than its protected share."""
        return -(-self._parameters.slots // self._parameters.per_sender)

    def strike(self, now_us: int, *, first: bool) -> None:
        """Offer a pool full."""
        given = self._parameters
        if now_us < self._due_us and not first:
            return
        self._due_us = now_us + to_us(given.every_s)
        cap = max(1, int(given.below * self.desk.fee_view().next_base_fee))
        senders = np.repeat(self._indices(), given.per_sender)[: given.slots]
        nonces = self._nonces()[:, None] + np.arange(given.per_sender)
        self._send(now_us, senders, nonces.ravel()[: given.slots], cap, cap)
        self.count("waves")
