"""Importing this module registers every actor that comes with Floodline."""

from floodline.actors import (
    auction_bidders,
    background,
    flood,
    keepers,
    oracle,
    order_keepers,
    traders,
)
from floodline.actors.base import ACTORS

__all__ = [
    "ACTORS",
    "auction_bidders",
    "background",
    "flood",
    "keepers",
    "oracle",
    "order_keepers",
    "traders",
]
