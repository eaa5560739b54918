"""One call that makes the toolchain whole: what is in use, and why."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_dir
from floodline.toolchain.anvil import AnvilBinary, find_anvil, link_anvil
from floodline.toolchain.geth import GethBinary, ensure_geth
from floodline.toolchain.hardhat import ensure_hardhat
from floodline.toolchain.node_runtime import NodeRuntime, Progress, ensure_node
from floodline.toolchain.npm import ensure_node_modules
from floodline.toolchain.packages import PINS, ensure_package
from floodline.toolchain.solc import SolcBinary, ensure_solc, solcx_folder
from floodline.toolchain.versions import HARDHAT

PROTOCOLS: Final = "protocols"
"""As an extra: every third-party protocol."""


@dataclass(frozen=True)
class Toolchain:
    """The tools in use.

    Attributes
    ----------
    anvil : AnvilBinary
        The node.
    solc : SolcBinary
        The compiler.
    node : NodeRuntime
        Node with npm.
    notes : tuple of str
        What is in use and why, one line each.
    geth : GethBinary or None
        The other node, where it was asked for.

    """

    anvil: AnvilBinary
    solc: SolcBinary
    node: NodeRuntime
    notes: tuple[str, ...]
    geth: GethBinary | None = None


def ensure_toolchain(progress: Progress, extras: Sequence[str] = ()) -> Toolchain:
    """Find or install Node, the npm packages, solc and Anvil; safe to run in parallel.

    Parameters
    ----------
    progress : callable
        Takes one line on what is being done; nothing is said where nothing had to be done.
    extras : sequence of str
        What is wanted besides: the nodes ``geth`` and ``hardhat``, third-party protocols by the
        names of their pins, or all of them as ``protocols``.

    Raises
    ------
    ToolchainError
        If a tool is missing and cannot be installed; it says what to do next.

    """
    with _alone(cache_dir(), progress):
        node = ensure_node(progress)
        packages = ensure_node_modules(node, progress)
        anvil = find_anvil()
        linked = link_anvil(anvil)
        with _alone(solcx_folder(), progress):
            solc = ensure_solc(node, packages, progress)
        geth = ensure_geth(progress) if "geth" in extras else None
        hardhat = ensure_hardhat(node, progress) if "hardhat" in extras else None
        third_party = _third_party(extras, node, packages, progress)
    notes = [
        f"anvil {anvil.version}: {anvil.origin}",
        f"solc: {solc.origin}",
        f"node {node.version}: {node.origin}",
        f"npm packages: {packages}",
    ]
    if linked:
        notes.append(linked)
    if geth is not None:
        notes.append(f"geth {geth.version}: {geth.origin}")
    if hardhat is not None:
        notes.append(f"hardhat {HARDHAT}: {hardhat.home}")
    return Toolchain(anvil, solc, node, (*notes, *third_party), geth)


def _third_party(
    extras: Sequence[str], node: NodeRuntime, packages: Path, progress: Progress
) -> list[str]:
    """Install the protocols that are wanted with their compilers; return a note on each."""
    notes = []
    for name, wanted in PINS.items():
        if wanted.option not in extras and PROTOCOLS not in extras:
            continue
        home = ensure_package(wanted, node, progress)
        if wanted.package == "solc":
            with _alone(solcx_folder(), progress):
                build = home / "soljson.js"
                solc = ensure_solc(node, packages, progress, wanted.version, build)
            notes.append(f"{name}: {solc.origin}")
        else:
            notes.append(f"{wanted.package} {wanted.version}: {home}")
    return notes


@contextmanager
def _alone(folder: Path, progress: Progress) -> Iterator[None]:
    """Hold a folder's lock, so that two processes do not install over one another."""
    path = folder / "toolchain.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise ToolchainError(
            f"cannot write {path}: {error}",
            "make the folder writable (SOLCX_BINARY_PATH and XDG_CACHE_HOME choose others)",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("waiting for another process that installs the toolchain")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
