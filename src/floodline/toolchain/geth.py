"""The geth executable: the user's own where it fits, else one built from source with Go."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_path
from floodline.toolchain.node_runtime import Progress
from floodline.toolchain.versions import GETH, Version, geth_fits, probe

MODULE: Final = f"github.com/ethereum/go-ethereum/cmd/geth@v{GETH}"
_BUILD_S = 3_600.0
_SHOWN_CHARACTERS = 1_200


@dataclass(frozen=True)
class GethBinary:
    """A geth executable that fits.

    Attributes
    ----------
    path : Path
        The executable.
    version : Version
        What it says of itself.
    origin : str
        Where it comes from, for people.

    """

    path: Path
    version: Version
    origin: str


def built_geth() -> Path:
    """Return where the geth that Floodline builds lies, whether or not it is there yet."""
    return cache_path() / f"geth-{GETH}" / "geth"


def find_geth() -> GethBinary:
    """Return a fitting geth that is installed: on PATH, else the one that was built before.

    Raises
    ------
    ToolchainError
        If there is none; it says what was found instead.

    """
    seen: list[str] = []
    on_path = shutil.which("geth")
    places = [(Path(on_path), f"on PATH ({on_path})")] if on_path is not None else []
    places.append((built_geth(), "built from source"))
    for path, origin in places:
        if not path.is_file():
            seen.append(f"{origin}: not there")
            continue
        version = probe([path])
        if geth_fits(version) and version is not None:
            return GethBinary(path, version, origin)
        seen.append(f"{origin}: {f'version {version}' if version else 'does not run'}")
    raise ToolchainError(
        f"no geth {GETH} (or a later patch of it): {'; '.join(seen)}",
        "put one on PATH, or run `floodline toolchain --with geth` to build it with Go",
    )


def ensure_geth(progress: Progress) -> GethBinary:
    """Return a fitting geth; build it with Go if there is none.

    The build takes minutes, and is kept in the cache folder by its version.

    Raises
    ------
    ToolchainError
        If there is no Go, or the build fails; it says what Go said.

    """
    try:
        return find_geth()
    except ToolchainError as missing:
        go = shutil.which("go")
        if go is None:
            raise ToolchainError(
                f"{missing.message}; and there is no Go to build it with",
                f"install geth {GETH} or Go 1.24+ and put it on PATH; everything else works "
                "without geth",
            ) from missing
    target = built_geth()
    scratch = target.with_name(f"geth-{os.getpid()}.build")
    progress(f"building geth {GETH} with {go} (minutes, once)")
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [go, "install", MODULE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_BUILD_S,
            check=False,
            env={**os.environ, "GOBIN": str(scratch)},
        )
        if done.returncode != 0:
            raise _failed(done.stderr or done.stdout)
        (scratch / "geth").replace(target)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(str(error)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return find_geth()


def _failed(cause: str) -> ToolchainError:
    return ToolchainError(
        f"`go install {MODULE}` failed: {cause.strip()[-_SHOWN_CHARACTERS:]}",
        "if the module proxy refuses a module or cannot be reached, set GOPROXY to one that has "
        f"it, or put a geth {GETH} on PATH; everything else works without geth",
    )
