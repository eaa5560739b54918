"""Importing this module registers every protocol adapter that comes with Floodline."""

from floodline.protocols.aave import adapter as aave
from floodline.protocols.morpho import adapter as morpho
from floodline.protocols.reference import adapter
from floodline.protocols.registry import PROTOCOLS

__all__ = ["PROTOCOLS", "aave", "adapter", "morpho"]
