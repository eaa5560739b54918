"""JSON-RPC's hexadecimal: quantities without leading zeros, data with every byte."""

from __future__ import annotations


def to_data(value: bytes) -> str:
    """Return the ``0x`` data string of some bytes; ``to_data(bytes([1]))`` is ``'0x01'``."""
    return "0x" + value.hex()


def from_data(value: str) -> bytes:
    """Return the bytes of a ``0x`` data string.

    Raises
    ------
    ValueError
        If the string does not start with ``0x`` or holds anything but hexadecimal pairs.

    """
    if not value.startswith("0x"):
        raise ValueError(f"not a 0x data string: {value!r}")
    return bytes.fromhex(value[2:])


def from_quantity(value: str) -> int:
    """Return the integer of a ``0x`` quantity; ``from_quantity("0x1e")`` is 30."""
    return int(value, 16)
