"""Load on execution and on bandwidth: computation, calldata."""

from __future__ import annotations

from typing import Final

import numpy as np
from pydantic import Field

from floodline.actors.desk import Payload
from floodline.actors.load.kind import (
    LOADS,
    GasLimits,
    LoadKind,
    Locate,
    Wanted,
)
from floodline.chain.abi import encode_call
from floodline.chain.feemarket import minimum_gas_limit
from floodline.foundation.registry import Parameters
from floodline.protocols.interface import Call


class _Spins(Payload):
    def __init__(self, to: bytes, gas_limits: GasLimits, per_turn: int) -> None:
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

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return the gas of a whole number of steps."""
        unit = self._parameters.gas_per_turn * self._parameters.step
        steps = np.maximum((wanted - _SPIN_BASE) // unit, 1).astype(np.int64)
        return _SPIN_BASE + unit * np.minimum(steps, (2**24 - _SPIN_BASE) // unit)

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return loops of the right length."""
        del serial, rng
        return _Spins(locate("ComputeBurner"), gas_limits, self._parameters.gas_per_turn)


class _Data(Payload):
    def __init__(self, to: bytes, data: bytes, gas_limit: int) -> None:
        self._call = Call(to, data, gas_limit, kind=f"calldata-{len(data)}")

    def call(self, index: int) -> Call:
        del index
        return self._call


class CalldataParameters(Parameters):
    """Parameters of load by calldata."""

    data_bytes: int = Field(
        default=24_000,
        ge=1,
        le=120_000,
        description="Bytes of calldata in each transaction; more than 32,600 take several of the "
        "pool's slots.",
    )


@LOADS.register(
    "calldata",
    CalldataParameters,
    description="Transactions full of bytes: bandwidth and storage of blocks.",
)
class Calldata(LoadKind):
    """Nonzero bytes at 40 gas each (EIP-7623): 24,000 bytes take 981,000 gas, always."""

    def __init__(self, parameters: CalldataParameters) -> None:
        self._data = b"\xda" * parameters.data_bytes
        self._gas = minimum_gas_limit(self._data)
        self.size_bytes = 160 + parameters.data_bytes

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return what the bytes cost, for each."""
        return np.full(len(wanted), self._gas, dtype=np.int64)

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return the bytes, to an account that has no code."""
        del gas_limits, serial, rng
        return _Data(locate("Sink"), self._data, self._gas)
