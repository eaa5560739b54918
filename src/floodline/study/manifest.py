"""The manifest: everything that is needed to make a run again, and to know that it is the same."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from floodline.study.folder import Status, campaign_hash

PACKAGES: Final = (
    "floodline",
    "coincurve",
    "eth-abi",
    "lifelines",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic",
    "safe-pysha3",
    "scipy",
    "web3",
)
"""Packages whose version could reach a number."""


def build_manifest(
    campaign: Mapping[str, Any],
    *,
    status: Status,
    outcome_hash: str,
    command_line: Sequence[str],
    tools: Mapping[str, str],
    contracts: Mapping[str, str],
    node_flags: Sequence[str],
    inputs: Mapping[str, str],
) -> dict[str, Any]:
    """Return a run's manifest.

    Parameters
    ----------
    campaign : Mapping
        ``Campaign.model_dump(mode="json")``.
    status : {"complete", "interrupted", "failed"}
        What became of the run.
    outcome_hash : str
        SHA-256 over the canonical tables.
    command_line : Sequence[str]
        The words of the command.
    tools : Mapping[str, str]
        Version of each tool in use (anvil, solc, node).
    contracts : Mapping[str, str]
        Hash of each deployed contract's bytecode, by name.
    node_flags : Sequence[str]
        The node's own command line.
    inputs : Mapping[str, str]
        SHA-256 of each file that the campaign names, by its path.

    """
    return {
        "floodline_manifest": 1,
        "status": status,
        "name": campaign["name"],
        "seed": campaign["seed"],
        "campaign_hash": campaign_hash(campaign),
        "outcome_hash": outcome_hash,
        "command_line": list(command_line),
        "campaign": dict(campaign),
        "inputs": dict(sorted(inputs.items())),
        "tools": dict(sorted(tools.items())),
        "packages": package_versions(),
        "python": platform.python_version(),
        "platform": f"{platform.system().lower()}-{platform.machine()}",
        "contracts": dict(sorted(contracts.items())),
        "node_flags": list(node_flags),
    }


def package_versions() -> dict[str, str]:
    """Return the installed version of every package in `PACKAGES`."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return versions
