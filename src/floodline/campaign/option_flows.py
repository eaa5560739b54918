"""What options do to the cash of those who trade them, from the option contracts' own events."""

from __future__ import annotations

from typing import Final

from floodline.foundation.units import WAD
from floodline.protocols.events import OptionClosed, OptionSettled, OptionTraded, ProtocolEvent

VAULT_ROLE: Final = "option_vault"
"""Role of the ledger account on the other side of option traders."""

OPTION_FLOWS: Final = ("trader_options", f"{VAULT_ROLE}_flow")
"""Flows of a campaign with options."""


def option_cash_wad(event: ProtocolEvent) -> int:
    """Return what an event of options added to its account's cash, WAD dollars; else zero.

    Premiums are rounded down, as the contracts round: 3 options sold at 273.90 with a fee of 2.70
    add 821.70 - 2.70 = 819.
    """
    if isinstance(event, OptionTraded):
        return -event.size_delta_wad * event.price_wad // WAD - event.fee_wad
    if isinstance(event, OptionClosed):
        return -event.size_delta_wad * event.price_wad // WAD
    return event.paid_wad if isinstance(event, OptionSettled) else 0
