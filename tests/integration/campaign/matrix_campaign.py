"""A campaign of a few slots for one variant, and what it left: events, tables, refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from small_campaign import prepared

from floodline.measure.identities import check
from floodline.measure.tables import Tables, build_tables
from floodline.protocols.capabilities import Capabilities
from floodline.protocols.events import PriceUpdated, ProtocolEvent

QUIET = {"oracle": {"deviation": 0.9, "heartbeat_s": 86_400}}
"""A publisher that signs, where prices are pulled, and says nothing on chain."""


@dataclass(frozen=True)
class Left:
    """What a campaign left behind."""

    events: Sequence[ProtocolEvent]
    tables: Tables
    capabilities: Capabilities
    contracts: frozenset[str]
    priced: frozenset[str]
    """Kinds of calls of which at least one stored a price before it did its own work."""

    def count(self, event: type[ProtocolEvent]) -> int:
        """How often something happened, the setup included."""
        return sum(isinstance(one, event) for one in self.events)

    @property
    def reasons(self) -> set[str]:
        """Why transactions reverted."""
        return set(self.tables["transactions"]["reason"].astype(str))

    def included(self, kind: str) -> Any:
        """Transactions of a kind that did what they were meant to."""
        rows = self.tables["transactions"]
        return rows[(rows["kind"] == kind) & (rows["status"] == "included")]

    @property
    def done(self) -> Counter[str]:
        """How often each kind of call was included."""
        rows = self.tables["transactions"]
        return Counter(rows[rows["status"] == "included"]["kind"].astype(str))


def tiny(
    switches: Mapping[str, Any],
    *more: Mapping[str, Any],
    crash: float = 0.2,
    slots: int = 14,
    oracle: Mapping[str, Any] | None = None,
    book: Mapping[str, Any] | None = None,
    **protocol: Any,
) -> dict[str, Any]:
    """A crash over a small book, with keepers and traders."""
    return {
        "name": "tiny",
        "seed": 3,
        "slots": slots,
        "background": "off",
        "market": {
            "ETH": {
                "jump_diffusion": {
                    "start_usd": 3000,
                    "vol": 0.9,
                    "jumps": [{"at_s": 30, "size": -crash, "over_s": 12}],
                }
            }
        },
        "protocol": {"insurance_usd": 1_000, "switches": dict(switches), **protocol},
        "book": {"accounts": 16, "leverage": {"constant": 10.0}, **(book or {})},
        "actors": [
            dict(oracle or {"oracle": {}}),
            {"keepers": {"count": 1}},
            {"traders": {"accounts": 8, "rate_per_s": 0.3}},
            *(dict(one) for one in more),
        ],
    }


def run(plain: dict[str, Any], folder: Path) -> Left:
    """Run it to the end; every identity must hold."""
    seen: list[ProtocolEvent] = []
    with prepared(plain, folder) as session:
        world = session.world
        protocol = world.protocol
        for number in range(1, session.node.block().number + 1):
            seen += protocol.decode(session.node.logs(number), 0)
        apply = protocol.apply

        brought: set[tuple[int, int]] = set()

        def note(events: Sequence[ProtocolEvent]) -> None:
            seen.extend(events)
            block = len(session.recorder.blocks) + 1 if session.recorder else 0
            brought.update((block, one.tx_index) for one in events if isinstance(one, PriceUpdated))
            apply(events)

        protocol.apply = note  # type: ignore[method-assign]
        session.run()
        record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity.name for identity in check(tables) if not identity.ok] == []
    names = frozenset(protocol.bytecode_hashes())
    rows = tables["transactions"]
    priced = frozenset(
        str(kind)
        for kind, block, index in zip(rows["kind"], rows["block"], rows["index"], strict=True)
        if (block, index) in brought
    )
    return Left(seen, tables, protocol.capabilities, names, priced)
