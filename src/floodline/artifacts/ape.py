"""Artifacts as ape writes them: ``.build/__local__.json``, or one file a contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from floodline.artifacts.json_file import artifact_of, field, read_json
from floodline.artifacts.library import Place
from floodline.toolchain.artifact import Artifact

_MANIFEST: Final = "__local__.json"


def is_ape(folder: Path) -> bool:
    """Return whether a folder holds what ape builds."""
    if (folder / _MANIFEST).is_file():
        return True
    first = next(iter(sorted(folder.glob("*.json"))), None)
    return first is not None and b'"deploymentBytecode"' in first.read_bytes()


def places(folder: Path) -> Iterator[Place]:
    """Return every contract of a project's build folder."""
    manifest = folder / _MANIFEST
    if manifest.is_file():
        types = field(manifest, read_json(manifest), "contractTypes")
        for name, content in sorted(types.items()):
            yield Place(name, str(content.get("sourceId", "")), partial(_read, manifest, content))
        return
    for path in sorted(folder.glob("*.json")):
        content = read_json(path)
        if "contractName" in content:
            source = str(content.get("sourceId", ""))
            yield Place(str(content["contractName"]), source, partial(_read, path, content))


def _read(path: Path, content: Mapping[str, Any]) -> Artifact:
    deployment = content.get("deploymentBytecode") or {}
    name = str(field(path, content, "contractName"))
    references = {
        "": {
            str(link["name"]): [{"start": start} for start in link.get("offsets", [])]
            for link in deployment.get("linkReferences") or []
            if "name" in link
        }
    }
    return artifact_of(
        path,
        name=name,
        source=str(content.get("sourceId", "")),
        abi=field(path, content, "abi"),
        code=str(deployment.get("bytecode") or ""),
        runtime=str((content.get("runtimeBytecode") or {}).get("bytecode") or ""),
        references=references,
    )
