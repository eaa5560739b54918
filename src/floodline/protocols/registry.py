"""The registry of protocols under test."""

from __future__ import annotations

from typing import Final

from floodline.foundation.registry import Registry
from floodline.protocols.interface import ProtocolAdapter

PROTOCOLS: Final[Registry[ProtocolAdapter]] = Registry("protocol adapter")
