"""What a protocol can do: flags that tables and reports go by, and the error of what it cannot."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from floodline.foundation.errors import CampaignError


def _can(meaning: str) -> bool:
    found: bool = field(default=False, metadata={"meaning": meaning})
    return found


@dataclass(frozen=True)
class Capabilities:
    """Which mechanisms a deployment really has; reports leave out what is not there."""

    perps: bool = _can("positions gain and lose with a price, against a counterparty")
    options: bool = _can("options are bought from and sold to a vault")
    lending: bool = _can("collateral is lent against: a leveraged position is collateral and debt")
    short_positions: bool = _can("a position may be short")
    funding_payments: bool = _can("positions pay each other, or lenders, as time passes")
    insurance_fund: bool = _can("a fund pays for bad debt first")
    counterparty: bool = _can("an account of the books stands behind all positions")
    partial_liquidation: bool = _can("a liquidation may close less than a whole position")
    auction: bool = _can("accounts below maintenance are sold by auction")
    async_orders: bool = _can("orders are committed first and settled later")
    adl: bool = _can("winners' positions are closed to pay for losers' bad debt")
    pull_oracle: bool = _can("signed prices ride in the call that uses them")
    vault: bool = _can("liquidity providers share one vault, with queues")
    spot_amm: bool = _can("a constant-product pool trades the asset itself")
    portfolio_margin: bool = _can("accounts are margined by scenarios over all that they hold")
    multi_collateral: bool = _can("tokens count as margin, and are sold for debts")

    def listed(self) -> list[tuple[str, bool, str]]:
        """Return name, whether it is there, and its meaning, in the order of the fields."""
        return [
            (item.name, bool(getattr(self, item.name)), str(item.metadata["meaning"]))
            for item in fields(self)
        ]


class Unsupported(CampaignError):  # noqa: N818 - what it is
    """A protocol was asked for something that it does not have.

    Parameters
    ----------
    protocol : str
        The adapter's name.
    what : str
        What was asked for, such as "auctions".
    next_step : str, optional
        What to do instead.

    """

    def __init__(self, protocol: str, what: str, next_step: str = "") -> None:
        super().__init__(
            f"protocol adapter '{protocol}' has no {what}",
            next_step or "leave it out of the campaign, or choose an adapter that has it",
        )
