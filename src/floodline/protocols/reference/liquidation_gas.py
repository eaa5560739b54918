"""What each kind of liquidation was measured to use, by options held and rule of margin.

`tests/contracts/test_gas_by_legs.py` holds every number against the contracts.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Use(NamedTuple):
    """Gas of one kind of call: ``base + leg * legs``, or `alone` where there is no option."""

    alone: int
    """Of an account with perpetuals only."""
    base: int
    """Of an account with options, before the first of them."""
    leg: int
    """What one option more adds."""


ISOLATED: Final = {
    "liquidate": Use(450_000, 530_000, 49_000),
    "liquidate_option": Use(0, 420_000, 48_500),
    "start_auction": Use(335_000, 410_000, 30_500),
    "reset_auction": Use(335_000, 410_000, 30_500),
    "bid_auction": Use(765_000, 723_000, 129_000),
}
"""Each position by its own rule."""

SCENARIOS: Final = {
    "liquidate": Use(650_000, 812_000, 216_000),
    "liquidate_option": Use(0, 601_000, 226_000),
    "start_auction": Use(468_000, 565_000, 114_000),
    "reset_auction": Use(468_000, 565_000, 114_000),
    "bid_auction": Use(913_000, 912_000, 399_000),
}
"""Scenario margin: a bid values the account before and after, and the bidder."""

CARRIED_PRICE: Final = 200_000
"""What one signed price adds that a call brings along: thirteen signatures are 198,118."""


def expected_gas(kind: str, legs: int, *, scenarios: bool) -> int:
    """Return the gas that a kind of liquidation is expected to use; zero for any other call.

    An option of an account with ten, by scenarios: 601,000 + 10 * 226,000 = 2,861,000.

    Parameters
    ----------
    kind : str
        The call's.
    legs : int
        Options that the account holds or has written; in a bid, those of account and bidder
        together.
    scenarios : bool
        Whether accounts are under scenario margin.

    """
    use = (SCENARIOS if scenarios else ISOLATED).get(kind)
    if use is None:
        return 0
    return use.base + use.leg * legs if legs else use.alone
