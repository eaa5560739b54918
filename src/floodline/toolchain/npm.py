"""The npm packages of the lock file: compiler, libraries, linters and Anvil."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_dir, project_root
from floodline.toolchain.node_runtime import NodeRuntime, Progress

_INSTALL_S = 900.0
_SHOWN_CHARACTERS = 1_000
_MANIFESTS = ("package.json", "package-lock.json", ".npmrc")


def npm_home() -> Path:
    """Return the folder whose ``node_modules`` we use: the checkout, or the cache if read-only."""
    root = project_root()
    return root if root.name != "_assets" and os.access(root, os.W_OK) else cache_dir()


def node_modules() -> Path:
    """Return the folder of the installed packages, whether or not it is there yet."""
    return npm_home() / "node_modules"


def outdated(home: Path) -> list[str]:
    """Return the locked packages that are missing in ``home/node_modules`` or of other versions.

    npm's own list of what it installed (``node_modules/.package-lock.json``) is compared with the
    lock file; packages for other platforms may be missing.
    """
    wanted = _packages(home / "package-lock.json")
    installed = _packages(home / "node_modules" / ".package-lock.json")
    return [
        name.removeprefix("node_modules/")
        for name, entry in sorted(wanted.items())
        if name
        and (
            entry.get("version") != installed[name].get("version")
            if name in installed
            else not entry.get("optional")
        )
    ]


def ensure_node_modules(runtime: NodeRuntime, progress: Progress) -> Path:
    """Install what the lock file says unless it is there; return ``node_modules``.

    Raises
    ------
    ToolchainError
        If the lock file is missing or npm fails.

    """
    home, root = npm_home(), project_root()
    if home != root:
        for name in _MANIFESTS:
            if (root / name).is_file():
                shutil.copyfile(root / name, home / name)
    if not (home / "package-lock.json").is_file():
        raise ToolchainError(
            f"{home / 'package-lock.json'} is missing", "restore it from version control"
        )
    stale = outdated(home)
    if not stale:
        return home / "node_modules"
    progress(f"installing {len(stale)} npm packages into {home / 'node_modules'}")
    command = [*runtime.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"]
    try:
        done = subprocess.run(
            command,
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
        raise _failed(home, _complaint(done.stderr or done.stdout))
    stale = outdated(home)
    if stale:
        raise _failed(home, f"still missing afterwards: {', '.join(stale[:8])}")
    return home / "node_modules"


def _packages(lock: Path) -> dict[str, dict[str, Any]]:
    try:
        packages = json.loads(lock.read_bytes()).get("packages", {})
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ToolchainError(
            f"{lock} cannot be read: {error}", f"delete {lock.parent} or restore the file"
        ) from error
    return dict(packages)


def _complaint(output: str) -> str:
    """Return the beginning of what npm said, without its warnings and its help text."""
    said = [line for line in output.splitlines() if not line.startswith("npm warn")]
    return "\n".join(said)[:_SHOWN_CHARACTERS].strip()


def _failed(home: Path, cause: str) -> ToolchainError:
    return ToolchainError(
        f"npm could not install the packages of {home / 'package-lock.json'}: {cause}",
        f"run `npm ci --ignore-scripts` in {home} and see what it says; a registry mirror is set "
        "with `npm config set registry URL`",
    )
