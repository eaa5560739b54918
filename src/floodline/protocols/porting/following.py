"""From a block's logs to events: what an adapter remembers, and how logs change it.

An adapter names the contracts that it listens to, each with a role. A follower has a method for
each role, ``on_pool`` for the role ``pool``; it changes a copy of the state and tells what happened
in the events that every adapter shares. The block's last event holds the state after it, so that
decoding changes nothing and a block that is orphaned leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic, Self, TypeVar

from floodline.chain.abi import ContractInterface, Event
from floodline.chain.node import Log
from floodline.protocols.events import PriceUpdated, ProtocolEvent

Place = tuple[int, int]
"""A log's transaction in its block, and its own place in the block."""
Given = Mapping[str, Any]
"""An event's arguments by their names."""


@dataclass
class Memory:
    """A dataclass that is copied before it changes: its dicts, and memories inside of them, too."""

    def copy(self) -> Self:
        """Return one that changes apart from this."""
        copied = {item.name: _copied(getattr(self, item.name)) for item in fields(self)}
        return replace(self, **copied)


@dataclass
class State(Memory):
    """What an adapter remembers beside the book; a dataclass with more fields for each protocol.

    Attributes
    ----------
    price_e8 : dict
        Newest price of each market, 8 decimals.
    paid_in, paid_out : int
        What came into the protocol and went out of it so far, in units of its dollar.

    """

    price_e8: dict[str, int] = field(default_factory=dict)
    paid_in: int = 0
    paid_out: int = 0

    def pay(self, units: int) -> None:
        """Note dollars that came in, or with a minus went out."""
        if units > 0:
            self.paid_in += units
        else:
            self.paid_out -= units


def _copied(value: Any) -> Any:
    if isinstance(value, Memory):
        return value.copy()
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value


StateT = TypeVar("StateT", bound=State)


@dataclass(frozen=True, slots=True)
class StateChanged(ProtocolEvent):
    """A block's last word: what the adapter remembers after it."""

    state: State


@dataclass(frozen=True)
class Source:
    """A contract that is listened to: what it is to the adapter, and of which market."""

    role: str
    interface: ContractInterface
    market: str = ""


class Follower(Generic[StateT]):
    """Takes one block's logs, one after another.

    Parameters
    ----------
    state : State
        A copy that may be changed.
    timestamp_s : int
        The block's.

    """

    def __init__(self, state: StateT, timestamp_s: int) -> None:
        self.state = state
        self.timestamp_s = timestamp_s
        self.found: list[ProtocolEvent] = []
        """What happened so far."""

    def take(self, source: Source, log: Log, event: Event) -> None:
        """Take one log by the method of its source's role."""
        handle = getattr(self, f"on_{source.role}")
        handle((log.tx_index, log.log_index), source.market, event.name, event.arguments)

    def on_feed(self, place: Place, market: str, name: str, given: Given) -> None:
        """Take a log of a `PushFeed`."""
        if name == "PriceUpdated":
            self.state.price_e8[market] = given["answer"]
            found = PriceUpdated(*place, market, given["answer"], given["observedAt"])
            self.found.append(found)
