"""Hardhat: an npm package in a folder of its own, since only campaigns on it need it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_path
from floodline.toolchain.node_runtime import NodeRuntime, Progress, find_node
from floodline.toolchain.versions import HARDHAT

_INSTALL_S = 900.0
_SHOWN_CHARACTERS = 1_000
_START: Final = Path("node_modules/hardhat/internal/cli/bootstrap.js")


@dataclass(frozen=True)
class HardhatInstall:
    """A Hardhat with the Node that runs it.

    Attributes
    ----------
    home : Path
        The folder that holds its ``node_modules``.
    script : Path
        What Node is given to run.
    runtime : NodeRuntime
        Node.

    """

    home: Path
    script: Path
    runtime: NodeRuntime


def hardhat_home() -> Path:
    """Return the folder of the pinned Hardhat, whether or not it is there yet."""
    return cache_path() / f"hardhat-{HARDHAT}"


def find_hardhat() -> HardhatInstall:
    """Return the pinned Hardhat if it is installed, and a Node for it.

    Raises
    ------
    ToolchainError
        If either is missing.

    """
    home, runtime = hardhat_home(), find_node()
    manifest = home / "node_modules" / "hardhat" / "package.json"
    if runtime is None or not manifest.is_file() or not (home / _START).is_file():
        raise ToolchainError(
            f"Hardhat {HARDHAT} is not installed in {home}",
            "run `floodline toolchain --with hardhat`",
        )
    version = json.loads(manifest.read_bytes()).get("version")
    if version != HARDHAT:
        raise ToolchainError(
            f"{home} holds Hardhat {version}, wanted {HARDHAT}",
            f"delete {home} and run `floodline toolchain --with hardhat`",
        )
    return HardhatInstall(home, home / _START, runtime)


def ensure_hardhat(runtime: NodeRuntime, progress: Progress) -> HardhatInstall:
    """Return the pinned Hardhat; install it by npm if it is not there.

    Raises
    ------
    ToolchainError
        If npm fails; it says what npm said.

    """
    try:
        return find_hardhat()
    except ToolchainError:
        home = hardhat_home()
    progress(f"installing Hardhat {HARDHAT} into {home}")
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text('{"private": true}\n')
    command = [*runtime.npm, "install", "--save-exact", "--ignore-scripts", "--no-audit"]
    try:
        done = subprocess.run(
            [*command, "--no-fund", "--no-progress", f"hardhat@{HARDHAT}"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_INSTALL_S,
            check=False,
            env=runtime.environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(home, str(error)) from error
    if done.returncode != 0:
        shutil.rmtree(home, ignore_errors=True)
        raise _failed(home, (done.stderr or done.stdout).strip()[-_SHOWN_CHARACTERS:])
    return find_hardhat()


def _failed(home: Path, cause: str) -> ToolchainError:
    return ToolchainError(
        f"npm could not install hardhat@{HARDHAT} into {home}: {cause}",
        "check that the npm registry can be reached; everything else works without Hardhat",
    )
