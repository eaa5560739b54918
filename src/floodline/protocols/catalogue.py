"""Importing this module registers every protocol adapter, those of other packages too."""

from floodline.protocols.aave import adapter as aave
from floodline.protocols.lyra import adapter as lyra
from floodline.protocols.morpho import adapter as morpho
from floodline.protocols.plugins import register_installed
from floodline.protocols.reference import adapter
from floodline.protocols.registry import PROTOCOLS

__all__ = ["PROTOCOLS", "aave", "adapter", "lyra", "morpho"]

register_installed()
