"""When a keeper finds an account that it could liquidate."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from floodline.actors.desk import Candidate
from floodline.actors.keeper_capital import Target
from floodline.foundation.units import to_us
from floodline.market.amounts import Amount


class Detection:
    """One keeper's eyes: each account comes to its notice some time after the block that shows it.

    An account that recovers and falls again has to be found again.

    Parameters
    ----------
    delay : Amount
        Seconds from seeing the first block in which an account may be liquidated to noticing it.
    rng : numpy.random.Generator
        The keeper's stream.
    wake : callable
        Called with the virtual time at which something will be noticed.

    """

    def __init__(
        self, delay: Amount, rng: np.random.Generator, wake: Callable[[int], None]
    ) -> None:
        self._delay = delay
        self._rng = rng
        self._wake = wake
        self._noticed_us: dict[Target, int] = {}

    def see(self, candidates: Iterable[Candidate], now_us: int) -> None:
        """Take a block's candidates; draw when the new ones are noticed, forget the others."""
        targets = [(candidate.account, candidate.market) for candidate in candidates]
        known = self._noticed_us
        self._noticed_us = {target: known[target] for target in targets if target in known}
        new = [target for target in targets if target not in known]
        for target, delay_s in zip(
            new, self._delay.sample(self._rng, len(new)).tolist(), strict=True
        ):
            due_us = now_us + to_us(delay_s)
            self._noticed_us[target] = due_us
            if due_us > now_us:
                self._wake(due_us)

    def has_noticed(self, target: Target, now_us: int) -> bool:
        """Return whether an account has come to the keeper's notice."""
        return self._noticed_us.get(target, now_us + 1) <= now_us
