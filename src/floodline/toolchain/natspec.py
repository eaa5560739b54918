"""What the contracts say of themselves: NatSpec as solc reads it, cached by content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_dir, project_root
from floodline.toolchain.compile import collect_sources
from floodline.toolchain.npm import node_modules
from floodline.toolchain.solc import find_solc, run_standard_json
from floodline.toolchain.versions import SOLC

SETTINGS: Final[dict[str, Any]] = {
    "evmVersion": "cancun",
    "outputSelection": {"*": {"*": ["abi", "devdoc", "userdoc"]}},
}
"""No code is asked for, so that solc is done in seconds."""


@dataclass(frozen=True)
class Documented:
    """One function, event or error: its declaration and what is said of it.

    Attributes
    ----------
    kind : str
        function, event or error.
    declaration : str
        Name, parameters and returned values with their types.
    notice, details : str
        ``@notice`` and ``@dev``.
    values : list of (str, str, str)
        Name, type and meaning of each parameter, then of each returned value.

    """

    kind: str
    declaration: str
    notice: str
    details: str
    values: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class ContractDocs:
    """One contract, library or interface.

    Attributes
    ----------
    name, source : str
        As in the source, and where.
    title, notice, details : str
        ``@title``, ``@notice`` and ``@dev``.
    members : list of Documented
        In the order of the ABI; of what it inherits too.

    """

    name: str
    source: str
    title: str
    notice: str
    details: str
    members: list[Documented]


def load_natspec() -> list[ContractDocs]:
    """Return what every contract under ``contracts/`` says of itself, by source and name.

    Raises
    ------
    ToolchainError
        If a source does not compile, or there is no compiler.

    """
    sources = collect_sources(project_root(), node_modules())
    content = json.dumps([SOLC, SETTINGS, sources], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    cached = cache_dir() / "natspec" / f"{digest[:32]}.json"
    try:
        output = json.loads(cached.read_bytes())
    except (OSError, ValueError):  # absent or damaged: asking solc again mends both
        output = _ask(sources)
        _keep(cached, output)
    return [
        _contract(unit, name, parts)
        for unit, contracts in sorted(output.items())
        for name, parts in sorted(contracts.items())
    ]


def _ask(sources: Mapping[str, str]) -> dict[str, Any]:
    request = {
        "language": "Solidity",
        "sources": {unit: {"content": text} for unit, text in sources.items()},
        "settings": SETTINGS,
    }
    output = run_standard_json(find_solc().path, request)
    errors = [item for item in output.get("errors", []) if item.get("severity") == "error"]
    if errors:
        first = errors[0].get("formattedMessage") or errors[0].get("message")
        raise ToolchainError(
            f"the contracts do not compile: {first}", "correct the sources under contracts/"
        )
    return {
        unit: contracts
        for unit, contracts in output["contracts"].items()
        if unit.startswith("contracts/")
    }


def _keep(path: Path, output: Mapping[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_text(json.dumps(output))
    temporary.replace(path)


def _contract(unit: str, name: str, parts: Mapping[str, Any]) -> ContractDocs:
    user, dev = parts["userdoc"], parts["devdoc"]
    members = [_member(item, user, dev) for item in parts["abi"] if item.get("name")]
    return ContractDocs(
        name,
        unit,
        dev.get("title", ""),
        user.get("notice", ""),
        dev.get("details", ""),
        members,
    )


def _member(item: Mapping[str, Any], user: Mapping[str, Any], dev: Mapping[str, Any]) -> Documented:
    kind = str(item["type"])
    signature = f"{item['name']}({','.join(_canonical(value) for value in item['inputs'])})"
    said, meant = _said(user, kind, signature), _said(dev, kind, signature)
    values = [
        (value["name"], _type(value), meant.get("params", {}).get(value["name"], ""))
        for value in item["inputs"]
    ]
    for place, value in enumerate(item.get("outputs", [])):
        name = value["name"] or f"_{place}"
        meaning = meant.get("returns", {}).get(name, "")
        values.append((f"→ {value['name']}".strip(), _type(value), meaning))
    return Documented(
        kind, _declaration(item), said.get("notice", ""), meant.get("details", ""), values
    )


def _said(docs: Mapping[str, Any], kind: str, signature: str) -> dict[str, Any]:
    """Return what the docs hold of one member; errors come as lists, state variables apart."""
    family = {"function": "methods", "event": "events", "error": "errors"}[kind]
    found = docs.get(family, {}).get(signature, {})
    if isinstance(found, list):
        found = found[0] if found else {}
    name = signature.partition("(")[0]
    return dict(found or docs.get("stateVariables", {}).get(name, {}))


def _declaration(item: Mapping[str, Any]) -> str:
    given = ", ".join(f"{_type(value)} {value['name']}".strip() for value in item["inputs"])
    text = f"{item['name']}({given})"
    mutability = item.get("stateMutability", "nonpayable")
    if mutability != "nonpayable":
        text += f" {mutability}"
    returned = ", ".join(
        f"{_type(value)} {value['name']}".strip() for value in item.get("outputs", [])
    )
    return f"{text} returns ({returned})" if returned else text


def _type(value: Mapping[str, Any]) -> str:
    """Return a type as the source names it: ``struct Types.Market[]`` is ``Types.Market[]``."""
    name = str(value.get("internalType") or value["type"])
    for word in ("struct ", "contract ", "enum "):
        name = name.removeprefix(word)
    return name


def _canonical(value: Mapping[str, Any]) -> str:
    """Return a type as signatures have it: a struct is the tuple of its parts."""
    kind = str(value["type"])
    if not kind.startswith("tuple"):
        return kind
    inner = ",".join(_canonical(part) for part in value["components"])
    return f"({inner}){kind.removeprefix('tuple')}"
