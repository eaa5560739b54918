"""Where things are: the checkout (or the installed package's assets) and the cache folder."""

from __future__ import annotations

import os
from pathlib import Path

from floodline.foundation.errors import ToolchainError

_PACKAGE = Path(__file__).resolve().parent.parent


def project_root() -> Path:
    """Return the folder that holds ``contracts/`` and ``package.json``.

    It is ``FLOODLINE_HOME`` where that is set, else the checkout that the package runs from, else
    the assets inside an installed wheel.

    Raises
    ------
    ToolchainError
        If none of the three holds the contracts.

    """
    given = os.environ.get("FLOODLINE_HOME")
    candidates = [Path(given)] if given else [_PACKAGE.parent.parent, _PACKAGE / "_assets"]
    for candidate in candidates:
        if (candidate / "contracts").is_dir() and (candidate / "package.json").is_file():
            return candidate.resolve()
    looked = ", ".join(str(candidate) for candidate in candidates)
    raise ToolchainError(
        f"no contracts/ with a package.json beside it in {looked}",
        "run Floodline from a checkout, or set FLOODLINE_HOME to one",
    )


def cache_path() -> Path:
    """Return the folder for compiled artifacts and tools, whether or not it is there yet.

    In a writable checkout it is ``.floodline/`` there; otherwise it lies in the user's cache.
    """
    root = project_root()
    if os.access(root, os.W_OK) and root.name != "_assets":
        return root / ".floodline"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "floodline"


def cache_dir() -> Path:
    """Return the folder for compiled artifacts and tools, made if missing; see `cache_path`."""
    folder = cache_path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def runs_dir() -> Path:
    """Return the folder that run folders go to by default: ``data/runs`` below the present one."""
    return Path.cwd() / "data" / "runs"
