"""What makes a transaction valid before its sender's account is looked at."""

from __future__ import annotations

from typing import Final

from floodline.mempool.states import Reason
from floodline.mempool.transaction import SLOT_BYTES, PooledTransaction

TRANSACTION_GAS_CAP: Final = 2**24
"""No transaction may have a gas limit above 16,777,216 (EIP-7825)."""
LARGEST_BYTES: Final = 4 * SLOT_BYTES
"""The largest transaction that the pool takes, 128 KiB."""
FEE_CEILING: Final = 2**256


def standalone_fault(
    tx: PooledTransaction, *, price_limit: int, block_gas_limit: int
) -> Reason | None:
    """Return why a transaction is invalid whatever its sender's account holds, or None.

    Parameters
    ----------
    tx : PooledTransaction
        The newcomer.
    price_limit : int
        Least priority fee, wei per gas.
    block_gas_limit : int
        Gas limit of the latest block.

    Notes
    -----
    The checks come in geth's order, so a transaction that breaks several rules is refused for the
    same one.

    """
    gas = tx.gas_limit
    tip = tx.tip
    if (
        tx.size_bytes <= LARGEST_BYTES
        and tx.minimum_gas <= gas <= TRANSACTION_GAS_CAP
        and gas <= block_gas_limit
        and price_limit <= tip <= tx.max_fee < FEE_CEILING
        and tx.value >= 0
    ):
        return None
    rules = (
        (tx.size_bytes > LARGEST_BYTES, Reason.OVERSIZED),
        (gas > TRANSACTION_GAS_CAP, Reason.GAS_ABOVE_TRANSACTION_CAP),
        (tx.value < 0, Reason.NEGATIVE_VALUE),
        (gas > block_gas_limit, Reason.GAS_ABOVE_BLOCK_LIMIT),
        (tx.max_fee >= FEE_CEILING or tip >= FEE_CEILING, Reason.FEE_TOO_LARGE),
        (tip > tx.max_fee, Reason.TIP_ABOVE_MAX_FEE),
        (gas < tx.minimum_gas, Reason.INTRINSIC_GAS),
    )
    for broken, reason in rules:
        if broken:
            return reason
    return Reason.TIP_BELOW_MINIMUM


def may_replace(old: PooledTransaction, new: PooledTransaction, price_bump: int) -> bool:
    """Return whether a newcomer is dear enough to take an older transaction's nonce.

    Parameters
    ----------
    old, new : PooledTransaction
        Two transactions of one sender with one nonce.
    price_bump : int
        Percent.

    Notes
    -----
    Both fee fields must rise, and to at least ``old * (100 + bump) // 100``: from cap 99 and tip 9
    to cap 108 and tip 10 is enough at 10 percent (integer division gives 108 and 9), cap 108 with
    tip 9 is not.

    """
    if new.max_fee <= old.max_fee or new.tip <= old.tip:
        return False
    percent = 100 + price_bump
    return new.max_fee >= old.max_fee * percent // 100 and new.tip >= old.tip * percent // 100
