"""Fee and gas arithmetic of the execution layer in exact integers (EIP-1559, 2028, 7623)."""

from __future__ import annotations

from typing import Final

ELASTICITY: Final = 2
"""A block's gas limit over its gas target (EIP-1559)."""
BASE_FEE_CHANGE_DENOMINATOR: Final = 8
"""A full block raises the base fee by one in this many (EIP-1559)."""

TRANSACTION_GAS: Final = 21_000
CREATION_GAS: Final = 32_000
ZERO_BYTE_GAS: Final = 4
NONZERO_BYTE_GAS: Final = 16
"""EIP-2028."""
INITCODE_WORD_GAS: Final = 2
"""Per 32 bytes of creation code (EIP-3860)."""
TOKENS_PER_NONZERO_BYTE: Final = 4
FLOOR_GAS_PER_TOKEN: Final = 10
"""EIP-7623: calldata-heavy transactions pay at least this per token."""
ACCESS_LIST_ADDRESS_GAS: Final = 2_400
ACCESS_LIST_SLOT_GAS: Final = 1_900
"""EIP-2930."""


def next_base_fee(
    base_fee: int,
    gas_used: int,
    gas_limit: int,
    *,
    target: int | None = None,
    denominator: int = BASE_FEE_CHANGE_DENOMINATOR,
) -> int:
    """Return the base fee of the block after one that used `gas_used` of `gas_limit`.

    Parameters
    ----------
    base_fee : int
        Wei per gas of the parent.
    gas_used, gas_limit : int
        Gas of the parent.
    target : int, optional
        Gas at which the base fee stays; half of the limit by default.
    denominator : int
        A block that uses twice the target raises the base fee by one in this many.

    Returns
    -------
    int
        Wei per gas; at the target it stays, a full block raises it by an eighth and by 1 wei at
        the least, an empty one lowers it by an eighth (EIP-1559).

    Examples
    --------
    >>> next_base_fee(1_000_000_000, 30_000_000, 30_000_000)
    1125000000
    >>> next_base_fee(1_000_000_000, 0, 30_000_000)
    875000000
    >>> next_base_fee(7, 30_000_000, 30_000_000)
    8
    >>> next_base_fee(1_000_000_000, 15_000_000, 30_000_000, target=5_000_000, denominator=250)
    1008000000

    """
    if target is None:
        target = gas_limit // ELASTICITY
    if gas_used == target:
        return base_fee
    if gas_used > target:
        rise = base_fee * (gas_used - target) // target // denominator
        return base_fee + max(rise, 1)
    return base_fee - base_fee * (target - gas_used) // target // denominator


def effective_tip(max_fee: int, max_priority_fee: int, base_fee: int) -> int:
    """Return wei per gas that the proposer gets; negative where the fee cap is below the base fee.

    Examples
    --------
    >>> effective_tip(max_fee=30, max_priority_fee=2, base_fee=29)
    1

    """
    return min(max_priority_fee, max_fee - base_fee)


def calldata_tokens(data: bytes) -> int:
    """Return EIP-7623 tokens, one per zero byte and four per other: 5 for ``bytes([0, 1])``."""
    zeros = data.count(0)
    return zeros + TOKENS_PER_NONZERO_BYTE * (len(data) - zeros)


def intrinsic_gas(
    data: bytes = b"",
    *,
    creates: bool = False,
    access_addresses: int = 0,
    access_slots: int = 0,
) -> int:
    """Return the gas charged before the first instruction.

    Parameters
    ----------
    data : bytes
        Calldata, or the creation code.
    creates : bool
        Whether the transaction creates a contract.
    access_addresses, access_slots : int
        Sizes of the access list.

    Examples
    --------
    A transfer takes 21,000; a call with a selector and one small uint256 argument takes
    21,000 + 5 x 16 + 31 x 4:

    >>> intrinsic_gas(bytes.fromhex("a9059cbb") + (1).to_bytes(32, "big"))
    21204

    """
    gas = TRANSACTION_GAS + ZERO_BYTE_GAS * calldata_tokens(data)
    if creates:
        gas += CREATION_GAS + INITCODE_WORD_GAS * -(-len(data) // 32)
    return gas + ACCESS_LIST_ADDRESS_GAS * access_addresses + ACCESS_LIST_SLOT_GAS * access_slots


def calldata_floor_gas(data: bytes) -> int:
    """Return the least gas paid for this calldata, whatever is executed (EIP-7623).

    Examples
    --------
    >>> calldata_floor_gas(bytes([1] * 100))
    25000

    """
    return TRANSACTION_GAS + FLOOR_GAS_PER_TOKEN * calldata_tokens(data)


def minimum_gas_limit(data: bytes = b"", *, creates: bool = False) -> int:
    """Return the smallest gas limit that a node accepts: intrinsic gas, or the calldata floor.

    Examples
    --------
    >>> minimum_gas_limit(bytes([1] * 100))
    25000

    """
    return max(intrinsic_gas(data, creates=creates), calldata_floor_gas(data))
