"""Single ABI words: integers, addresses, booleans and fixed bytes to and from 32 bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Writer = Callable[[Any], bytes]
Reader = Callable[[bytes], Any]

_KIND = re.compile(r"(uint|int|bytes)(\d+)")


def word_writer(kind: str) -> Writer | None:
    """Return what encodes a value of this type as one word; None if it is not a one-word type.

    The writers raise ValueError, TypeError or OverflowError for a value that does not fit.
    """
    if kind == "address":
        return _write_address
    if kind == "bool":
        return _write_bool
    match = _KIND.fullmatch(kind)
    if match is None:
        return None
    family, size = match[1], int(match[2])
    if family == "bytes":
        return _fixed_bytes_writer(size)
    return _integer_writer(size, signed=family == "int")


def word_reader(kind: str) -> Reader | None:
    """Return what decodes one word of this type; None if it is not a one-word type.

    The readers raise ValueError for padding that no encoder writes.
    """
    if kind == "address":
        return _read_address
    if kind == "bool":
        return _read_bool
    match = _KIND.fullmatch(kind)
    if match is None:
        return None
    family, size = match[1], int(match[2])
    if family == "bytes":
        return _fixed_bytes_reader(size)
    return _integer_reader(size, signed=family == "int")


def _write_address(value: Any) -> bytes:
    raw = bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)
    if len(raw) != 20:
        raise ValueError(f"an address has 20 bytes, not {len(raw)}")
    return bytes(12) + raw


def _read_address(word: bytes) -> bytes:
    if any(word[:12]):
        raise ValueError(f"not an address: 0x{word.hex()}")
    return word[12:]


def _write_bool(value: Any) -> bytes:
    if not isinstance(value, bool):
        raise TypeError(f"not a boolean: {value!r}")
    return bytes(31) + (b"\x01" if value else b"\x00")


def _read_bool(word: bytes) -> bool:
    number = int.from_bytes(word, "big")
    if number > 1:
        raise ValueError(f"not a boolean: 0x{word.hex()}")
    return number == 1


def _integer_writer(bits: int, *, signed: bool) -> Writer:
    low, high = _integer_range(bits, signed=signed)

    def write(value: Any) -> bytes:
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"not an integer: {value!r}")
        if not low <= value <= high:
            raise ValueError(f"{value} does not fit {'' if signed else 'u'}int{bits}")
        return value.to_bytes(32, "big", signed=signed)

    return write


def _integer_reader(bits: int, *, signed: bool) -> Reader:
    low, high = _integer_range(bits, signed=signed)

    def read(word: bytes) -> int:
        value = int.from_bytes(word, "big", signed=signed)
        if not low <= value <= high:
            raise ValueError(f"{value} does not fit {'' if signed else 'u'}int{bits}")
        return value

    return read


def _integer_range(bits: int, *, signed: bool) -> tuple[int, int]:
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)


def _fixed_bytes_writer(size: int) -> Writer:
    def write(value: Any) -> bytes:
        raw = bytes(value) if isinstance(value, (bytes, bytearray)) else None
        if raw is None or len(raw) > size:
            raise ValueError(f"not at most {size} bytes: {value!r}")
        return raw.ljust(32, b"\x00")

    return write


def _fixed_bytes_reader(size: int) -> Reader:
    def read(word: bytes) -> bytes:
        if any(word[size:]):
            raise ValueError(f"not {size} bytes: 0x{word.hex()}")
        return word[:size]

    return read
