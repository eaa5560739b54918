"""Block building: which pending transactions go into the next block, in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from floodline.foundation.registry import Registry
from floodline.mempool.pool import TransactionPool
from floodline.mempool.transaction import PooledTransaction

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


class Traits(Protocol):
    """What a builder can tell of a transaction besides its price."""

    def kind(self, tx: PooledTransaction) -> str:
        """Return what it does (``liquidate``, ``push_price``, ``storage``, ...)."""

    def actor(self, tx: PooledTransaction) -> str:
        """Return the name of the actor that sent it."""

    def role(self, tx: PooledTransaction) -> str:
        """Return that actor's role (``keeper``, ``oracle``, ...)."""

    def sender(self, tx: PooledTransaction) -> bytes:
        """Return the sending address."""

    def recipient(self, tx: PooledTransaction) -> bytes:
        """Return the address that it calls."""


@dataclass(frozen=True)
class Surroundings:
    """What a builder is given besides its parameters.

    Attributes
    ----------
    rng : numpy.random.Generator
        The builder's own stream.
    traits : Traits
        Tells transactions apart.
    private_pool : TransactionPool, optional
        What was sent to the builder alone, where it takes such.

    """

    rng: np.random.Generator
    traits: Traits
    private_pool: TransactionPool | None = None


class BlockBuilder(Protocol):
    """A policy of block building; made from its parameters and `Surroundings`."""

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
