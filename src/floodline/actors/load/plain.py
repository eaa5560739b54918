"""Plain load: transfers, exact burners, and calls that fail."""

from __future__ import annotations

from typing import Final

import numpy as np

from floodline.actors.desk import Payload
from floodline.actors.load.kind import (
    LOADS,
    GasLimits,
    LoadKind,
    Locate,
    NoParameters,
    Wanted,
)
from floodline.protocols.interface import Call


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

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return 21,000 for each, whatever is wanted."""
        return np.full(len(wanted), 21_000, dtype=np.int64)

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return transfers to one account that exists already."""
        del gas_limits, serial, rng
        return _Transfers(locate("Sink"))


class _Burns(Payload):
    def __init__(self, to: bytes, gas_limits: GasLimits) -> None:
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

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return what is wanted, between 25,000 and 2^24."""
        return np.clip(wanted, 25_000, 2**24).astype(np.int64)

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return calls of the burner."""
        del serial, rng
        return _Burns(locate("GasBurner"), gas_limits)


_FAILING_GAS: Final = 60_000


class _Failures(Payload):
    def __init__(self, to: bytes) -> None:
        self._call = Call(to, b"\xfa\x11\xed\x00", _FAILING_GAS, kind="failing")

    def call(self, index: int) -> Call:
        del index
        return self._call


@LOADS.register(
    "failing",
    NoParameters,
    description="Calls that revert at once: many cheap attempts instead of one high tip.",
)
class Failing(LoadKind):
    """Asks for 60,000 gas, uses little more than 21,000, and fails: spam in place of tips."""

    size_bytes = 130

    def __init__(self, parameters: NoParameters) -> None:
        del parameters

    def gas_limits(self, wanted: Wanted) -> GasLimits:
        """Return 60,000 for each, whatever is wanted."""
        return np.full(len(wanted), _FAILING_GAS, dtype=np.int64)

    def payload(
        self, locate: Locate, gas_limits: GasLimits, serial: int, rng: np.random.Generator
    ) -> Payload:
        """Return calls of a function that is not there."""
        del gas_limits, serial, rng
        return _Failures(locate("StorageWriter"))
