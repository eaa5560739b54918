"""A contract's interface: calldata, return values, events and reverts in Python's own types.

Arguments that are all single words (integers, addresses, booleans, fixed bytes) take a short path
of our own; everything else goes through eth_abi. Addresses are 20 ``bytes`` on both ways, structs
are tuples in and dicts out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError, EncodingError

from floodline.chain.keccak import keccak256
from floodline.chain.node import Log
from floodline.chain.words import word_reader, word_writer
from floodline.foundation.errors import NodeError

Abi = Sequence[Mapping[str, Any]]
"""The ABI as solc writes it."""

PANIC_REASONS: Final = {
    0x00: "generic failure",
    0x01: "assertion failed",
    0x11: "arithmetic overflow or underflow",
    0x12: "division by zero",
    0x21: "value outside its enum",
    0x22: "badly encoded storage bytes",
    0x31: "pop of an empty array",
    0x32: "index out of bounds",
    0x41: "too much memory allocated",
    0x51: "call of an uninitialised function",
}
"""Codes of Solidity's ``Panic(uint256)``."""


class AbiError(NodeError):
    """Values do not fit a contract's interface, or bytes from the chain do not decode by it."""


@dataclass(frozen=True)
class Event:
    """A decoded log: the event's name and its arguments by name."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Revert:
    """A decoded revert.

    Attributes
    ----------
    name : str
        The custom error, ``Error`` for a reason string, ``Panic``, or empty if unknown.
    arguments : dict
        Its arguments by name.
    selector : bytes
        First four bytes of the revert data, fewer where there are none.

    """

    name: str
    arguments: dict[str, Any]
    selector: bytes

    def __str__(self) -> str:
        if not self.name:
            return f"0x{self.selector.hex()}" if self.selector else "no revert data"
        if self.name == "Panic":
            code = self.arguments["code"]
            return f"Panic(0x{code:02x}: {PANIC_REASONS.get(code, 'unknown')})"
        values = (
            "0x" + value.hex() if isinstance(value, bytes) else str(value)
            for value in self.arguments.values()
        )
        return f"{self.name}({', '.join(values)})"


class _Parameters:
    """A list of ABI parameters, ready to encode and decode."""

    def __init__(self, items: Sequence[Mapping[str, Any]]) -> None:
        self.items = items
        self.names = tuple(item.get("name") or str(index) for index, item in enumerate(items))
        self.types = tuple(map(canonical_type, items))
        self.signature = f"({','.join(self.types)})"
        writers = [word_writer(kind) for kind in self.types]
        readers = [word_reader(kind) for kind in self.types]
        self._writers = [writer for writer in writers if writer is not None]
        self._readers = [reader for reader in readers if reader is not None]
        self._plain = len(self._readers) == len(items)
        self._shape: list[Callable[[Any], Any]] = [_shaper(item) for item in items]

    def encode(self, values: Sequence[Any]) -> bytes:
        if self._plain and len(values) == len(self.items):
            return b"".join(
                [write(value) for write, value in zip(self._writers, values, strict=True)]
            )
        return abi_encode(self.types, values)

    def decode(self, data: bytes) -> list[Any]:
        if self._plain:
            if len(data) < 32 * len(self._readers):
                raise ValueError(f"{len(data)} bytes for {len(self._readers)} words")
            return [
                read(data[32 * index : 32 * index + 32]) for index, read in enumerate(self._readers)
            ]
        values = abi_decode(self.types, data)
        return [shape(value) for shape, value in zip(self._shape, values, strict=True)]


class _Event:
    def __init__(self, item: Mapping[str, Any]) -> None:
        self.name = str(item["name"])
        inputs = item["inputs"]
        self.names = tuple(part["name"] for part in inputs)
        self.indexed = [part for part in inputs if part["indexed"]]
        self.readers = [word_reader(canonical_type(part)) or bytes for part in self.indexed]
        self.rest = _Parameters([part for part in inputs if not part["indexed"]])
        self.signature = self.name + _Parameters(inputs).signature

    def decode(self, topics: Sequence[bytes], data: bytes) -> Event:
        if len(topics) != len(self.indexed):
            raise ValueError(f"{len(topics)} indexed arguments for {len(self.indexed)}")
        found = {
            part["name"]: read(topic)
            for part, read, topic in zip(self.indexed, self.readers, topics, strict=True)
        }
        found.update(zip(self.rest.names, self.rest.decode(data), strict=True))
        return Event(self.name, {name: found[name] for name in self.names})


class ContractInterface:
    """A contract's functions, events and errors.

    A function is named plainly, or with its types where it is overloaded:
    ``deposit`` or ``deposit(uint256,address)``.

    Parameters
    ----------
    abi : Abi
        As solc writes it.

    """

    def __init__(self, abi: Abi) -> None:
        self.abi = abi
        self._functions: dict[str, tuple[bytes, _Parameters, _Parameters]] = {}
        self._events: dict[bytes, _Event] = {}
        self._errors: dict[bytes, tuple[str, _Parameters]] = {
            selector("Error(string)"): ("Error", _parameter("reason", "string")),
            selector("Panic(uint256)"): ("Panic", _parameter("code", "uint256")),
        }
        self._constructor = _Parameters([])
        self._topics: dict[str, bytes] = {}
        overloaded: set[str] = set()
        for item in abi:
            kind = item["type"]
            if kind == "function":
                inputs = _Parameters(item["inputs"])
                signature = item["name"] + inputs.signature
                entry = (selector(signature), inputs, _Parameters(item["outputs"]))
                if item["name"] in self._functions or item["name"] in overloaded:
                    overloaded.add(item["name"])
                    self._functions.pop(item["name"], None)
                else:
                    self._functions[item["name"]] = entry
                self._functions[signature] = entry
            elif kind == "event":
                event = _Event(item)
                topic = keccak256(event.signature.encode())
                self._events[topic] = event
                self._topics[event.name] = topic
            elif kind == "error":
                inputs = _Parameters(item["inputs"])
                self._errors[selector(item["name"] + inputs.signature)] = (item["name"], inputs)
            elif kind == "constructor":
                self._constructor = _Parameters(item["inputs"])

    @property
    def event_names(self) -> list[str]:
        """Names of all events, sorted."""
        return sorted(self._topics)

    @property
    def function_names(self) -> list[str]:
        """Names of all functions as `encode` takes them, sorted."""
        return sorted(self._functions)

    def topic(self, event: str) -> bytes:
        """Return the first topic of an event, the digest of its signature."""
        if event not in self._topics:
            raise AbiError(
                f"this contract has no event {event}", f"one of: {', '.join(self.event_names)}"
            )
        return self._topics[event]

    def encode(self, function: str, *arguments: Any) -> bytes:
        """Return the calldata of a call.

        Raises
        ------
        AbiError
            If there is no such function or the arguments do not fit it.

        """
        chosen, inputs, _ = self._function(function)
        return chosen + _encode(function, inputs, arguments)

    def decode_input(self, function: str, data: bytes) -> list[Any] | None:
        """Return the arguments in some calldata; None if it calls another function.

        ``transmit(int256,uint256)`` with 5 and 7 gives ``[5, 7]``.
        """
        chosen, inputs, _ = self._function(function)
        if data[:4] != chosen:
            return None
        try:
            return inputs.decode(data[4:])
        except (DecodingError, ValueError, OverflowError):
            return None

    def encode_constructor(self, *arguments: Any) -> bytes:
        """Return the bytes to append to the creation code."""
        return _encode("constructor", self._constructor, arguments)

    def decode_output(self, function: str, data: bytes) -> Any:
        """Return what a call returned: nothing, one value, or a tuple of several."""
        _, _, outputs = self._function(function)
        if outputs.items and not data:
            raise AbiError(
                f"{function} returned nothing", "check that the contract is deployed there"
            )
        try:
            values = outputs.decode(data)
        except (DecodingError, ValueError, OverflowError) as error:
            raise AbiError(
                f"what {function} returned does not decode as {outputs.signature}: {error}",
                "check the address, and that artifacts and deployed code are of one version",
            ) from error
        if not values:
            return None
        return values[0] if len(values) == 1 else tuple(values)

    def decode_log(self, log: Log) -> Event | None:
        """Return the event in a log, None if this contract has no such event."""
        event = self._events.get(log.topics[0]) if log.topics else None
        if event is None:
            return None
        try:
            return event.decode(log.topics[1:], log.data)
        except (DecodingError, ValueError, OverflowError) as error:
            raise AbiError(
                f"a log of 0x{log.address.hex()} does not decode as {event.signature}: {error}",
                "check that artifacts and deployed code are of one version",
            ) from error

    def decode_revert(self, data: bytes) -> Revert:
        """Return the custom error, reason string or panic in some revert data."""
        chosen = data[:4]
        known = self._errors.get(chosen)
        if known is None:
            return Revert("", {}, chosen)
        name, inputs = known
        try:
            return Revert(
                name, dict(zip(inputs.names, inputs.decode(data[4:]), strict=True)), chosen
            )
        except (DecodingError, ValueError, OverflowError):
            return Revert("", {}, chosen)

    def _function(self, function: str) -> tuple[bytes, _Parameters, _Parameters]:
        try:
            return self._functions[function]
        except KeyError:
            names = ", ".join(name for name in self.function_names if name.startswith(function))
            raise AbiError(
                f"this contract has no function {function}, or several",
                f"one of: {names or ', '.join(self.function_names)}",
            ) from None


def selector(signature: str) -> bytes:
    """Return the four bytes that name a function or an error.

    Examples
    --------
    >>> selector("transfer(address,uint256)").hex()
    'a9059cbb'

    """
    return keccak256(signature.encode())[:4]


def encode_call(signature: str, *arguments: Any) -> bytes:
    """Return the calldata of a function known by its signature only.

    Examples
    --------
    >>> encode_call("spin(uint256)", 7).hex()[:12]
    'f5be7da20000'

    Raises
    ------
    AbiError
        If the arguments do not fit the signature.

    """
    return selector(signature) + _encode(signature, _by_signature(signature), arguments)


@lru_cache(maxsize=256)
def _by_signature(signature: str) -> _Parameters:
    """Return the parameters in a signature, which it splits at its outermost commas."""
    inner = signature[signature.index("(") + 1 : -1]
    kinds, depth = [""], 0
    for character in inner:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            kinds.append("")
        else:
            kinds[-1] += character
    return _Parameters([{"type": kind} for kind in kinds if kind])


def _encode(function: str, inputs: _Parameters, arguments: Sequence[Any]) -> bytes:
    try:
        return inputs.encode(arguments)
    except (EncodingError, ValueError, TypeError, OverflowError, AttributeError) as error:
        raise AbiError(
            f"{function} takes {inputs.signature}: {error}", "pass arguments of these types"
        ) from error


def canonical_type(item: Mapping[str, Any]) -> str:
    """Return a parameter's type as signatures spell it, structs as tuples."""
    kind = str(item["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(canonical_type, item['components']))}){kind.removeprefix('tuple')}"


def _parameter(name: str, kind: str) -> _Parameters:
    return _Parameters([{"name": name, "type": kind}])


def _shaper(item: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return what turns eth_abi's value into ours: addresses to bytes, structs to dicts."""
    kind = str(item["type"])
    if kind.endswith("]"):
        inner = _shaper({**item, "type": kind[: kind.rindex("[")]})
        return lambda values: [inner(value) for value in values]
    if kind == "tuple":
        parts = [(part["name"], _shaper(part)) for part in item["components"]]
        return lambda values: {
            name: shape(value) for (name, shape), value in zip(parts, values, strict=True)
        }
    if kind == "address":
        return lambda text: bytes.fromhex(text[2:])
    return lambda value: value
