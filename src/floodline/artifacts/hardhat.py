"""Artifacts as Hardhat writes them: ``artifacts/contracts/Pool.sol/Pool.json``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from floodline.artifacts.json_file import artifact_of, field, read_json
from floodline.artifacts.library import Place
from floodline.toolchain.artifact import Artifact

_NOT_ARTIFACTS: Final = (".dbg.json", ".output.json")


def is_hardhat(folder: Path) -> bool:
    """Return whether a folder holds what Hardhat builds."""
    return next(_files(folder), None) is not None


def places(folder: Path) -> Iterator[Place]:
    """Return every contract below a folder."""
    for path in _files(folder):
        source = path.parent.relative_to(folder).as_posix()
        yield Place(path.stem, source, partial(_read, path))


def _files(folder: Path) -> Iterator[Path]:
    """Return the artifacts: JSON files in a folder that is called as their source."""
    for path in sorted(folder.rglob("*.json")):
        ours = not path.name.endswith(_NOT_ARTIFACTS) and "build-info" not in path.parts
        if ours and path.parent.suffix == ".sol":
            yield path


def _read(path: Path) -> Artifact:
    content = read_json(path)
    return artifact_of(
        path,
        name=str(field(path, content, "contractName")),
        source=str(field(path, content, "sourceName")),
        abi=field(path, content, "abi"),
        code=str(field(path, content, "bytecode")),
        runtime=str(content.get("deployedBytecode", "")),
        references=content.get("linkReferences", {}),
    )
