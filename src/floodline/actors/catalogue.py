"""Importing this module registers every actor that comes with Floodline."""

from floodline.actors import background, flood, keepers, oracle, traders
from floodline.actors.base import ACTORS

__all__ = ["ACTORS", "background", "flood", "keepers", "oracle", "traders"]
