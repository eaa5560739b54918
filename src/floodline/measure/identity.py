"""One identity of a run's books: what must be zero, and what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floodline.foundation.errors import IdentityViolation

LARGEST_JSON_INTEGER = 2**63 - 1
NOTHING = "nothing to check"


@dataclass(frozen=True)
class Identity:
    """One identity with its residual.

    Attributes
    ----------
    name : str
        The identity, in words.
    residual : int or float
        What is left over, never negative; integers are exact.
    bound : int or float
        The largest residual that rounding explains; 0 for most.
    unit : str
        Unit of the residual.
    where : str
        The first place that breaks it; empty where it holds.

    """

    name: str
    residual: int | float
    bound: int | float
    unit: str
    where: str = ""

    @property
    def ok(self) -> bool:
        """Whether the residual keeps its bound."""
        return self.residual <= self.bound

    def dump(self) -> dict[str, Any]:
        """Return the identity as plain data; residuals beyond 64 bits as floats."""
        large = self.residual > LARGEST_JSON_INTEGER
        return {
            "name": self.name,
            "residual": float(self.residual) if large else self.residual,
            "bound": self.bound,
            "unit": self.unit,
            "ok": self.ok,
            "where": self.where,
        }


def require(identities: Sequence[Identity]) -> None:
    """Do nothing if all identities hold.

    Raises
    ------
    IdentityViolation
        Naming each one that does not, its residual and where.

    """
    broken = [identity for identity in identities if not identity.ok]
    if broken:
        lines = "; ".join(
            f"{one.name}: {one.residual} {one.unit} (bound {one.bound}) at {one.where}"
            for one in broken
        )
        raise IdentityViolation(
            f"the books do not balance: {lines}",
            "do not use this run's numbers; report it with the run folder, which replays it",
        )
