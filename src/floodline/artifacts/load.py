"""Artifacts from wherever they are: a pinned npm package, or a folder that a build tool wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from floodline.artifacts import ape, foundry, hardhat
from floodline.artifacts.library import ArtifactLibrary, Place
from floodline.foundation.errors import ToolchainError
from floodline.toolchain.packages import find_package, pin

_LAYOUTS: Final[dict[str, tuple[Callable[[Path], bool], Callable[[Path], Iterator[Place]]]]] = {
    "ape": (ape.is_ape, ape.places),
    "foundry": (foundry.is_foundry, foundry.places),
    "hardhat": (hardhat.is_hardhat, hardhat.places),
}
_BUILD_FOLDERS: Final = ("artifacts", "out", ".build")


def load_package(name: str) -> ArtifactLibrary:
    """Return the contracts of a pinned npm package that holds artifacts.

    Parameters
    ----------
    name : str
        Its short name, as ``aave`` or ``lyra``.

    Raises
    ------
    ToolchainError
        If it is not installed, or of another version.

    """
    wanted = pin(name)
    folder = find_package(wanted) / wanted.artifacts
    origin = f"{wanted.package} {wanted.version}"
    return ArtifactLibrary(origin, hardhat.places(folder), lambda: wanted.integrity)


def load_folder(folder: Path, layout: str = "") -> ArtifactLibrary:
    """Return the contracts that a build tool wrote into a folder.

    Parameters
    ----------
    folder : Path
        ``artifacts/`` of Hardhat, ``out/`` of Foundry, ``.build/`` of ape, or the project that
        holds one of these.
    layout : str
        ``hardhat``, ``foundry`` or ``ape``; recognised by what the folder holds if not given.

    Raises
    ------
    ToolchainError
        If there is no such folder, or nothing of any layout in it.

    """
    if layout and layout not in _LAYOUTS:
        raise ToolchainError(
            f"no artifact layout is called {layout}", f"one of: {', '.join(_LAYOUTS)}"
        )
    for place in (*(folder / name for name in _BUILD_FOLDERS), folder):
        if not place.is_dir():
            continue
        for name, (fits, places) in _LAYOUTS.items():
            if layout in ("", name) and fits(place):
                return ArtifactLibrary(str(place), places(place), partial(_digest, place))
    raise ToolchainError(
        f"{folder} holds no artifacts{f' of {layout}' if layout else ''}",
        "build the project first (`npx hardhat compile`, `forge build`, `ape compile`) and name "
        "the folder that this writes",
    )


def _digest(folder: Path) -> str:
    """Return the digest of every artifact file with its name."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.json")):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
