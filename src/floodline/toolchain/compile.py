"""The contracts, compiled: every source under ``contracts/`` through solc, cached by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_dir, project_root
from floodline.toolchain.artifact import (
    Artifact,
    Artifacts,
    from_solc,
    read_cache,
    write_cache,
)
from floodline.toolchain.imports import imports_of
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

__all__ = ["SETTINGS", "Artifact", "Artifacts", "collect_sources", "load_artifacts"]

_FORMAT = 1
_SHOWN_ERRORS = 5


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
    found = read_cache(cached)
    if found is not None:
        return Artifacts(found, digest)
    compiled = _compile(sources, (solc or find_solc()).path)
    write_cache(cached, compiled)
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
        for target in imports_of(unit, found[unit]):
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
            artifacts[name] = from_solc(name, unit, parts)
    return artifacts
