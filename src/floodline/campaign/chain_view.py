"""What is known of the chain at a block: what the builder sees at once and the actors later."""

from __future__ import annotations

from dataclasses import dataclass, field

from floodline.actors.desk import Candidate


@dataclass(frozen=True)
class ChainState:
    """The chain right after a block.

    ``tips`` holds the effective tip and the gas used of each transaction of the block;
    ``pool_count`` and ``pool_gas`` are the executable transactions that it left waiting and the sum
    of their gas limits.
    """

    number: int
    time_us: int
    base_fee: int
    next_base_fee: int
    gas_used: int
    gas_limit: int
    tips: tuple[tuple[int, int], ...]
    prices_e8: tuple[int, ...]
    candidates: tuple[Candidate, ...] = field(default=())
    pool_count: int = 0
    pool_gas: int = 0
    target_gas: int = 0
    """Gas of a block at which the base fee stays."""
