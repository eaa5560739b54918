"""Importing this module registers every actor that comes with Floodline."""

from floodline.actors import (
    arbitrage,
    attacks,
    auction_bidders,
    background,
    collateral_sellers,
    deleveragers,
    flood,
    flow,
    keepers,
    option_traders,
    options,
    oracle,
    order_keepers,
    sequencer,
    steward,
    traders,
    vault,
)
from floodline.actors.base import ACTORS

__all__ = [
    "ACTORS",
    "arbitrage",
    "attacks",
    "auction_bidders",
    "background",
    "collateral_sellers",
    "deleveragers",
    "flood",
    "flow",
    "keepers",
    "option_traders",
    "options",
    "oracle",
    "order_keepers",
    "sequencer",
    "steward",
    "traders",
    "vault",
]
