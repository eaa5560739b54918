"""Artifacts as forge writes them: ``out/Pool.sol/Pool.json``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from floodline.artifacts.json_file import artifact_of, field, read_json
from floodline.artifacts.library import Place
from floodline.toolchain.artifact import Artifact


def is_foundry(folder: Path) -> bool:
    """Return whether the first artifact of a folder is one of forge's."""
    first = next(_files(folder), None)
    return first is not None and isinstance(read_json(first).get("bytecode"), dict)


def places(folder: Path) -> Iterator[Place]:
    """Return every contract of a folder; of one built by several compilers each version.

    ``Pool.0.8.19.json`` is the contract ``Pool`` of the source ``Pool.sol@0.8.19``.
    """
    for path in _files(folder):
        name, _, version = path.stem.partition(".")
        source = path.parent.relative_to(folder).as_posix()
        yield Place(name, f"{source}@{version}" if version else source, partial(_read, path))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.json")):
        if path.parent.suffix == ".sol":
            yield path


def _read(path: Path) -> Artifact:
    content = read_json(path)
    bytecode = field(path, content, "bytecode")
    return artifact_of(
        path,
        name=path.stem.partition(".")[0],
        source=_source(path, content),
        abi=field(path, content, "abi"),
        code=str(bytecode.get("object", "")),
        runtime=str(content.get("deployedBytecode", {}).get("object", "")),
        references=bytecode.get("linkReferences", {}),
    )


def _source(path: Path, content: dict[str, object]) -> str:
    """Return the source as the compiler knew it; forge keeps it in the metadata."""
    metadata = content.get("metadata")
    settings = metadata.get("settings") if isinstance(metadata, dict) else None
    target = settings.get("compilationTarget") if isinstance(settings, dict) else None
    return next(iter(target)) if target else path.parent.name
