"""Exact model of ``ExpiryPrices.sol``: settlement prices, averaged or taken at landing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from floodline.protocols.reference.model_math import ModelRevert

MAX_ROUNDS = 128
"""Most rounds that one call may read."""


class ExpirySource(IntEnum):
    """Where a settlement price came from, numbered as in Solidity."""

    NONE = 0
    TWAP = 1
    LAST_ROUND = 2
    LANDING = 3


class Round(NamedTuple):
    """One round of a feed."""

    price: int
    """WAD USD."""
    observed_at: int
    """Seconds."""


@dataclass
class _Progress:
    """How far a window has been read, from the newest round to the oldest."""

    round: int
    until: int
    inside: bool
    weighted: int


@dataclass
class ExpiryModel:
    """The settlement prices of one asset.

    Parameters
    ----------
    window : int
        Averaging window, seconds; zero for the price at landing.
    grace : int
        How long an observation from after expiry is waited for, seconds.

    """

    window: int
    grace: int
    fixings: dict[int, tuple[int, ExpirySource]] = field(default_factory=dict)
    """Price (WAD USD) and source by expiry."""
    progress: dict[int, _Progress] = field(default_factory=dict)

    def fix(
        self, expiry: int, max_rounds: int, now_s: int, rounds: Sequence[Round], landing: int
    ) -> bool:
        """Fix an expiry's price, or read part of the way there; return whether it is known.

        3,000 for the first ten minutes of thirty and 3,060 for the rest average to 3,040.

        Parameters
        ----------
        expiry, max_rounds, now_s : int
            As the contract takes them; seconds.
        rounds : sequence of Round
            The feed's, oldest first.
        landing : int
            The price in force now, WAD USD.

        """
        if now_s < expiry:
            raise ModelRevert("NotExpired", expiry, now_s)
        if expiry in self.fixings:
            raise ModelRevert("ExpiryAlreadyFixed", expiry, self.fixings[expiry][0])
        if not 0 < max_rounds <= MAX_ROUNDS:
            raise ModelRevert("RoundsOutOfBounds", max_rounds, MAX_ROUNDS)
        if self.window == 0:
            self.fixings[expiry] = (landing, ExpirySource.LANDING)
            return True
        return self._average(expiry, max_rounds, now_s, rounds)

    def price_of(self, expiry: int) -> int | None:
        """Return the settlement price of an expiry, WAD USD; None while unknown."""
        return self.fixings[expiry][0] if expiry in self.fixings else None

    def _average(self, expiry: int, max_rounds: int, now_s: int, rounds: Sequence[Round]) -> bool:
        p = self.progress.get(expiry)
        if p is None:
            p = _Progress(self._last_round(expiry, now_s, rounds), expiry, inside=False, weighted=0)
        start = max(expiry - self.window, 0)
        price = 0
        while p.round and p.until > start:
            if max_rounds == 0:
                self.progress[expiry] = p
                return False
            price, observed_at = rounds[p.round - 1]
            begin = max(observed_at, start)
            p.weighted += price * (p.until - begin)
            p.until = begin
            p.inside = p.inside or observed_at > start
            p.round -= 1
            max_rounds -= 1
        self.progress.pop(expiry, None)
        if p.until < expiry:
            price = p.weighted // (expiry - p.until)
        source = ExpirySource.TWAP if p.inside else ExpirySource.LAST_ROUND
        self.fixings[expiry] = (price, source)
        return True

    def _last_round(self, expiry: int, now_s: int, rounds: Sequence[Round]) -> int:
        newest = rounds[-1].observed_at if rounds else 0
        if newest < expiry and now_s < expiry + self.grace:
            raise ModelRevert("ExpiryRoundsPending", expiry, newest, expiry + self.grace)
        before = sum(item.observed_at <= expiry for item in rounds)
        if before == 0:
            raise ModelRevert("NoRoundBefore", expiry)
        return before
