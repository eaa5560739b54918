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

_TRANSFER_GAS: Final = 21_000
_CREATION_GAS: Final = 53_000
_ZERO_BYTE_GAS: Final = 4
_NONZERO_BYTE_GAS: Final = 16
_INIT_CODE_WORD_GAS: Final = 2
_TOKENS_PER_NONZERO_BYTE: Final = 4
_FLOOR_GAS_PER_TOKEN: Final = 10


def intrinsic_gas(zero_bytes: int, nonzero_bytes: int, *, creates: bool = False) -> int:
    """Return the gas that a transaction uses before its first instruction.

    Parameters
    ----------
    zero_bytes, nonzero_bytes : int
        Bytes of calldata (or init code) that are zero, and that are not.
    creates : bool
        Whether it deploys a contract.

    Notes
    -----
    Yellow Paper appendix G with EIP-2028 and EIP-3860; no access list. A call with 31 zero and 5
    other bytes needs 21,000 + 31 * 4 + 5 * 16 = 21,204.

    """
    gas = _CREATION_GAS if creates else _TRANSFER_GAS
    gas += zero_bytes * _ZERO_BYTE_GAS + nonzero_bytes * _NONZERO_BYTE_GAS
    if creates:
        gas += (zero_bytes + nonzero_bytes + 31) // 32 * _INIT_CODE_WORD_GAS
    return gas


def calldata_floor_gas(zero_bytes: int, nonzero_bytes: int) -> int:
    """Return the least gas that a transaction pays for, however little it executes (EIP-7623).

    Ten gas for each token, a byte being one token if zero and four otherwise: 31 zero and 5 other
    bytes are 51 tokens, so 21,510.
    """
    tokens = zero_bytes + nonzero_bytes * _TOKENS_PER_NONZERO_BYTE
    return _TRANSFER_GAS + tokens * _FLOOR_GAS_PER_TOKEN


def minimum_gas(data: bytes, *, creates: bool = False) -> int:
    """Return the least valid gas limit of a transaction with this calldata.

    Examples
    --------
    >>> minimum_gas(b"")
    21000
    >>> minimum_gas(bytes(31) + b"floor")
    21510

    """
    zeros = data.count(0)
    others = len(data) - zeros
    return max(intrinsic_gas(zeros, others, creates=creates), calldata_floor_gas(zeros, others))


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
