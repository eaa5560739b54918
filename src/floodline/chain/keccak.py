"""Keccak-256 by the fastest backend that is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any


def _backend() -> Any:
    """Return a hash constructor: safe-pysha3's (0.9 us), else pycryptodome's through eth_hash."""
    if find_spec("sha3") is not None:
        from sha3 import keccak_256  # noqa: PLC0415 - optional

        return keccak_256
    from eth_hash.auto import keccak  # noqa: PLC0415 - only where it is needed

    class Digest:
        def __init__(self, data: bytes) -> None:
            self._data = data

        def digest(self) -> bytes:
            return keccak(self._data)

    return Digest


_constructor = _backend()


def keccak256(data: bytes) -> bytes:
    """Return the 32-byte Keccak-256 digest of some bytes (not NIST's SHA3-256).

    Examples
    --------
    >>> keccak256(b"").hex()[:16]
    'c5d2460186f7233c'

    """
    digest: bytes = _constructor(data).digest()
    return digest
