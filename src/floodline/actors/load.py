"""Kinds of load: what a flood's transactions do to the block, the state and the clock."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from floodline.actors.desk import Payload
from floodline.chain.abi import encode_call
from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry
from floodline.protocols.interface import Call

Locate = Callable[[str], bytes]
"""Finds a load contract's address by its name."""


class LoadKind(ABC):
    """One kind of load: how much gas it asks for, and what it calls."""

    size_bytes: int
    """Encoded size of one transaction, for the pool's slots and the block's size."""
    value: int = 0
    """Wei that one transaction carries."""

    @abstractmethod
    def gas_limits(self, wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return gas limits near the wanted gas that this kind can use up."""

    @abstractmethod
    def payload(self, locate: Locate, gas_limits: npt.NDArray[np.int64], serial: int) -> Payload:
        """Return what a batch calls; `serial` numbers the actor's transactions from 0."""


LOADS: Final[Registry[LoadKind]] = Registry("kind of load")
LoadChoice = Annotated[Chosen[LoadKind], ChoiceOf(LOADS)]


class NoParameters(Parameters):
    """Nothing to choose."""


class _Transfers(Payload):
    def __init__(self, to: bytes) -> None:
        self._call = Call(to=to, data=b"", gas_limit=21_000, kind="transfer", value=Transfer.value)

    def call(self, index: int) -> Call:
        del index
        return self._call


@LOADS.register("transfer", NoParameters, description="Plain transfers of 1 wei: 21,000 gas each.")
class Transfer(LoadKind):
    """The cheapest transaction there is."""

    size_bytes = 120
    value = 1

    def __init__(self, parameters: NoParameters) -> None:
        del parameters

    def gas_limits(self, wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return 21,000 for each, whatever is wanted."""
        return np.full(len(wanted), 21_000, dtype=np.int64)

    def payload(self, locate: Locate, gas_limits: npt.NDArray[np.int64], serial: int) -> Payload:
        """Return transfers to one account that exists already."""
        del gas_limits, serial
        return _Transfers(locate("Sink"))


class _Burns(Payload):
    def __init__(self, to: bytes, gas_limits: npt.NDArray[np.int64]) -> None:
        self._to = to
        self._gas_limits = gas_limits

    def call(self, index: int) -> Call:
        return Call(to=self._to, data=b"", gas_limit=int(self._gas_limits[index]), kind="burner")


@LOADS.register("burner", NoParameters, description="Burns exactly its gas limit, and fails.")
class ExactBurner(LoadKind):
    """Uses every gas of its limit: stuffs a block to the last unit."""

    size_bytes = 120

    def __init__(self, parameters: NoParameters) -> None:
        del parameters

    def gas_limits(self, wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return what is wanted, between 25,000 and 2^24."""
        return np.clip(wanted, 25_000, 2**24).astype(np.int64)

    def payload(self, locate: Locate, gas_limits: npt.NDArray[np.int64], serial: int) -> Payload:
        """Return calls of the burner."""
        del serial
        return _Burns(locate("GasBurner"), gas_limits)


_STORAGE_BASE: Final = 30_000
_STORAGE_SLOT: Final = 22_400


class _Writes(Payload):
    def __init__(self, to: bytes, gas_limits: npt.NDArray[np.int64], serial: int) -> None:
        self._to = to
        self._gas_limits = gas_limits
        self._serial = serial

    def call(self, index: int) -> Call:
        gas_limit = int(self._gas_limits[index])
        count = (gas_limit - _STORAGE_BASE) // _STORAGE_SLOT
        digest = hashlib.sha256(f"slot {self._serial + index}".encode()).digest()
        start = bytes(byte or 1 for byte in digest[:31]) + b"\x01"
        data = encode_call("write(uint256,uint256)", int.from_bytes(start, "big"), count)
        return Call(self._to, data, gas_limit, kind=f"storage-{count}")


@LOADS.register("storage", NoParameters, description="Writes fresh storage slots: state bloat.")
class StorageWrites(LoadKind):
    """Each transaction writes as many new slots as its gas allows (22,100 gas a slot and more)."""

    size_bytes = 190

    def __init__(self, parameters: NoParameters) -> None:
        del parameters

    def gas_limits(self, wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the gas of a whole number of slots, 1 to 250."""
        slots = np.clip((wanted - _STORAGE_BASE) // _STORAGE_SLOT, 1, 250).astype(np.int64)
        return _STORAGE_BASE + _STORAGE_SLOT * slots

    def payload(self, locate: Locate, gas_limits: npt.NDArray[np.int64], serial: int) -> Payload:
        """Return writes to slots that no other transaction of the campaign writes."""
        return _Writes(locate("StorageWriter"), gas_limits, serial)


class _Spins(Payload):
    def __init__(self, to: bytes, gas_limits: npt.NDArray[np.int64], per_turn: int) -> None:
        self._to = to
        self._gas_limits = gas_limits
        self._per_turn = per_turn

    def call(self, index: int) -> Call:
        gas_limit = int(self._gas_limits[index])
        turns = (gas_limit - _SPIN_BASE) // self._per_turn
        data = encode_call("spin(uint256)", turns)
        return Call(self._to, data, gas_limit, kind=f"compute-{turns}")


_SPIN_BASE: Final = 25_000


class ComputeParameters(Parameters):
    """Parameters of computing load."""

    gas_per_turn: int = Field(
        default=400, ge=50, description="Gas reckoned for one turn of the loop; unused gas returns."
    )
    step: int = Field(
        default=256, ge=1, description="Turns are a multiple of this, so that few kinds arise."
    )


@LOADS.register("compute", ComputeParameters, description="Hashes in a loop: execution time.")
class ComputeLoad(LoadKind):
    """Keeps the executing node busy without touching state."""

    size_bytes = 160

    def __init__(self, parameters: ComputeParameters) -> None:
        self._parameters = parameters

    def gas_limits(self, wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the gas of a whole number of steps."""
        unit = self._parameters.gas_per_turn * self._parameters.step
        steps = np.maximum((wanted - _SPIN_BASE) // unit, 1).astype(np.int64)
        return _SPIN_BASE + unit * np.minimum(steps, (2**24 - _SPIN_BASE) // unit)

    def payload(self, locate: Locate, gas_limits: npt.NDArray[np.int64], serial: int) -> Payload:
        """Return loops of the right length."""
        del serial
        return _Spins(locate("ComputeBurner"), gas_limits, self._parameters.gas_per_turn)
