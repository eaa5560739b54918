"""EIP-1559 transactions and the little RLP that they need."""

from __future__ import annotations

from dataclasses import dataclass

AccessList = tuple[tuple[bytes, tuple[bytes, ...]], ...]
"""Addresses with the storage slots that a transaction announces (EIP-2930)."""

_TYPE = b"\x02"


@dataclass(frozen=True, slots=True)
class DynamicFeeTransaction:
    """A type-2 transaction (EIP-1559) before its signature.

    Attributes
    ----------
    chain_id, nonce : int
        The chain it is valid on and its place in its sender's sequence.
    max_priority_fee, max_fee : int
        Wei per gas: the most for the proposer, and the most in all.
    gas_limit : int
        Gas.
    to : bytes
        The called account, 20 bytes; empty to create a contract.
    value : int
        Wei sent along.
    data : bytes
        Calldata, or the creation code.
    access_list : AccessList
        Addresses with storage slots, usually empty.

    """

    chain_id: int
    nonce: int
    max_priority_fee: int
    max_fee: int
    gas_limit: int
    to: bytes
    value: int = 0
    data: bytes = b""
    access_list: AccessList = ()

    def fields(self) -> bytes:
        """Return the RLP items in their order, without the enclosing list's header."""
        return (
            rlp_integer(self.chain_id)
            + rlp_integer(self.nonce)
            + rlp_integer(self.max_priority_fee)
            + rlp_integer(self.max_fee)
            + rlp_integer(self.gas_limit)
            + rlp_bytes(self.to)
            + rlp_integer(self.value)
            + rlp_bytes(self.data)
            + (b"\xc0" if not self.access_list else _rlp_access_list(self.access_list))
        )

    def signing_payload(self) -> bytes:
        """Return the bytes whose Keccak-256 digest is signed."""
        fields = self.fields()
        return _TYPE + rlp_list_header(len(fields)) + fields

    def with_signature(self, y_parity: int, r: int, s: int) -> bytes:
        """Return the signed transaction as nodes take it: ``0x02 || rlp([...fields, y, r, s])``."""
        return encode_signed(self.fields(), y_parity, r, s)


def encode_signed(fields: bytes, y_parity: int, r: int, s: int) -> bytes:
    """Return a signed type-2 transaction from its encoded fields and its signature."""
    body = fields + rlp_integer(y_parity) + rlp_integer(r) + rlp_integer(s)
    return _TYPE + rlp_list_header(len(body)) + body


def rlp_bytes(value: bytes) -> bytes:
    """Return the RLP of a byte string (Yellow Paper, appendix B).

    Examples
    --------
    >>> rlp_bytes(b"dog").hex()
    '83646f67'

    """
    size = len(value)
    if size == 1 and value[0] < 0x80:
        return value
    if size < 56:
        return bytes((0x80 + size,)) + value
    width = (size.bit_length() + 7) // 8
    return bytes((0xB7 + width,)) + size.to_bytes(width, "big") + value


def rlp_integer(value: int) -> bytes:
    """Return the RLP of a non-negative integer: its shortest big-endian bytes.

    Examples
    --------
    >>> rlp_integer(1024).hex()
    '820400'

    """
    if value < 0x80:
        return bytes((value,)) if value else b"\x80"
    width = (value.bit_length() + 7) // 8
    return bytes((0x80 + width,)) + value.to_bytes(width, "big")


def rlp_list_header(size: int) -> bytes:
    """Return the header of an RLP list whose encoded items take `size` bytes."""
    if size < 56:
        return bytes((0xC0 + size,))
    width = (size.bit_length() + 7) // 8
    return bytes((0xF7 + width,)) + size.to_bytes(width, "big")


def _rlp_access_list(access_list: AccessList) -> bytes:
    entries = b""
    for address, slots in access_list:
        encoded = b"".join(map(rlp_bytes, slots))
        entry = rlp_bytes(address) + rlp_list_header(len(encoded)) + encoded
        entries += rlp_list_header(len(entry)) + entry
    return rlp_list_header(len(entries)) + entries
