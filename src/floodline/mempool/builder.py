"""Block building: which pending transactions go into the next block, in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from pydantic import Field

from floodline.foundation.registry import Parameters, Registry
from floodline.mempool.ordering import AccountQueue
from floodline.mempool.pool import TransactionPool
from floodline.mempool.transaction import MINIMUM_GAS, PooledTransaction

BLOCK_BYTES: Final = 8 * 1024 * 1024 - 1_000_000
"""geth stops filling a block here: 8 MiB (EIP-7934) less a margin of a million bytes."""

Predict = Callable[[PooledTransaction], tuple[int, int]]
"""Takes a transaction; returns the gas it is expected to use and the least it plausibly uses."""


@dataclass(frozen=True)
class BlockPlan:
    """What the builder offers the node.

    Attributes
    ----------
    transactions : list of PooledTransaction
        In block order; usually a few more than fit.
    predicted_gas : int
        Gas that the block uses if every transaction uses what is expected.

    """

    transactions: list[PooledTransaction]
    predicted_gas: int


class BlockBuilder(Protocol):
    """A policy of block building."""

    def build(
        self,
        pool: TransactionPool,
        *,
        base_fee: int,
        gas_limit: int,
        predict: Predict,
        min_tip: int = 0,
    ) -> BlockPlan:
        """Choose and order transactions for one block; the pool is not changed.

        Parameters
        ----------
        pool : TransactionPool
            What there is to choose from.
        base_fee : int
            The block's base fee, wei per gas.
        gas_limit : int
            The block's gas limit.
        predict : callable
            Tells a transaction's expected and least plausible gas use.
        min_tip : int
            Least effective tip, wei per gas; a stricter minimum of the builder's own stands.

        """
        ...


BUILDERS: Registry[BlockBuilder] = Registry("builder policy")


class _GasLeft:
    """The gas left in a block if transactions use a given amount, and whom it skipped."""

    __slots__ = ("_skipped", "gas")

    def __init__(self, gas_limit: int) -> None:
        self.gas = gas_limit
        self._skipped: set[int] = set()

    def admits(self, tx: PooledTransaction) -> bool:
        """Return whether the gas limit fits; an account of which one did not is skipped."""
        if tx.sender in self._skipped:
            return False
        if tx.gas_limit <= self.gas:
            return True
        self._skipped.add(tx.sender)
        return False


class PriorityParameters(Parameters):
    """Parameters of the priority builder."""

    min_tip_wei: int = Field(
        1_000_000, ge=0, description="Least effective tip, wei per gas (geth's miner: 1,000,000)."
    )


@BUILDERS.register(
    "priority",
    PriorityParameters,
    description="Highest effective tip first, then first seen, as geth's miner does.",
    shorthand="min_tip_wei",
)
class PriorityBuilder:
    """geth's miner: the best paying account head first, nonces in order.

    A transaction whose gas limit exceeds the gas left makes its whole account be skipped. What is
    taken from the gas left is the gas *used*; below 21,000 left, or near 8 MiB, the block is done.

    Gas used is known only after the node executed, so the block is filled twice at once: with what
    each transaction is expected to use, and with the least it plausibly uses. The plan holds what
    either filling admits. The node, which skips what does not fit and goes on, then decides:
    exactly as geth would if all use what was expected or all use the least, and nearly so in
    between. `BlockPlan.predicted_gas` is of the expected filling.

    Parameters
    ----------
    parameters : PriorityParameters, optional
        The builder's own minimum.

    Notes
    -----
    With a limit of 100,000 and calls that have a gas limit of 60,000, are expected to use 50,000
    and use 30,000 at least: one is expected to fit (50,000 are left), two fit at least use (40,000
    are left after them), so two are offered and 50,000 is predicted.

    """

    def __init__(self, parameters: PriorityParameters | None = None) -> None:
        self.parameters = parameters or PriorityParameters()

    def build(
        self,
        pool: TransactionPool,
        *,
        base_fee: int,
        gas_limit: int,
        predict: Predict,
        min_tip: int = 0,
    ) -> BlockPlan:
        """Choose and order transactions for one block; see `BlockBuilder.build`."""
        accounts = AccountQueue(
            pool, base_fee=base_fee, min_tip=max(min_tip, self.parameters.min_tip_wei)
        )
        expected, least = _GasLeft(gas_limit), _GasLeft(gas_limit)
        plan: list[PooledTransaction] = []
        size = 0
        while max(expected.gas, least.gas) >= MINIMUM_GAS:
            tx = accounts.take()
            if tx is None:
                break
            fits_expected, fits_least = expected.admits(tx), least.admits(tx)
            if not (fits_expected or fits_least):
                continue
            size += tx.size_bytes
            if size >= BLOCK_BYTES:
                break
            expected_used, least_used = predict(tx)
            if fits_expected:
                expected.gas -= min(expected_used, tx.gas_limit)
            if fits_least:
                least.gas -= min(least_used, tx.gas_limit)
            plan.append(tx)
            accounts.follow(tx)
        return BlockPlan(plan, gas_limit - expected.gas)
