"""Fast decoding of the Lens's flat arrays."""

from __future__ import annotations

from collections.abc import Sequence

_WORD = 32


def decode_arrays(data: bytes, count: int) -> list[list[int]]:
    """Return `count` returned arrays of 256-bit integers, all read as signed.

    Examples
    --------
    >>> one = (32).to_bytes(32, "big") + (1).to_bytes(32, "big") + (7).to_bytes(32, "big")
    >>> decode_arrays(one, 1)
    [[7]]

    """
    arrays = []
    for place in range(count):
        start = int.from_bytes(data[place * _WORD : (place + 1) * _WORD], "big")
        length = int.from_bytes(data[start : start + _WORD], "big")
        first = start + _WORD
        end = first + length * _WORD
        if end > len(data):
            raise ValueError(f"array {place} ends at byte {end} of {len(data)}")
        arrays.append(
            [
                int.from_bytes(data[at : at + _WORD], "big", signed=True)
                for at in range(first, end, _WORD)
            ]
        )
    return arrays


def chunks(items: Sequence[bytes], size: int) -> list[Sequence[bytes]]:
    """Cut a sequence into pieces of at most `size`."""
    return [items[at : at + size] for at in range(0, len(items), size)]
