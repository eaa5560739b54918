"""A devnet that runs already, as the state that a node of our own goes on from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PAUSE_S: Final = 86_400
_HOUR_S: Final = 3_600


@dataclass(frozen=True)
class Fork:
    """One block of a running devnet; it is read from and never written to.

    Attributes
    ----------
    url : str
        Its HTTP endpoint, on loopback.
    block : int
        The block to go on from.
    timestamp : int
        That block's, in seconds since 1970.

    """

    url: str
    block: int
    timestamp: int

    @property
    def flags(self) -> tuple[str, ...]:
        """Anvil's flags."""
        return ("--fork-url", self.url, "--fork-block-number", str(self.block), "--no-rate-limit")

    def genesis_s(self, at_least: int) -> int:
        """Return virtual time zero: a whole hour, a day or more after the block.

        Examples
        --------
        >>> Fork("http://127.0.0.1:8545", 7, 7_200).genesis_s(0)
        93600

        """
        after = self.timestamp + _PAUSE_S
        return max(at_least, -(-after // _HOUR_S) * _HOUR_S)
