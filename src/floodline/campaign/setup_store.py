"""Setups kept for reuse: the node's state at genesis, and what was asked of the chain to get there.

Deploying the protocol and opening the book is the same work for every campaign that differs only in
what happens afterwards. A stored setup brings a fresh node to the same state at once. The adapter's
and the book's side is not stored: the setup's code runs again against the journal, which checks
that it asks for exactly the blocks that the state came from, so that a stored setup can never stand
in for another one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from floodline.chain.accounts import Account
from floodline.foundation.errors import FloodlineError
from floodline.protocols.interface import Call

_STATE: Final = "state.bin"
_JOURNAL: Final = "journal.json"
_AFTERWARDS: Final = (
    "name",
    "description",
    "replicate",
    "slots",
    "builder",
    "network",
    "objective",
    "actors",
)
"""Parts of a campaign that nothing before genesis looks at; of the actors see `setup_key`."""


class StaleSetup(FloodlineError):  # noqa: N818 - what it is, and it is mended by doing it afresh
    """A stored setup is of other contracts or another book than the one that asks for it."""

    exit_code = 3


@dataclass(frozen=True)
class StoredSetup:
    """A node's state at genesis and the journal of how it came about."""

    node_state: bytes
    entries: tuple[str, ...]


class SetupJournal:
    """Everything a setup asks of the chain, in order: written down once, then checked against.

    Parameters
    ----------
    entries : sequence of str, optional
        The journal of a stored setup; without it this one is being written.

    """

    def __init__(self, entries: Sequence[str] | None = None) -> None:
        self.is_stored = entries is not None
        self.entries: list[str] = list(entries or ())
        self._next = 0

    def block(self, items: Sequence[tuple[Account, Call]], timestamp_s: int) -> None:
        """Note a block of calls; in a stored setup, make sure that it is the one that was run."""
        digest = hashlib.sha256(str(timestamp_s).encode())
        for account, call in items:
            for part in (account.address, call.to, call.data):
                digest.update(len(part).to_bytes(4, "big") + part)
            digest.update(f"{call.gas_limit},{call.value};".encode())
        self._take(f"block:{digest.hexdigest()}")

    def view(self, to: bytes, data: bytes, answer: bytes | None) -> bytes:
        """Note a read with its answer; in a stored setup, return the answer of then."""
        asked = f"view:{hashlib.sha256(to + data).hexdigest()}:"
        if answer is not None:
            self.entries.append(asked + answer.hex())
            return answer
        return bytes.fromhex(self._taken(asked)[len(asked) :])

    def end(self) -> None:
        """Make sure that nothing of a stored setup is left over."""
        if self.is_stored and self._next != len(self.entries):
            raise StaleSetup("a stored setup holds more than was asked for")

    def _take(self, entry: str) -> None:
        if self.is_stored:
            self._taken(entry)
        else:
            self.entries.append(entry)

    def _taken(self, start: str) -> str:
        if self._next >= len(self.entries) or not self.entries[self._next].startswith(start):
            raise StaleSetup(
                "a stored setup does not fit the campaign that asked for it",
                "remove the study's folder 'setups' and start the study again",
            )
        self._next += 1
        return self.entries[self._next - 1]


class SetupStore:
    """A folder of setups by their key, shared by any number of processes.

    Parameters
    ----------
    folder : Path
        Made when the first setup is kept.

    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> StoredSetup | None:
        """Return a setup, or None if it was not kept yet."""
        place = self.folder / key
        try:
            state = (place / _STATE).read_bytes()
            entries = orjson.loads((place / _JOURNAL).read_bytes())
        except FileNotFoundError:
            return None
        return StoredSetup(state, tuple(entries))

    def keep(self, key: str, setup: StoredSetup) -> None:
        """Keep a setup; where another process was first, its copy stays: both are the same."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".part-", dir=self.folder))
        (made / _STATE).write_bytes(setup.node_state)
        (made / _JOURNAL).write_bytes(orjson.dumps(setup.entries))
        try:
            os.rename(made, self.folder / key)  # noqa: PTH104 - Path.rename would do the same
        except OSError:
            shutil.rmtree(made)

    def drop(self, key: str) -> None:
        """Forget a setup."""
        shutil.rmtree(self.folder / key, ignore_errors=True)


def setup_key(
    campaign: Mapping[str, Any],
    *,
    start_e8: Mapping[str, int],
    addresses: Sequence[bytes],
    deposits_wad: Mapping[bytes, int],
    wallets_usd: Mapping[bytes, float],
    publishers: Sequence[bytes],
    versions: Sequence[str],
) -> str:
    """Return the key of everything that a setup depends on.

    Two campaigns that differ in a flood's rate have one key; another seed, book, market start,
    protocol or one account more makes another.

    Parameters
    ----------
    campaign : Mapping
        The canonical campaign.
    start_e8 : Mapping
        Start price of each market: all that is left of a price process at genesis.
    addresses, deposits_wad, wallets_usd, publishers
        What the actors bring: their accounts, their deposits, their tokens, who may push prices.
    versions : sequence of str
        Digest of the contracts, and the node's flags.

    """
    before = {key: value for key, value in campaign.items() if key not in _AFTERWARDS}
    before["market"] = dict(start_e8)
    before["chain"] = {
        key: value for key, value in campaign["chain"].items() if key in {"node", "gas_limit"}
    }
    before["accounts"] = [address.hex() for address in addresses]
    before["deposits"] = {address.hex(): str(wad) for address, wad in deposits_wad.items()}
    before["wallets"] = {address.hex(): f"{usd:.2f}" for address, usd in wallets_usd.items()}
    before["publishers"] = [address.hex() for address in publishers]
    before["versions"] = list(versions)
    return hashlib.sha256(orjson.dumps(before, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
