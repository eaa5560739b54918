"""A flood of a devnet that runs already, in real time: bounded, on an absolute schedule.

A campaign models the mempool in virtual time; this does not. It offers transactions to a node as
fast as it is told to, whatever the node makes of them (open loop: what is late is sent late, never
left out of the reckoning), and counts what became of them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

import numpy as np

from floodline.actors.load import LOADS
from floodline.chain.accounts import Account, AccountBook
from floodline.chain.answers import parse
from floodline.chain.devnet import ORDERED_BATCH, DevnetNode
from floodline.chain.hexadecimal import from_quantity, to_data
from floodline.chain.keccak import keccak256
from floodline.chain.rpc import RpcFailure
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.errors import CampaignError
from floodline.foundation.seeds import Streams
from floodline.foundation.units import ETHER, GWEI
from floodline.protocols.interface import Call
from floodline.toolchain.compile import load_artifacts

Kind = Literal["transfer", "storage", "compute", "burner"]

KINDS: Final[dict[Kind, str | None]] = {
    "transfer": None,
    "storage": "StorageWriter",
    "compute": "ComputeBurner",
    "burner": None,
}
"""Kinds of load, each with the compiled contract that it calls."""

LONGEST_S: Final = 600.0
HIGHEST_RATE: Final = 5_000.0
"""Transactions a second; one loopback connection takes about 6,500."""
GRACE_S: Final = 10.0
"""Real seconds after the schedule's end in which late transactions are still sent."""
SETTLE_S: Final = 15.0
"""Real seconds in which the last accepted transactions may get into blocks."""

_BURNER_CODE: Final = bytes.fromhex("5b600056")
"""A jump to itself."""
_SENDERS: Final = 64
_BALANCE_WEI: Final = 1_000_000 * ETHER
_FEES_EVERY_S: Final = 1.0
_POLL_S: Final = 0.1


@dataclass(frozen=True)
class FloodPlan:
    """What to offer.

    Attributes
    ----------
    rate : float
        Transactions a second, at most `HIGHEST_RATE`.
    seconds : float
        How long, at most `LONGEST_S`.
    kind : Kind
        What each transaction does.
    tip_gwei : float
        Tip, in gwei a gas.
    gas : int
        Gas wanted by each transaction; the kind rounds it to what it can use.

    Raises
    ------
    CampaignError
        If the flood would have no bound, or nothing to offer.

    """

    rate: float
    seconds: float
    kind: Kind = "transfer"
    tip_gwei: float = 1.0
    gas: int = 150_000

    def __post_init__(self) -> None:
        if not 0 < self.rate <= HIGHEST_RATE:
            raise CampaignError(
                f"a rate of {self.rate:g} transactions a second is out of bounds",
                f"give a rate above 0 and up to {HIGHEST_RATE:,.0f}",
            )
        if not 0 < self.seconds <= LONGEST_S:
            raise CampaignError(
                f"{self.seconds:g} seconds are out of bounds",
                f"give a time above 0 and up to {LONGEST_S:.0f} seconds",
            )
        if self.kind not in KINDS:
            raise CampaignError(
                f"there is no kind of load called '{self.kind}'", f"one of: {', '.join(KINDS)}"
            )
        if not 0 <= self.tip_gwei <= 1_000_000:
            raise CampaignError(
                f"a tip of {self.tip_gwei:g} gwei is out of bounds", "give 0 to 1,000,000 gwei"
            )
        if not 21_000 <= self.gas <= 2**24:
            raise CampaignError(
                f"{self.gas} gas a transaction are out of bounds", "give 21,000 to 16,777,216 gas"
            )
        if not self.count:
            raise CampaignError(
                f"{self.rate:g} a second for {self.seconds:g} s are no transaction at all",
                "raise the rate or the time",
            )

    @property
    def count(self) -> int:
        """How many transactions the schedule has."""
        return int(self.rate * self.seconds)

    def due(self, elapsed_s: float) -> int:
        """Return how many are due by now: number `i` (from 0) is due ``i / rate`` after the start.

        Examples
        --------
        >>> FloodPlan(rate=10, seconds=2).due(0.25)
        3

        """
        if elapsed_s < 0:
            return 0
        found = int(elapsed_s * self.rate) + 1
        if found / self.rate <= elapsed_s:  # the product was rounded down past a whole number
            found += 1
        return min(self.count, found)


@dataclass(frozen=True)
class FloodCounts:
    """What became of a flood.

    Attributes
    ----------
    scheduled : int
        Transactions that the plan has.
    offered, accepted, refused, included : int
        Sent; taken into the node's pool; not taken; found in blocks when the count was made.
    seconds : float
        Real time from the first transaction to the answer to the last.
    worst_lateness_s : float
        By how much the latest transaction missed its time: the node, or this machine, was busy.
    refusals : dict
        The node's words with how often it said them.

    """

    scheduled: int
    offered: int
    accepted: int
    refused: int
    included: int
    seconds: float
    worst_lateness_s: float
    refusals: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain data, seconds in milliseconds' precision."""
        return {
            **asdict(self),
            "seconds": round(self.seconds, 3),
            "worst_lateness_s": round(self.worst_lateness_s, 3),
        }


def flood_devnet(
    plan: FloodPlan,
    node: DevnetNode,
    *,
    seed: int = 0,
    settle_s: float = SETTLE_S,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> FloodCounts:
    """Flood a devnet and count.

    Parameters
    ----------
    plan : FloodPlan
        What to offer.
    node : DevnetNode
        Where to; it answers Anvil's methods, is on loopback and has a devnet's chain id.
    seed : int
        The flood's own accounts follow from it; their balances are set, nobody else's are touched.
    settle_s : float
        How long to wait at most for the last inclusions, in real seconds.
    clock, sleep : callable
        Real time in seconds, and waiting.

    Raises
    ------
    NodeError
        If the node does not answer, or does not know Anvil's methods.

    """
    return _Flood(plan, node, seed, clock, sleep).run(settle_s)


class _Flood:
    def __init__(
        self,
        plan: FloodPlan,
        node: DevnetNode,
        seed: int,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._plan = plan
        self._node = node
        self._seed = seed
        self._clock = clock
        self._sleep = sleep
        self._senders = AccountBook(seed).accounts("devnet-flood", min(_SENDERS, plan.count))
        node.set_balances([(account.address, _BALANCE_WEI) for account in self._senders])
        self._next = self._nonces("pending")
        self._first = list(self._next)
        self._calls = self._payload(sum(self._first))
        self._base_fee = 0
        self._base_fee_at = float("-inf")

    def _payload(self, serial: int) -> Callable[[int], Call]:
        """Install the contract that the load calls; `serial` keeps storage slots fresh."""
        contract = KINDS[self._plan.kind]
        target = keccak256(f"floodline devnet flood {self._plan.kind}".encode())[12:]
        if contract is not None:
            self._node.set_code(target, load_artifacts()[contract].runtime)
        elif self._plan.kind == "burner":
            self._node.set_code(target, _BURNER_CODE)
        kind = LOADS.create(self._plan.kind, LOADS[self._plan.kind].parameters())
        limits = kind.gas_limits(np.full(self._plan.count, float(self._plan.gas)))
        choices = Streams(self._seed).stream("devnet-flood.payloads")
        return kind.payload(lambda _name: target, limits, serial, choices).call

    def run(self, settle_s: float) -> FloodCounts:
        """Send all that is due when it is due, then wait for blocks."""
        plan, offered, accepted, worst_lateness_s = self._plan, 0, 0, 0.0
        refusals: Counter[str] = Counter()
        start = self._clock()
        while offered < plan.count:
            elapsed = self._clock() - start
            if elapsed > plan.seconds + GRACE_S:
                break
            size = min(plan.due(elapsed) - offered, ORDERED_BATCH, len(self._senders))
            if size <= 0:
                self._sleep(max(0.0, offered / plan.rate - elapsed))
                continue
            worst_lateness_s = max(worst_lateness_s, elapsed - offered / plan.rate)
            for answer in self._send(offered, size):
                if isinstance(answer, RpcFailure):
                    refusals[answer.message] += 1
                else:
                    accepted += 1
            offered += size
        seconds = self._clock() - start
        return FloodCounts(
            scheduled=plan.count,
            offered=offered,
            accepted=accepted,
            refused=offered - accepted,
            included=self._settle(accepted, settle_s),
            seconds=seconds,
            worst_lateness_s=worst_lateness_s,
            refusals=dict(refusals.most_common()),
        )

    def _send(self, first: int, size: int) -> Sequence[bytes | RpcFailure]:
        """Send a batch in which no sender comes twice; a refused transaction keeps its nonce."""
        self._look_at_fees()
        places = [(first + number) % len(self._senders) for number in range(size)]
        raws = [
            self._sign(self._senders[place], self._next[place], self._calls(first + number))
            for number, place in enumerate(places)
        ]
        answers = self._node.submit_ordered(raws)
        for place, answer in zip(places, answers, strict=True):
            if not isinstance(answer, RpcFailure):
                self._next[place] += 1
        return answers

    def _sign(self, sender: Account, nonce: int, call: Call) -> bytes:
        tip = round(self._plan.tip_gwei * GWEI)
        transaction = DynamicFeeTransaction(
            self._node.chain_id,
            nonce,
            tip,
            2 * self._base_fee + tip,
            call.gas_limit,
            call.to,
            call.value,
            call.data,
        )
        return sender.sign(transaction).raw

    def _look_at_fees(self) -> None:
        """Fee caps are twice the base fee of the newest block, looked up once a second."""
        now = self._clock()
        if now - self._base_fee_at >= _FEES_EVERY_S:
            self._base_fee = self._node.block().base_fee
            self._base_fee_at = now

    def _settle(self, accepted: int, settle_s: float) -> int:
        """Return how many got into blocks, waiting for the rest for a while."""
        deadline = self._clock() + settle_s
        while True:
            pairs = zip(self._nonces("latest"), self._first, strict=True)
            included = sum(max(0, now - before) for now, before in pairs)
            if included >= accepted or self._clock() >= deadline:
                return included
            self._sleep(_POLL_S)

    def _nonces(self, block: str) -> list[int]:
        calls = [
            ("eth_getTransactionCount", (to_data(account.address), block))
            for account in self._senders
        ]
        return [parse(from_quantity, answer, "nonce") for answer in self._node.rpc.batch(calls)]
