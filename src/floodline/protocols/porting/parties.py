"""Addresses that nobody has the key of, for who takes part without acting."""

from __future__ import annotations

from typing import Final

from floodline.chain.keccak import keccak256

NOBODY: Final = bytes(20)
LENDERS: Final = keccak256(b"floodline lenders")[12:]
"""Whose claim all that is lent is."""
TREASURY: Final = keccak256(b"floodline treasury")[12:]
"""Where a protocol's fees go."""
KEEPERS: Final = keccak256(b"floodline keepers")[12:]
"""The purse that keepers share where a protocol pays any address that they name."""
