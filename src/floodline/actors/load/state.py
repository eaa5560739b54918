"""Load on the state: fresh slots, hot slots, reads."""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from pydantic import Field

from floodline.actors.desk import Payload
from floodline.actors.load.kind import (
    LOADS,
    GasLimits,
    LoadKind,
    Locate,
    NoParameters,
    Wanted,
)
from floodline.chain.abi import encode_call
from floodline.foundation.registry import Parameters
from floodline.foundation.zipf import Zipf
from floodline.protocols.interface import Call

_STORAGE_BASE: Final = 30_000
_STORAGE_SLOT: Final = 22_400


def _fresh(serial: int) -> int:
    """Return a first slot of its own for each number, with no zero byte: calldata costs alike."""
    digest = hashlib.sha256(f"slot {serial}".encode()).digest()
    return int.from_bytes(bytes(byte or 1 for byte in digest[:31]) + b"\x01", "big")


class _Writes(Payload):
    def __init__(self, to: bytes, gas_limits: GasLimits, serial: int) -> None:
        self._to = to
        self._gas_limits = gas_limits
        self._serial = serial

    def call(self, index: int) -> Call:
        gas_limit = int(self._gas_limits[index])
        count = (gas_limit - _STORAGE_BASE) // _STORAGE_SLOT
        data = encode_call("write(uint256,uint256)", _fresh(self._serial + index), count)
        return Call(self._to, data, gas_limit, kind=f"storage-{count}")


@LOADS.register("storage", NoParameters, description="Writes fresh storage slots: state bloat.")
class StorageWrites(LoadKind):
    """Each transaction writes as many new slots as its gas allows (22,100 gas a slot and more)."""

    size_bytes = 190

    def __init__(self, parameters: NoParameters) -> None:
        del parameters

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return the gas of a whole number of slots, 1 to 250."""
        slots = np.clip((wanted - _STORAGE_BASE) // _STORAGE_SLOT, 1, 250).astype(np.int64)
        return _STORAGE_BASE + _STORAGE_SLOT * slots

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return writes to slots that no other transaction of the campaign writes."""
        del rng
        return _Writes(locate("StorageWriter"), gas_limits, serial)


_READ_BASE: Final = 22_100
_READ_SLOT: Final = 2_239


class _Reads(Payload):
    def __init__(self, to: bytes, gas_limits: GasLimits) -> None:
        self._to = to
        self._gas_limits = gas_limits

    def call(self, index: int) -> Call:
        gas_limit = int(self._gas_limits[index])
        count = (gas_limit - _READ_BASE) // _READ_SLOT
        data = encode_call("read(uint256,uint256)", _fresh(0), count)
        return Call(self._to, data, gas_limit, kind=f"reads-{count}")


@LOADS.register(
    "reads", NoParameters, description="Reads empty slots: gas that leaves no trace in the state."
)
class StorageReads(LoadKind):
    """Each transaction reads as many cold slots as its gas allows (2,100 gas a slot and more)."""

    size_bytes = 190

    def __init__(self, parameters: NoParameters) -> None:
        del parameters

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return the gas of a whole number of slots: 10, 20, ... 7,000."""
        tens = np.clip((wanted - _READ_BASE) // (10 * _READ_SLOT), 1, 700).astype(np.int64)
        return _READ_BASE + 10 * _READ_SLOT * tens

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return reads of slots that nothing writes, the same ones in each transaction.

        A node keeps every slot that was ever read; each transaction pays for its own first read.
        """
        del serial, rng
        return _Reads(locate("StorageReader"), gas_limits)


_HOT_GAS: Final = 30_000
_HOT_KEYS: Final = 100


class _Touches(Payload):
    def __init__(self, to: bytes, keys: GasLimits) -> None:
        self._to = to
        self._keys = keys

    def call(self, index: int) -> Call:
        key = int(self._keys[index]) + 1
        return Call(self._to, encode_call("touch(uint256)", key), _HOT_GAS, kind="hot_storage")


class HotStorageParameters(Parameters):
    """Parameters of load on hot slots."""

    keys: int = Field(
        default=_HOT_KEYS, ge=1, le=_HOT_KEYS, description="Number of slots that are written."
    )
    key_skew: float = Field(
        default=1.0,
        ge=0,
        le=4,
        description="Zipf exponent of the slots: 0 touches all alike, 2 mostly the first.",
    )


@LOADS.register(
    "hot_storage",
    HotStorageParameters,
    description="Writes a few slots over and over, by Zipf's law: nothing runs in parallel.",
)
class HotStorage(LoadKind):
    """Raises one of at most 100 counters; those that raise the same one conflict."""

    size_bytes = 160

    def __init__(self, parameters: HotStorageParameters) -> None:
        self._law = Zipf(parameters.keys, parameters.key_skew)

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return 30,000 for each, whatever is wanted."""
        return np.full(len(wanted), _HOT_GAS, dtype=np.int64)

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return touches of counters drawn by Zipf's law."""
        del serial
        return _Touches(locate("HotStorage"), self._law.sample(rng, len(gas_limits)))
