"""Floodline finds the load at which an on-chain derivatives protocol stops settling."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("floodline")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
