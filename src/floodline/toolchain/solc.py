"""solc where py-solc-x and ape look for it: found, downloaded, or made from the npm package."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.node_runtime import NodeRuntime, Progress
from floodline.toolchain.versions import SOLC, SOLC_RELEASES, probe, solc_fits

_COMPILE_S = 600.0
_PROOF_S = 120.0
_REACH_S = 4.0
_DOWNLOAD_S = 180.0
_BUNDLE = "floodline-solcjs-"
_MARK = "# Written by `floodline toolchain`; serves the npm package solc."
_PROOF = (
    "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0; contract Proof { uint256 public x; }"
)


@dataclass(frozen=True)
class SolcBinary:
    """A solc executable of a pinned version.

    Attributes
    ----------
    path : Path
        The executable, where py-solc-x looks for it.
    origin : str
        Where it comes from, for people.

    """

    path: Path
    origin: str


def solcx_folder() -> Path:
    """Return the folder in which py-solc-x keeps its compilers."""
    given = os.environ.get("SOLCX_BINARY_PATH")
    return Path(given) if given else Path.home() / ".solcx"


def installed_path(version: str = SOLC) -> Path:
    """Return where py-solc-x looks for a version."""
    return solcx_folder() / f"solc-v{version}"


def find_solc(version: str = SOLC, option: str = "") -> SolcBinary:
    """Return the installed solc of a pinned version.

    Parameters
    ----------
    version : str
        Ours by default.
    option : str
        What ``floodline toolchain`` is told to install it with, where it is not ours.

    Raises
    ------
    ToolchainError
        If it is missing, of another version, or cannot run.

    """
    path = installed_path(version)
    found = probe([path]) if path.is_file() else None
    problem = _problem(path)
    if problem or not solc_fits(found, version):
        raise ToolchainError(
            f"no solc {version} at {path}: {problem or f'it is version {found}'}",
            f"run `floodline toolchain{option and f' --with {option}'}` to install it",
        )
    return SolcBinary(path, _origin(path))


def ensure_solc(
    runtime: NodeRuntime,
    packages: Path,
    progress: Progress,
    version: str = SOLC,
    build: Path | None = None,
) -> SolcBinary:
    """Return a pinned solc; link, download or make it if need be, and prove that it compiles.

    Parameters
    ----------
    runtime : NodeRuntime
        Runs the WebAssembly build where no native one is to be had.
    packages : Path
        ``node_modules`` with the package ``solc``.
    progress : callable
        Takes one line on what is being done.
    version : str
        Ours by default.
    build : Path, optional
        The WebAssembly build of another version than ours (``soljson.js``).

    Raises
    ------
    ToolchainError
        If no way leads to a compiler that compiles.

    """
    path = installed_path(version)
    if not _problem(path) and solc_fits(probe([path]), version):
        return SolcBinary(path, _origin(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolchainError(
            f"cannot make {path.parent}: {error}", "set SOLCX_BINARY_PATH to a writable folder"
        ) from error
    if not _link_from_path(path, version) and not _download(path, progress, version):
        progress(f"writing a solc {version} that runs the npm package solc at {path}")
        write_shim(path, runtime.node, packages, version, build)
    prove(path)
    return SolcBinary(path, _origin(path))


def write_shim(
    path: Path, node: Path, packages: Path, version: str = SOLC, build: Path | None = None
) -> None:
    """Write an executable that serves the npm package solc, with a copy of the package beside it.

    Parameters
    ----------
    path : Path
        The executable to write.
    node : Path
        The Node to run; where it is gone later, the one on PATH is used.
    packages : Path
        ``node_modules`` to copy from.
    version : str
        What the executable serves.
    build : Path, optional
        The WebAssembly build to serve instead of the one in `packages`.

    Raises
    ------
    ToolchainError
        If a package is missing or the folder cannot be written.

    """
    bundle = path.parent / f"{_BUNDLE}{version}"
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".solcjs-") as scratch:
            fresh = Path(scratch) / bundle.name
            _copy_package("solc", packages, fresh / "node_modules")
            if build is not None:
                shutil.copyfile(build, fresh / "node_modules" / "solc" / "soljson.js")
            script = resources.files("floodline.toolchain").joinpath("standard_json.js")
            (fresh / "standard_json.js").write_bytes(script.read_bytes())
            if bundle.exists():
                bundle.rename(Path(scratch) / "old")
            fresh.rename(bundle)
            shim = Path(scratch) / "solc"
            shim.write_text(_shim_text(node, bundle / "standard_json.js", version))
            shim.chmod(0o755)
            shim.replace(path)
    except OSError as error:
        raise ToolchainError(
            f"cannot write solc at {path}: {error}",
            "make room and permission there, or set SOLCX_BINARY_PATH to another folder",
        ) from error


def prove(path: Path) -> None:
    """Compile one contract.

    Raises
    ------
    ToolchainError
        If no bytecode comes of it.

    """
    settings = {"outputSelection": {"*": {"*": ["evm.bytecode.object"]}}}
    sources = {"Proof.sol": {"content": _PROOF}}
    request = {"language": "Solidity", "sources": sources, "settings": settings}
    output = run_standard_json(path, request, timeout_s=_PROOF_S)
    try:
        bytecode = output["contracts"]["Proof.sol"]["Proof"]["evm"]["bytecode"]["object"]
    except (KeyError, TypeError):
        bytecode = ""
    if not bytecode:
        raise ToolchainError(
            f"{path} does not compile a one-line contract: {str(output)[:600]}",
            f"delete {path} and run `floodline toolchain` again",
        )


def run_standard_json(
    path: Path, request: dict[str, Any], timeout_s: float = _COMPILE_S
) -> dict[str, Any]:
    """Run ``solc --standard-json`` and return its answer.

    Raises
    ------
    ToolchainError
        If the compiler does not run, takes too long, or answers with anything but a JSON object.

    """
    try:
        done = subprocess.run(
            [str(path), "--standard-json"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolchainError(
            f"{path} --standard-json failed: {error}", "run `floodline toolchain`"
        ) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if done.returncode != 0 or not isinstance(answer, dict):
        said = (done.stderr or done.stdout).decode(errors="replace").strip()[-800:]
        raise ToolchainError(
            f"{path} --standard-json ended with exit code {done.returncode}: {said}",
            f"delete {path} and run `floodline toolchain` again",
        )
    return answer


def _problem(path: Path) -> str:
    """Return why an installed solc cannot run, empty if nothing is seen to be wrong."""
    if not path.is_file():
        return "not there"
    if not os.access(path, os.X_OK):
        return "not executable"
    if not _is_shim(path):
        return ""
    bundle = _BUNDLE + path.name.removeprefix("solc-v")
    if not (path.parent / bundle / "standard_json.js").is_file():
        return "its copy of the npm package is gone"
    first = next(line for line in path.read_text().splitlines() if line.startswith("node="))
    node = shlex.split(first.removeprefix("node="))[0]
    if not Path(node).is_file() and shutil.which("node") is None:
        return f"its Node ({node}) is gone"
    return ""


def _is_shim(path: Path) -> bool:
    with path.open("rb") as file:
        return _MARK.encode() in file.read(512)


def _origin(path: Path) -> str:
    if _is_shim(path):
        return f"npm package solc, run by Node ({path})"
    return f"native ({path.resolve()})"


def _link_from_path(path: Path, version: str) -> bool:
    native = shutil.which("solc")
    if native is None or not solc_fits(probe([native]), version):
        return False
    temporary = path.with_name(f".solc-link-{os.getpid()}")
    temporary.symlink_to(Path(native).resolve())
    temporary.replace(path)
    return True


def _download(path: Path, progress: Progress, version: str) -> bool:
    """Let py-solc-x download a native solc where its site is reachable; return whether it did."""
    reach = (
        "import requests, solcx.install as i; "
        f"requests.head(i.BINARY_DOWNLOAD_BASE.split('{{')[0], timeout={_REACH_S})"
    )
    fetch = f"import solcx; solcx.install_solc('{version}', show_progress=False)"
    if not _python(reach, 4 * _REACH_S):
        return False
    progress(f"downloading solc {version} with py-solc-x")
    if _python(fetch, _DOWNLOAD_S) and solc_fits(probe([path]), version):
        return True
    path.unlink(missing_ok=True)
    return False


def _python(code: str, timeout_s: float) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _copy_package(name: str, packages: Path, target: Path) -> None:
    """Copy an npm package and, recursively, what it depends on."""
    source, copy = packages / name, target / name
    if copy.exists():
        return
    if not (source / "package.json").is_file():
        raise ToolchainError(
            f"the npm package {name} is not in {packages}", "run `floodline toolchain`"
        )
    shutil.copytree(source, copy)
    manifest = json.loads((source / "package.json").read_bytes())
    for dependency in sorted(manifest.get("dependencies", {})):
        if not (source / "node_modules" / dependency).is_dir():
            _copy_package(dependency, packages, target)


def _shim_text(node: Path, script: Path, version: str) -> str:
    return f"""#!/bin/sh
{_MARK}
node={shlex.quote(str(node))}
script={shlex.quote(str(script))}
case " $* " in
  *" --version "*)
    echo "solc, the solidity compiler commandline interface"
    echo "Version: {version}+commit.{SOLC_RELEASES[version]}.Emscripten.clang"
    exit 0 ;;
esac
[ -x "$node" ] || node=$(command -v node) || {{
  echo "solc needs Node and there is none; run: floodline toolchain" >&2
  exit 127
}}
exec "$node" "$script" "$@"
"""
