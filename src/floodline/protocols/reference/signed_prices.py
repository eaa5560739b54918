"""Prices as the pull feed's publishers sign them off chain (EIP-712)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from floodline.chain.accounts import Account
from floodline.chain.keccak import keccak256
from floodline.chain.signing import sign_digest

_DOMAIN_TYPE: Final = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_PRICE_TYPE: Final = keccak256(
    b"SignedPrice(int256 answer,uint256 confidence,uint64 publishTime,uint64 previousPublishTime)"
)
_NAME: Final = keccak256(b"Floodline PullFeed")
_VERSION: Final = keccak256(b"1")


class SignedPrice(NamedTuple):
    """What publishers sign (Solidity struct of that name)."""

    answer: int
    """Price, 8 decimals."""
    confidence: int
    """Half width of the confidence interval, 8 decimals."""
    publish_time: int
    """When it was published, seconds."""
    previous_publish_time: int
    """When the price before it was published, seconds."""


@dataclass(frozen=True)
class PriceSigners:
    """The publishers of one pull feed.

    Parameters
    ----------
    accounts : Sequence[Account]
        Those who sign; as many as the feed's quorum.
    feed : bytes
        Address of the feed.
    chain_id : int
        Of the chain that it is on.

    """

    accounts: Sequence[Account]
    feed: bytes
    chain_id: int

    def sign(self, price: SignedPrice) -> bytes:
        """Return 65 bytes a signer, r, s and v, in ascending order of the signers' addresses."""
        digest = self.digest(price)
        parts = []
        for account in self._in_order:
            parity, r, s = sign_digest(account.private_key, digest)
            parts.append(r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([27 + parity]))
        return b"".join(parts)

    def digest(self, price: SignedPrice) -> bytes:
        """Return the EIP-712 digest: ``keccak(0x1901 | domain separator | struct hash)``."""
        words = b"".join(
            (number % 2**256).to_bytes(32, "big") for number in price
        )  # all fields are value types, so the encoding is one word each
        return keccak256(b"\x19\x01" + self._separator + keccak256(_PRICE_TYPE + words))

    @cached_property
    def _in_order(self) -> list[Account]:
        return sorted(self.accounts, key=lambda account: account.address)

    @cached_property
    def _separator(self) -> bytes:
        chain = self.chain_id.to_bytes(32, "big")
        verifier = bytes(12) + self.feed
        return keccak256(_DOMAIN_TYPE + _NAME + _VERSION + chain + verifier)
