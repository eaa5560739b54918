"""What a compiled contract is, by which name it is found, and how it is kept."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from floodline.foundation.errors import ToolchainError
from floodline.foundation.suggest import suggestion


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


def from_solc(name: str, unit: str, parts: Mapping[str, Any]) -> Artifact:
    """Return one contract of the answer of ``solc --standard-json``."""
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


def read_cache(path: Path) -> dict[str, Artifact] | None:
    """Return the artifacts that `write_cache` wrote; None if there are none, or none that read."""
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


def write_cache(path: Path, artifacts: Mapping[str, Artifact]) -> None:
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
