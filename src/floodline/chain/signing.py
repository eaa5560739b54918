"""Fast ECDSA signing of transactions: libsecp256k1 through coincurve's own binding."""

from __future__ import annotations

from dataclasses import dataclass

import coincurve
from coincurve._libsecp256k1 import ffi, lib
from coincurve.context import GLOBAL_CONTEXT

from floodline.chain.keccak import keccak256
from floodline.chain.transaction import DynamicFeeTransaction, encode_signed, rlp_list_header

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Order n of secp256k1 (SEC 2); private keys lie in [1, n)."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction as it is sent, with its hash."""

    raw: bytes
    tx_hash: bytes


def address_of(private_key: bytes) -> bytes:
    """Return the 20-byte address of a private key: the tail of its public key's Keccak digest.

    Examples
    --------
    >>> address_of((1).to_bytes(32, "big")).hex()
    '7e5f4552091a69125d5dfcb7b8c2659029395bdf'

    """
    public: bytes = coincurve.PrivateKey(private_key).public_key.format(compressed=False)
    return keccak256(public[1:])[12:]


def sign_digest(private_key: bytes, digest: bytes) -> tuple[int, int, int]:
    """Sign a 32-byte digest; return ``(y_parity, r, s)`` with the low s of EIP-2.

    The nonce is RFC 6979's, so a signature depends on key and digest only.

    Raises
    ------
    ValueError
        If the key lies outside [1, n).

    """
    signature = ffi.new("secp256k1_ecdsa_recoverable_signature *")
    if not lib.secp256k1_ecdsa_sign_recoverable(
        GLOBAL_CONTEXT.ctx, signature, digest, private_key, ffi.NULL, ffi.NULL
    ):
        raise ValueError("the private key lies outside the curve's order")
    compact = ffi.new("unsigned char[64]")
    recovery = ffi.new("int *")
    lib.secp256k1_ecdsa_recoverable_signature_serialize_compact(
        GLOBAL_CONTEXT.ctx, compact, recovery, signature
    )
    both = bytes(ffi.buffer(compact, 64))
    return (
        int(recovery[0]),
        int.from_bytes(both[:32], "big"),
        int.from_bytes(both[32:], "big"),
    )


def sign_transaction(transaction: DynamicFeeTransaction, private_key: bytes) -> SignedTransaction:
    """Sign a transaction; the bytes equal those of eth_account."""
    fields = transaction.fields()
    digest = keccak256(b"\x02" + rlp_list_header(len(fields)) + fields)
    raw = encode_signed(fields, *sign_digest(private_key, digest))
    return SignedTransaction(raw, keccak256(raw))
