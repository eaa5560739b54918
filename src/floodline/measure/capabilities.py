"""Which mechanisms the protocol of a run has, as its tables tell."""

from __future__ import annotations

from floodline.measure.tables import Tables


def capabilities(tables: Tables) -> dict[str, bool]:
    """Return every capability, and whether the protocol has it; empty where nothing is told."""
    told = tables["capabilities"]
    return {
        str(name): bool(present)
        for name, present in zip(told["capability"], told["present"], strict=True)
    }


def has(tables: Tables, capability: str) -> bool:
    """Whether the protocol has a capability; True where the tables do not tell."""
    return capabilities(tables).get(capability, True)
