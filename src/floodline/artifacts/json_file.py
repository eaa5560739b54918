"""Artifact files: read with errors that name the file, and made into what we deploy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from floodline.artifacts.linking import split_links
from floodline.foundation.errors import ToolchainError
from floodline.toolchain.artifact import Artifact


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises
    ------
    ToolchainError
        If it cannot be read or holds anything else.

    """
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ToolchainError(f"{path} cannot be read: {error}", "build it again") from error
    if not isinstance(content, dict):
        raise ToolchainError(
            f"{path} holds a {type(content).__name__}, not an artifact",
            "remove it, or name the folder that the build tool writes",
        )
    return content


def field(path: Path, content: Mapping[str, Any], name: str) -> Any:
    """Return a field of an artifact file.

    Raises
    ------
    ToolchainError
        If it has no such field.

    """
    if name not in content:
        raise ToolchainError(f"{path} has no '{name}'", "build it again with a current version")
    return content[name]


def artifact_of(
    path: Path,
    *,
    name: str,
    source: str,
    abi: Any,
    code: str,
    runtime: str,
    references: Mapping[str, Mapping[str, Any]],
) -> Artifact:
    """Return an artifact from the parts that every layout has in its own place.

    Raises
    ------
    ToolchainError
        If the interface is not a list or the code is not hexadecimal.

    """
    if not isinstance(abi, list):
        raise ToolchainError(f"{path}: the interface of {name} is not a list", "build it again")
    bytecode, links = split_links(f"{name} in {path}", code, references)
    deployed, _ = split_links(f"{name} in {path}", runtime, {})
    digest = hashlib.sha256(bytecode).hexdigest()
    return Artifact(name, abi, bytecode, deployed, source, digest, links)
