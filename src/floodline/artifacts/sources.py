"""Solidity sources that others wrote, compiled by the compiler that they are written for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from floodline.artifacts.library import ArtifactLibrary, Place
from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_dir
from floodline.toolchain.artifact import Artifact, from_solc, read_cache, write_cache
from floodline.toolchain.compile import SETTINGS
from floodline.toolchain.imports import imports_of
from floodline.toolchain.solc import SolcBinary, find_solc, run_standard_json
from floodline.toolchain.versions import SOLC

_FORMAT: Final = 1
_SHOWN_ERRORS: Final = 5


def compile_sources(
    root: Path,
    entries: Sequence[str],
    *,
    version: str = SOLC,
    settings: Mapping[str, Any] | None = None,
    packages: Sequence[Path] = (),
    solc: SolcBinary | None = None,
    option: str = "",
) -> ArtifactLibrary:
    """Return the contracts of some sources and of all that they import, from the cache or anew.

    Parameters
    ----------
    root : Path
        What source units are named from.
    entries : Sequence[str]
        The sources to start from, relative to `root`; a folder stands for all sources below it.
    version : str
        The compiler's, one of `SOLC_RELEASES`.
    settings : Mapping, optional
        As in solc's standard JSON (``optimizer``, ``viaIR``, ``evmVersion``, ``remappings``); what
        to put out is ours.
    packages : Sequence[Path]
        Folders to look in for imports that are not below `root`, as ``node_modules``.
    solc : SolcBinary, optional
        The compiler, looked for only where it is needed.
    option : str
        What ``floodline toolchain`` installs that compiler with, where it is not our own.

    Raises
    ------
    ToolchainError
        If a source is missing or does not compile, or there is no such compiler.

    """
    sources = _closure(root, entries, packages, dict(settings or {}).get("remappings", []))
    chosen = {**(settings or {}), "outputSelection": SETTINGS["outputSelection"]}
    content = json.dumps([_FORMAT, version, chosen, sources], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    cached = cache_dir() / "artifacts" / f"sources-{digest[:32]}.json"
    found = read_cache(cached)
    if found is None:
        found = _compile(root, sources, chosen, solc or find_solc(version, option))
        write_cache(cached, found)
    places = (Place(item.name, item.source_path, partial(_same, item)) for item in found.values())
    return ArtifactLibrary(str(root), places, lambda: digest)


def _same(artifact: Artifact) -> Artifact:
    return artifact


def _closure(
    root: Path, entries: Sequence[str], packages: Sequence[Path], remappings: Sequence[str]
) -> dict[str, str]:
    """Return every source by its unit's name."""
    waiting: list[str] = []
    for entry in entries:
        place = root / entry
        below = sorted(place.rglob("*.sol")) if place.is_dir() else [place]
        waiting += [path.relative_to(root).as_posix() for path in below]
    if not waiting:
        raise ToolchainError(
            f"there are no Solidity sources in {', '.join(entries)} below {root}",
            "name the sources, or the folder that holds them",
        )
    found: dict[str, str] = {}
    imported_by: dict[str, str] = {}
    while waiting:
        unit = waiting.pop()
        if unit in found:
            continue
        for base in (root, *packages):
            if (base / unit).is_file():
                found[unit] = (base / unit).read_text(encoding="utf-8")
                break
        else:
            looked = ", ".join(str(base) for base in (root, *packages))
            raise ToolchainError(
                f"{unit}, imported by {imported_by.get(unit, 'nothing')}, is not in {looked}",
                "check the import, add a remapping, or name the folder of the package",
            )
        for target in imports_of(unit, found[unit]):
            mapped = _mapped(target, remappings)
            imported_by.setdefault(mapped, unit)
            waiting.append(mapped)
    return dict(sorted(found.items()))


def _mapped(target: str, remappings: Sequence[str]) -> str:
    """Return a source unit's name after the longest remapping that fits it."""
    fitting = [
        (prefix, replacement)
        for prefix, _, replacement in (remapping.partition("=") for remapping in remappings)
        if target.startswith(prefix)
    ]
    if not fitting:
        return target
    prefix, replacement = max(fitting, key=lambda pair: len(pair[0]))
    return replacement + target.removeprefix(prefix)


def _compile(
    root: Path, sources: Mapping[str, str], settings: Mapping[str, Any], solc: SolcBinary
) -> dict[str, Artifact]:
    request = {
        "language": "Solidity",
        "sources": {unit: {"content": text} for unit, text in sources.items()},
        "settings": settings,
    }
    output = run_standard_json(solc.path, request)
    errors = [item for item in output.get("errors", []) if item.get("severity") == "error"]
    if errors:
        shown = "\n".join(
            str(item.get("formattedMessage") or item.get("message")).rstrip()
            for item in errors[:_SHOWN_ERRORS]
        )
        raise ToolchainError(
            f"the sources in {root} do not compile, {len(errors)} errors:\n{shown}",
            "correct them, or choose the compiler and the settings that they are written for",
        )
    return {
        f"{unit}:{name}": from_solc(name, unit, parts)
        for unit, contracts in sorted(output.get("contracts", {}).items())
        for name, parts in sorted(contracts.items())
    }
