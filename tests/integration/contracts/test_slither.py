"""Slither finds nothing, down to the informational, that is not answered.

A finding is answered where it stands, by ``// slither-disable-next-line DETECTOR -- why``. A
detector that contradicts a rule of the house is answered once, here. Native solc is not needed:
slither is given the standard JSON interface that the contracts are compiled through.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from crytic_compile import CryticCompile
from crytic_compile.platform.solc_standard_json import SolcStandardJson
from slither import Slither
from slither.detectors import all_detectors
from slither.detectors.abstract_detector import AbstractDetector, DetectorClassification

from floodline.foundation.workspace import project_root
from floodline.toolchain.compile import SETTINGS, collect_sources
from floodline.toolchain.solc import find_solc

ANSWERED = {
    "unused-return": "parts of a tuple are left out where they are not needed",
    "incorrect-equality": "exact integers and timestamps are compared with zero or with now",
    "uninitialized-local": "zero is the value that is meant to begin with",
    "divide-before-multiply": "fixed point: each product is rounded, in a direction that is named",
    "timestamp": "funding, staleness, windows, auctions and expiries are rules about time",
    "calls-loop": "products, legs, candidates and batches are few by bounds that the tests hold",
    "reentrancy-events": "house, fund, feeds and waterfall are ours and call nobody back",
    "naming-convention": "solhint holds the names: immutables are written as constants are",
    "pragma": "ours is one exact version; the libraries' ranges contain it",
}
"""Detectors that do not run, and why."""

IMPACTS = (
    DetectorClassification.HIGH,
    DetectorClassification.MEDIUM,
    DetectorClassification.LOW,
    DetectorClassification.INFORMATIONAL,
)
"""All but optimizations, which the gas tables are for."""


def detectors() -> list[type[AbstractDetector]]:
    known = [getattr(all_detectors, name) for name in sorted(dir(all_detectors))]
    return [
        one
        for one in known
        if inspect.isclass(one)
        and issubclass(one, AbstractDetector)
        and one.IMPACT in IMPACTS
        and one.ARGUMENT not in ANSWERED
    ]


def findings(sources: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What slither says of the sources below ``contracts/``."""
    for unit, text in sources.items():
        path = folder / unit
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    request = SolcStandardJson()
    for unit in sources:
        request.add_source_file(unit)
    settings = request.to_dict()["settings"]
    settings["evmVersion"] = SETTINGS["evmVersion"]
    settings["optimizer"] = SETTINGS["optimizer"]
    slither = Slither(CryticCompile(request, solc=str(find_solc().path)))
    for one in detectors():
        slither.register_detector(one)
    found = [result for results in slither.run_detectors() for result in results]
    return [result for result in found if is_ours(result)]


def is_ours(result: Any) -> bool:
    places = [element.get("source_mapping", {}) for element in result["elements"]]
    return any(str(place.get("filename_relative", "")).startswith("contracts/") for place in places)


def test_every_answered_detector_is_one_that_slither_has() -> None:
    known = {getattr(getattr(all_detectors, name), "ARGUMENT", "") for name in dir(all_detectors)}
    assert set(ANSWERED) <= known


def said(found: list[Any]) -> list[str]:
    return sorted(f"{one['check']}: {one['description'].splitlines()[0]}" for one in found)


def test_every_finding_in_the_contracts_is_answered_and_every_function_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = project_root()
    sources = collect_sources(root, root / "node_modules")
    assert said(findings(sources, tmp_path, monkeypatch)) == []
    assert "Impossible to generate IR" not in caplog.text


def test_a_contract_that_anybody_can_end_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;
contract Ends { function end(address payable to) external { selfdestruct(to); } }
"""
    found = said(findings({"contracts/Ends.sol": source}, tmp_path, monkeypatch))
    assert [line.partition(":")[0] for line in found] == ["suicidal"]
