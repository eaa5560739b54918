"""The contracts, compiled: every source under ``contracts/`` through solc, cached by content."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from floodline.foundation.errors import ToolchainError
from floodline.foundation.suggest import suggestion
from floodline.foundation.workspace import cache_dir, project_root
from floodline.toolchain.npm import node_modules
from floodline.toolchain.solc import SolcBinary, find_solc, run_standard_json
from floodline.toolchain.versions import SOLC

SETTINGS: Final[dict[str, Any]] = {
    "evmVersion": "cancun",
    "optimizer": {"enabled": True, "runs": 200},
    "metadata": {"bytecodeHash": "none"},
    "outputSelection": {
        "*": {
            "*": [
                "abi",
                "evm.bytecode.object",
                "evm.bytecode.linkReferences",
                "evm.deployedBytecode.object",
            ]
        }
    },
}
"""The compiler's settings; a change makes every artifact anew."""

_FORMAT = 1
_IMPORT = re.compile(r"""^\s*import\s+(?:[\w*$\s{},]+?\s+from\s+)?["']([^"']+)["']""", re.MULTILINE)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_SHOWN_ERRORS = 5


@dataclass(frozen=True)
class Artifact:
    """A compiled contract, library or interface.

    Attributes
    ----------
    name : str
        As in the source.
    abi : list of dict
        Functions, events and errors.
    bytecode : bytes
        Creation code without constructor arguments; empty for interfaces. Where libraries are to
        be linked their places hold zeros until `link`.
    runtime : bytes
        Deployed code; immutables are zeros.
    source_path : str
        Relative to the project, as in ``contracts/PerpMarket.sol``.
    bytecode_hash : str
        SHA-256 of the creation code, in hexadecimal, for the manifest.
    links : dict
        Library name to the byte offsets in `bytecode` that take its address.

    """

    name: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    runtime: bytes
    source_path: str
    bytecode_hash: str
    links: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def link(self, libraries: Mapping[str, bytes]) -> bytes:
        """Return the creation code with libraries' 20-byte addresses put in.

        Raises
        ------
        ToolchainError
            If a library is not given.

        """
        code = bytearray(self.bytecode)
        for library, offsets in sorted(self.links.items()):
            if library not in libraries:
                raise ToolchainError(
                    f"{self.name} needs the library {library}",
                    "deploy the library first and give its address",
                )
            for offset in offsets:
                code[offset : offset + 20] = libraries[library]
        return bytes(code)


class Artifacts(Mapping[str, Artifact]):
    """All compiled contracts by name.

    Parameters
    ----------
    artifacts : dict
        By name.
    digest : str
        SHA-256 of sources, settings and compiler version: what was compiled.

    """

    def __init__(self, artifacts: Mapping[str, Artifact], digest: str) -> None:
        self._artifacts = dict(sorted(artifacts.items()))
        self.digest = digest

    def __getitem__(self, name: str) -> Artifact:
        if name not in self._artifacts:
            raise KeyError(f"no contract is called {name}{suggestion(name, list(self._artifacts))}")
        return self._artifacts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._artifacts)

    def __len__(self) -> int:
        return len(self._artifacts)


def load_artifacts(
    root: Path | None = None, packages: Path | None = None, solc: SolcBinary | None = None
) -> Artifacts:
    """Return the compiled contracts: from the cache if nothing changed, else compiled now.

    Parameters
    ----------
    root : Path, optional
        The project with ``contracts/``; ours by default.
    packages : Path, optional
        ``node_modules`` with the imported libraries; ours by default.
    solc : SolcBinary, optional
        The compiler, looked for only where it is needed.

    Raises
    ------
    ToolchainError
        If a source does not compile, an import is missing, or there is no compiler.

    """
    root = root or project_root()
    sources = collect_sources(root, packages or node_modules())
    digest = _digest(sources)
    cached = cache_dir() / "artifacts" / f"{digest[:32]}.json"
    found = _read_cache(cached)
    if found is not None:
        return Artifacts(found, digest)
    compiled = _compile(sources, (solc or find_solc()).path)
    _write_cache(cached, compiled)
    return Artifacts(compiled, digest)


def collect_sources(root: Path, packages: Path) -> dict[str, str]:
    """Return every source under ``contracts/`` and all that they import, by source unit name.

    Raises
    ------
    ToolchainError
        If an imported file is missing.

    """
    contracts = root / "contracts"
    waiting = [
        path.relative_to(root).as_posix()
        for path in sorted(contracts.rglob("*.sol"))
        if not any(part.startswith(".") for part in path.relative_to(contracts).parts)
    ]
    found: dict[str, str] = {}
    imported_by: dict[str, str] = {}
    while waiting:
        unit = waiting.pop()
        if unit in found:
            continue
        base = root if unit.startswith("contracts/") else packages
        try:
            found[unit] = (base / unit).read_text(encoding="utf-8")
        except OSError as error:
            raise ToolchainError(
                f"{unit}, imported by {imported_by.get(unit, 'nothing')}, is not in {base}",
                "check the import; run `floodline toolchain` if a package is not installed",
            ) from error
        for name in _IMPORT.findall(_COMMENT.sub("", found[unit])):
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(unit), name))
                if name.startswith(".")
                else name
            )
            imported_by.setdefault(target, unit)
            waiting.append(target)
    return dict(sorted(found.items()))


def _digest(sources: Mapping[str, str]) -> str:
    content = json.dumps([_FORMAT, SOLC, SETTINGS, sources], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _compile(sources: Mapping[str, str], solc: Path) -> dict[str, Artifact]:
    request = {
        "language": "Solidity",
        "sources": {unit: {"content": text} for unit, text in sources.items()},
        "settings": SETTINGS,
    }
    output = run_standard_json(solc, request)
    errors = [item for item in output.get("errors", []) if item.get("severity") == "error"]
    if errors:
        shown = "\n".join(
            str(item.get("formattedMessage") or item.get("message")).rstrip()
            for item in errors[:_SHOWN_ERRORS]
        )
        raise ToolchainError(
            f"the contracts do not compile, {len(errors)} errors:\n{shown}",
            "correct the sources under contracts/",
        )
    artifacts: dict[str, Artifact] = {}
    for unit, contracts in sorted(output.get("contracts", {}).items()):
        if not unit.startswith("contracts/"):
            continue
        for name, parts in sorted(contracts.items()):
            if name in artifacts:
                raise ToolchainError(
                    f"{unit} and {artifacts[name].source_path} both define {name}",
                    "rename one of them: artifacts are found by name",
                )
            artifacts[name] = _artifact(name, unit, parts)
    return artifacts


def _artifact(name: str, unit: str, parts: Mapping[str, Any]) -> Artifact:
    bytecode = parts["evm"]["bytecode"]
    links = {
        library: tuple(place["start"] for place in places)
        for libraries in bytecode.get("linkReferences", {}).values()
        for library, places in libraries.items()
    }
    code = _from_hex(bytecode["object"])
    return Artifact(
        name=name,
        abi=parts["abi"],
        bytecode=code,
        runtime=_from_hex(parts["evm"]["deployedBytecode"]["object"]),
        source_path=unit,
        bytecode_hash=hashlib.sha256(code).hexdigest(),
        links=links,
    )


def _from_hex(text: str) -> bytes:
    """Return the bytes of solc's hexadecimal, with zeros where libraries' addresses go."""
    return bytes.fromhex(re.sub(r"__.{36}__", "0" * 40, text))


def _read_cache(path: Path) -> dict[str, Artifact] | None:
    try:
        stored = json.loads(path.read_bytes())
        return {
            item["name"]: Artifact(
                name=item["name"],
                abi=item["abi"],
                bytecode=bytes.fromhex(item["bytecode"]),
                runtime=bytes.fromhex(item["runtime"]),
                source_path=item["source_path"],
                bytecode_hash=item["bytecode_hash"],
                links={name: tuple(places) for name, places in item["links"].items()},
            )
            for item in stored
        }
    except (OSError, ValueError, KeyError, TypeError):
        # Absent or damaged: compiling again is the remedy for both.
        return None


def _write_cache(path: Path, artifacts: Mapping[str, Artifact]) -> None:
    """Write whole or not at all, so that processes beside us never read half a file."""
    stored = [
        {
            **{name: getattr(artifact, name) for name in ("name", "abi", "source_path", "links")},
            "bytecode": artifact.bytecode.hex(),
            "runtime": artifact.runtime.hex(),
            "bytecode_hash": artifact.bytecode_hash,
        }
        for artifact in artifacts.values()
    ]
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(stored))
        temporary.replace(path)
    except OSError as error:
        raise ToolchainError(
            f"cannot write the artifact cache at {path}: {error}",
            "make room and permission there; contracts are not compiled twice for nothing",
        ) from error
