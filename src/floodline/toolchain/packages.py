"""Third-party protocols from npm: pinned, checked by content, unpacked without dependencies.

An adapter of somebody else's contracts needs their artifacts or sources, never their scripts, so a
package is packed by npm, held against the pinned digest and unpacked into the cache. Nothing that
it depends on is installed and none of its code runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floodline.foundation.errors import ToolchainError
from floodline.foundation.suggest import suggestion
from floodline.foundation.workspace import cache_path
from floodline.toolchain.node_runtime import NodeRuntime, Progress

_PACK_S = 600.0
_SHOWN_CHARACTERS = 1_000
_MARK: Final = ".floodline.json"


@dataclass(frozen=True)
class Pin:
    """One version of an npm package, known by the digest of its tarball.

    Attributes
    ----------
    package : str
        As npm names it.
    version : str
        Exactly this one.
    integrity : str
        SHA-512 of the tarball in base64, as lock files write it.
    artifacts : str
        Where its compiled contracts or sources lie, inside the package.
    option : str
        What ``floodline toolchain --with`` calls it.
    parts : tuple of str
        What is unpacked, as beginnings of paths; ``package.json`` and licences always are.

    """

    package: str
    version: str
    integrity: str
    artifacts: str
    option: str
    parts: tuple[str, ...]

    @property
    def folder_name(self) -> str:
        """Name of its folder in the cache, as ``aave-core-v3-1.19.3``."""
        return f"{self.package.lstrip('@').replace('/', '-')}-{self.version}"


PINS: Final[Mapping[str, Pin]] = {
    "aave": Pin(
        "@aave/core-v3",
        "1.19.3",
        "sha512-Xr7+VcoU5b4mPwM4IUCnskw3lciwrnL4Xloyad8GOddYeixnri2lZYobNmErm1LwE50vqjI0O+9QGNKY2TDkeQ==",
        "artifacts",
        "aave",
        ("artifacts/", "contracts/"),
    ),
    "morpho": Pin(
        "@morpho-org/morpho-blue",
        "1.0.0",
        "sha512-MKtzYMRE65B1hVJYAPtml3ecHPY2e/SL3JRvM7XWjtbnWQX6U/C3beSdxr7v+rHaVJ0ri/dUPxvNfWtr0NZdGw==",
        "src",
        "morpho",
        ("src/",),
    ),
    "lyra": Pin(
        "@lyrafinance/protocol",
        "0.1.3-alpha",
        "sha512-oUO/m3kS6Bx0SmVID2PIjZ6RFVfixQV66I8hShuuMOIytehmxQtex5DgtMFDYumoO6MuyoZ18vKtDMHT0HLCXg==",
        "dist/artifacts",
        "lyra",
        ("dist/artifacts/",),
    ),
    "solc-0.8.19": Pin(
        "solc",
        "0.8.19",
        "sha512-yqurS3wzC4LdEvmMobODXqprV4MYJcVtinuxgrp61ac8K2zz40vXA0eSAskSHPgv8dQo7Nux39i3QBsHx4pqyA==",
        ".",
        "morpho",
        ("soljson.js",),
    ),
}
"""Third-party protocols, and the compilers that their sources need."""


def pin(name: str) -> Pin:
    """Return a package's pin by its short name.

    Raises
    ------
    ToolchainError
        If no package is called that.

    """
    if name not in PINS:
        raise ToolchainError(
            f"no third-party package is called {name}{suggestion(name, list(PINS))}",
            f"one of: {', '.join(sorted(PINS))}",
        )
    return PINS[name]


def package_home(wanted: Pin) -> Path:
    """Return the folder of a pinned package, whether or not it is there yet."""
    return cache_path() / "packages" / wanted.folder_name


def find_package(wanted: Pin) -> Path:
    """Return the folder of an installed package.

    Raises
    ------
    ToolchainError
        If it is missing, or of another version or content than the pinned one.

    """
    home = package_home(wanted)
    fix = f"run `floodline toolchain --with {wanted.option}`"
    try:
        mark = json.loads((home / _MARK).read_bytes())
        manifest = json.loads((home / "package.json").read_bytes())
    except FileNotFoundError:
        raise ToolchainError(
            f"the npm package {wanted.package} {wanted.version} is not installed in {home}", fix
        ) from None
    except (OSError, ValueError) as error:
        raise ToolchainError(f"{home} cannot be read: {error}", f"delete it and {fix}") from error
    found = manifest.get("version")
    if found != wanted.version:
        raise ToolchainError(
            f"{home} holds {wanted.package} {found}, wanted {wanted.version}",
            f"delete it and {fix}",
        )
    if mark.get("integrity") != wanted.integrity:
        raise ToolchainError(
            f"{home} was unpacked from another tarball than the pinned one", f"delete it and {fix}"
        )
    return home


def ensure_package(wanted: Pin, runtime: NodeRuntime, progress: Progress) -> Path:
    """Return the folder of a package; fetch it with npm, check and unpack it if it is not there.

    Raises
    ------
    ToolchainError
        If npm fails, or what it brings is not what is pinned.

    """
    try:
        return find_package(wanted)
    except ToolchainError:
        home = package_home(wanted)
    progress(f"fetching the npm package {wanted.package} {wanted.version}")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".fetch-") as scratch:
        tarball = _fetch(wanted, runtime, Path(scratch))
        _check(wanted, tarball)
        fresh = Path(scratch) / "unpacked"
        _unpack(tarball, fresh, ("package.json", "LICENSE", *wanted.parts))
        (fresh / _MARK).write_text(json.dumps({"integrity": wanted.integrity}) + "\n")
        if home.exists():
            shutil.rmtree(home)
        os.replace(fresh, home)  # noqa: PTH105 - Path.replace would do the same
    return find_package(wanted)


def _fetch(wanted: Pin, runtime: NodeRuntime, folder: Path) -> Path:
    command = [*runtime.npm, "pack", "--ignore-scripts", "--silent", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            [*command, f"{wanted.package}@{wanted.version}"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PACK_S,
            check=False,
            env=runtime.environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(wanted, str(error)) from error
    tarballs = sorted(folder.glob("*.tgz"))
    if done.returncode != 0 or len(tarballs) != 1:
        raise _failed(wanted, (done.stderr or done.stdout).strip()[-_SHOWN_CHARACTERS:])
    return tarballs[0]


def _check(wanted: Pin, tarball: Path) -> None:
    digest = hashlib.sha512(tarball.read_bytes()).digest()
    found = f"sha512-{base64.b64encode(digest).decode()}"
    if found != wanted.integrity:
        raise ToolchainError(
            f"npm brought another {wanted.package} {wanted.version} than the pinned one: {found}",
            "check the npm registry that is set with `npm config get registry`; nothing was "
            "installed",
        )


def _unpack(tarball: Path, target: Path, parts: tuple[str, ...]) -> None:
    """Unpack the plain files of those parts of what npm keeps under one folder."""
    with tempfile.TemporaryDirectory(dir=tarball.parent) as scratch:
        inside = Path(scratch) / "package"
        with tarfile.open(tarball) as archive:
            for member in archive.getmembers():
                inner = member.name.partition("/")[2]
                content = archive.extractfile(member) if member.isreg() else None
                if content is None or not inner.startswith(parts) or ".." in inner.split("/"):
                    continue
                file = inside / inner
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content.read())
        inside.rename(target)


def _failed(wanted: Pin, cause: str) -> ToolchainError:
    return ToolchainError(
        f"npm could not fetch {wanted.package}@{wanted.version}: {cause}",
        "check that the npm registry can be reached; everything else works without it",
    )
