"""A post-merge genesis: the first block of a chain that a node is driven on by the Engine API."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from floodline.chain.feemarket import ELASTICITY
from floodline.chain.hexadecimal import from_data, from_quantity
from floodline.chain.system_contracts import SYSTEM_CONTRACTS
from floodline.foundation.errors import NodeError

_BLOBS: Final = {
    "cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3_338_477},
    "prague": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5_007_716},
    "osaka": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5_007_716},
}
"""The blob schedule that EIP-7840 wants in a chain's configuration; nobody sends blobs here."""
_BLOCK_FORKS: Final = (
    *("homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg"),
    *("istanbul", "berlin", "london"),
)


@dataclass(frozen=True)
class GenesisAccount:
    """An account as a genesis holds it.

    Attributes
    ----------
    balance : int
        Wei.
    nonce : int
        Transactions that it has sent.
    code : bytes
        Runtime code, empty for a person's account.
    storage : dict of bytes to bytes
        Slots and their values, 32 bytes each.

    """

    balance: int = 0
    nonce: int = 0
    code: bytes = b""
    storage: Mapping[bytes, bytes] = field(default_factory=dict)


def genesis(
    accounts: Mapping[bytes, GenesisAccount],
    *,
    chain_id: int,
    gas_limit: int,
    base_fee: int,
    timestamp: int,
) -> dict[str, Any]:
    """Return a genesis file's content, every fork up to Osaka active from the start.

    The genesis claims to have used its gas target, so that the first block has the same base fee
    (EIP-1559 leaves it as it is at the target).

    Parameters
    ----------
    accounts : mapping of bytes to GenesisAccount
        By address; the system contracts are added.
    chain_id : int
        The chain's id.
    gas_limit : int
        Gas limit of every block.
    base_fee : int
        Of the first block, wei per gas.
    timestamp : int
        Seconds since 1970.

    """
    alloc: dict[str, dict[str, Any]] = {
        address: {"balance": "0x0", "nonce": "0x1", "code": code}
        for address, code in SYSTEM_CONTRACTS.items()
    }
    for address, account in accounts.items():
        alloc["0x" + address.hex()] = {
            "balance": hex(account.balance),
            "nonce": hex(account.nonce),
            "code": "0x" + account.code.hex(),
            "storage": {
                "0x" + slot.hex(): "0x" + value.hex() for slot, value in account.storage.items()
            },
        }
    return {
        "config": {
            "chainId": chain_id,
            **{f"{fork}Block": 0 for fork in _BLOCK_FORKS},
            "mergeNetsplitBlock": 0,
            "terminalTotalDifficulty": 0,
            "terminalTotalDifficultyPassed": True,
            **{f"{fork}Time": 0 for fork in ("shanghai", "cancun", "prague", "osaka")},
            "blobSchedule": _BLOBS,
        },
        "nonce": "0x0",
        "timestamp": hex(timestamp),
        "extraData": "0x",
        "gasLimit": hex(gas_limit),
        "gasUsed": hex(gas_limit // ELASTICITY),
        "difficulty": "0x0",
        "mixHash": "0x" + "00" * 32,
        "coinbase": "0x" + "00" * 20,
        "number": "0x0",
        "parentHash": "0x" + "00" * 32,
        "baseFeePerGas": hex(base_fee),
        "alloc": alloc,
    }


def accounts_of_dump(dump: bytes) -> dict[bytes, GenesisAccount]:
    """Read the accounts out of a state that Anvil has dumped (``anvil_dumpState``).

    Raises
    ------
    NodeError
        If it is not such a dump.

    """
    try:
        plain = json.loads(gzip.decompress(dump))
        return {from_data(address): _account(held) for address, held in plain["accounts"].items()}
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise NodeError(
            f"Anvil's state dump cannot be read ({type(error).__name__}: {error})",
            "use the Anvil that `floodline doctor` shows as fitting",
        ) from error


def _account(held: Mapping[str, Any]) -> GenesisAccount:
    return GenesisAccount(
        balance=from_quantity(held["balance"]),
        nonce=int(held["nonce"]),
        code=from_data(held["code"]),
        storage={
            _word(slot): _word(value)
            for slot, value in sorted(held["storage"].items())
            if from_quantity(value)
        },
    )


def _word(value: str) -> bytes:
    return from_quantity(value).to_bytes(32, "big")
