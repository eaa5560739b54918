"""The Anvil executable: the user's own where it fits, else the npm package's native binary."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.npm import node_modules
from floodline.toolchain.versions import ANVIL, Version, anvil_fits, probe

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class AnvilBinary:
    """An Anvil executable that fits.

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


def platform_package(system: str = sys.platform, machine: str = platform.machine()) -> str:
    """Return the npm package that holds Anvil's binary for a platform.

    Examples
    --------
    >>> platform_package("darwin", "arm64")
    '@foundry-rs/anvil-darwin-arm64'

    Raises
    ------
    ToolchainError
        If Foundry builds no Anvil for the platform.

    """
    architecture = _MACHINES.get(machine.lower())
    if system not in {"linux", "darwin"} or architecture is None:
        raise ToolchainError(
            f"there is no npm package of Anvil for {system} on {machine}",
            f"build Anvil {ANVIL} from source and put it on PATH",
        )
    return f"@foundry-rs/anvil-{system}-{architecture}"


def candidates() -> list[tuple[Path, str]]:
    """Return the places where an Anvil may be, with their names, best first."""
    found: list[tuple[Path, str]] = []
    # What `link_anvil` put into the environment is no one's own, and may be another checkout's.
    link = Path(sysconfig.get_path("scripts")) / "anvil"
    folders = os.environ.get("PATH", "").split(os.pathsep)
    if link.is_symlink():
        folders = [folder for folder in folders if Path(folder) != link.parent]
    # npm's own command is a script that starts the executable: kill it, and the node lives on.
    folders = [folder for folder in folders if Path(folder).parts[-2:] != ("node_modules", ".bin")]
    on_path = shutil.which("anvil", path=os.pathsep.join(folders))
    if on_path is not None:
        found.append((Path(on_path), f"on PATH ({on_path})"))
    package = platform_package()
    found.append((node_modules() / package / "bin" / "anvil", f"npm package {package}"))
    return found


def find_anvil(places: Sequence[tuple[Path, str]] | None = None) -> AnvilBinary:
    """Return a fitting Anvil that is installed.

    Parameters
    ----------
    places : sequence of (Path, str), optional
        Where to look, `candidates` by default.

    Raises
    ------
    ToolchainError
        If there is none; it says what was found instead.

    """
    seen: list[str] = []
    for path, origin in candidates() if places is None else places:
        if not path.is_file():
            seen.append(f"{origin}: not there")
            continue
        version = probe([path])
        if version is not None and anvil_fits(version):
            return AnvilBinary(path, version, origin)
        seen.append(f"{origin}: {f'version {version}' if version else 'does not run'}")
    raise ToolchainError(
        f"no Anvil {ANVIL} (or a later patch of it): {'; '.join(seen)}",
        "run `floodline toolchain` to install it",
    )


def link_anvil(binary: AnvilBinary, scripts: Path | None = None) -> str:
    """Make ``anvil`` in the virtual environment point to the one in use, for ``ape test``.

    Parameters
    ----------
    binary : AnvilBinary
        The one in use.
    scripts : Path, optional
        The environment's folder of commands; that of the running Python by default.

    Returns
    -------
    str
        What was done, empty if nothing had to be.

    """
    if scripts is None:
        if sys.prefix == sys.base_prefix:
            return ""
        scripts = Path(sysconfig.get_path("scripts"))
    link, target = scripts / "anvil", binary.path.resolve()
    if link.exists() and (not link.is_symlink() or link.resolve() == target):
        return ""
    temporary = scripts / f".anvil-{os.getpid()}"
    try:
        temporary.symlink_to(target)
        temporary.replace(link)
    except OSError as error:
        return f"could not link {link} to {target} ({error}); `ape test` needs anvil on PATH"
    return f"linked {link} to {target}"
