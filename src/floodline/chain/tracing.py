"""Looking into transactions after the fact: why they failed, what state they touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from floodline.chain.node import ReadingNode

SLOT_BYTES: Final = 64
"""What a storage slot adds to the state: the hash of its key and its word, 32 bytes each."""
ACCOUNT_BYTES: Final = 104
"""What an account adds: the hash of its address, nonce, balance, storage root and code hash."""

Location = tuple[str, str]
"""An account's own fields ``(address, "")`` or one of its storage slots ``(address, slot)``."""


class TracingNode(Protocol):
    """A node that can tell what the transactions of a block did to the state."""

    def state_diffs(self, number: int) -> list[Mapping[str, Any]]:
        """Return OpenEthereum's ``stateDiff`` of each transaction of a block, in its order."""

    def prestates(self, tx_hashes: Sequence[bytes]) -> list[Mapping[str, Any]]:
        """Return the accounts and slots that each transaction looked at, by address."""


@dataclass(frozen=True)
class StateChange:
    """What one transaction did to the size of the state, and where it wrote.

    Attributes
    ----------
    new_slots, freed_slots : int
        Storage slots that became non-zero, and zero.
    new_accounts : int
        Accounts that came into being.
    new_bytes : int
        64 a slot (freed ones deducted), 104 an account, and new code. A transaction that writes
        three new slots and frees one adds 128.
    written : frozenset of Location
        Everything that it left changed, the block producer's balance apart: fees add up in
        whatever order.

    """

    new_slots: int
    freed_slots: int
    new_accounts: int
    new_bytes: int
    written: frozenset[Location]


def revert_data(node: ReadingNode, tx_hash: bytes) -> bytes:
    """Return what a failed transaction reverted with; empty if it ran out of gas."""
    return node.revert_data(tx_hash)


def state_changes(node: TracingNode, number: int, producer: str) -> list[StateChange]:
    """Return what each transaction of a block changed.

    Parameters
    ----------
    node : TracingNode
        Holds the block.
    number : int
        The block.
    producer : str
        Address that takes the tips, 0x and lower case.

    """
    return [_change(diff, producer) for diff in node.state_diffs(number)]


def reads(
    node: TracingNode, tx_hashes: Sequence[bytes], producer: str
) -> list[frozenset[Location]]:
    """Return everything that each transaction looked at, the producer's account apart."""
    return [
        frozenset(
            (address, place)
            for address, account in state.items()
            if address != producer
            for place in ("", *account.get("storage", {}))
        )
        for state in node.prestates(tx_hashes)
    ]


def critical_path_gas(
    touched: Iterable[tuple[int, frozenset[Location], frozenset[Location]]],
) -> int:
    """Return the gas of the longest chain of transactions that have to wait for each other.

    A transaction waits for every earlier one that wrote what it reads or writes, or read what it
    writes. Whatever runs beside it costs no time on a machine with enough processors: total gas
    over this bounds what parallel execution can gain.

    Parameters
    ----------
    touched : iterable of (gas, reads, writes)
        The transactions of a block in its order.

    Returns
    -------
    int
        Transfers of 21,000 gas between strangers have a path of 21,000; three from one account
        have 63,000.

    """
    written: dict[Location, int] = {}
    seen: dict[Location, int] = {}
    longest = 0
    for gas, looked_at, changed in touched:
        begin = max(
            (written.get(place, 0) for place in looked_at | changed),
            default=0,
        )
        begin = max(begin, max((seen.get(place, 0) for place in changed), default=0))
        end = begin + gas
        for place in looked_at:
            seen[place] = max(seen.get(place, 0), end)
        for place in changed:
            written[place] = end
        longest = max(longest, end)
    return longest


def _change(diff: Mapping[str, Any], producer: str) -> StateChange:
    new_slots = freed = accounts = code = 0
    written: set[Location] = set()
    for address, account in diff.items():
        if address == producer:
            continue
        if any(account[name] != "=" for name in ("balance", "nonce", "code")):
            written.add((address, ""))
        accounts += "+" in account["nonce"]
        if "+" in account["code"]:
            code += (len(account["code"]["+"]) - 2) // 2
        for slot, change in account["storage"].items():
            before, after = _words(change)
            written.add((address, slot))
            new_slots += before == 0 and after != 0
            freed += before != 0 and after == 0
    size = SLOT_BYTES * (new_slots - freed) + ACCOUNT_BYTES * accounts + code
    return StateChange(new_slots, freed, accounts, size, frozenset(written))


def _words(change: Mapping[str, Any]) -> tuple[int, int]:
    """Return a slot's word before and after."""
    if "*" in change:
        return int(change["*"]["from"], 16), int(change["*"]["to"], 16)
    if "+" in change:
        return 0, int(change["+"], 16)
    return int(change["-"], 16), 0
