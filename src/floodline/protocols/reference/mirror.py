"""What a part of the adapter remembers of the chain's events, and how it goes back."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, ClassVar, Protocol

from floodline.protocols.events import ProtocolEvent


class Follower(Protocol):
    """A part that keeps itself up to date by the protocol's events."""

    def take(self, events: Iterable[ProtocolEvent]) -> None:
        """Learn what happened."""

    def checkpoint(self) -> Any:
        """Return a copy of everything that events changed so far."""

    def restore(self, checkpoint: Any) -> None:
        """Return to a checkpoint: the blocks after it were orphaned."""


class Mirror:
    """A follower whose attributes say what it remembers."""

    remembers: ClassVar[tuple[str, ...]]
    """Attributes that events change."""

    def checkpoint(self) -> dict[str, Any]:
        """Return a copy of everything that events changed so far."""
        return deepcopy({name: getattr(self, name) for name in self.remembers})

    def restore(self, checkpoint: dict[str, Any]) -> None:
        """Return to a checkpoint: the blocks after it were orphaned."""
        for name, value in deepcopy(checkpoint).items():
            setattr(self, name, value)
