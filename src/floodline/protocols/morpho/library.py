"""Morpho Blue compiled from the sources of its npm package, as it builds itself."""

from __future__ import annotations

from functools import cache
from typing import Final

from floodline.artifacts.library import ArtifactLibrary
from floodline.artifacts.sources import compile_sources
from floodline.toolchain.packages import find_package, pin

_COMPILER: Final = "0.8.19"
_SETTINGS: Final = {
    "evmVersion": "paris",
    "optimizer": {"enabled": True, "runs": 999_999},
    "viaIR": True,
    "metadata": {"bytecodeHash": "none"},
}
"""The profile ``build`` of its foundry.toml."""


@cache
def morpho_library() -> ArtifactLibrary:
    """Return Morpho Blue's contracts.

    Raises
    ------
    ToolchainError
        If the package or its compiler is missing or of another version.

    """
    wanted = pin("morpho")
    entry = f"{wanted.artifacts}/Morpho.sol"
    root = find_package(wanted)
    return compile_sources(
        root, [entry], version=_COMPILER, settings=_SETTINGS, option=wanted.option
    )
