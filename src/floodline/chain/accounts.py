"""Deterministic devnet accounts: each key follows from the campaign seed, a label and a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from floodline.chain.keccak import keccak256
from floodline.chain.signing import CURVE_ORDER, SignedTransaction, address_of, sign_transaction
from floodline.chain.transaction import DynamicFeeTransaction

_DOMAIN = b"floodline devnet account v1"


@dataclass(frozen=True, slots=True)
class Account:
    """A devnet account, worthless anywhere else.

    Attributes
    ----------
    index : int
        Place in its account book, in the order of first use.
    label : str
        The role it was made for, such as ``keeper``.
    address : bytes
        20 bytes.
    private_key : bytes
        32 bytes.

    """

    index: int
    label: str
    address: bytes
    private_key: bytes = field(repr=False)

    def sign(self, transaction: DynamicFeeTransaction) -> SignedTransaction:
        """Sign a transaction with this account's key."""
        return sign_transaction(transaction, self.private_key)


class AccountBook:
    """The accounts of one campaign, derived when they are first asked for.

    A key is ``keccak256(domain | seed | label | number) mod (n - 1) + 1``: it depends on nothing
    but these, so that one actor's accounts do not move when another actor joins.

    Parameters
    ----------
    seed : int
        The campaign seed, not negative.

    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._accounts: list[Account] = []
        self._by_name: dict[tuple[str, int], Account] = {}
        self._by_address: dict[bytes, Account] = {}

    def account(self, label: str, number: int = 0) -> Account:
        """Return the account of a label and a number within it, always the same one."""
        name = (label, number)
        known = self._by_name.get(name)
        if known is not None:
            return known
        private_key = derive_private_key(self.seed, label, number)
        account = Account(len(self._accounts), label, address_of(private_key), private_key)
        self._accounts.append(account)
        self._by_name[name] = account
        self._by_address[account.address] = account
        return account

    def accounts(self, label: str, count: int) -> list[Account]:
        """Return the first `count` accounts of a label."""
        return [self.account(label, number) for number in range(count)]

    def by_address(self, address: bytes) -> Account | None:
        """Return the account at an address, or None if the book does not hold it."""
        return self._by_address.get(address)

    def __getitem__(self, index: int) -> Account:
        return self._accounts[index]

    def __len__(self) -> int:
        return len(self._accounts)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts)


def derive_private_key(seed: int, label: str, number: int) -> bytes:
    """Return the 32-byte key of (seed, label, number); no two names share a preimage."""
    parts = (str(seed).encode(), label.encode(), str(number).encode())
    preimage = _DOMAIN + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    scalar = int.from_bytes(keccak256(preimage), "big") % (CURVE_ORDER - 1) + 1
    return scalar.to_bytes(32, "big")
