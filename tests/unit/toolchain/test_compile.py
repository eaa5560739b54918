"""Contracts are compiled by content: once, whole, and with errors that name the place."""

import json
import threading
from pathlib import Path

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_dir
from floodline.toolchain.compile import Artifact, collect_sources, load_artifacts
from floodline.toolchain.solc import SolcBinary

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.30;\n"
NO_COMPILER = SolcBinary(Path("/nonexistent/solc"), "none")


@pytest.fixture
def write_source(project):
    def write(name, body, folder="contracts"):
        path = project / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + body)
        return path

    return write


def test_artifacts_hold_what_was_compiled(write_source, project):
    write_source("libraries/Maths.sol", "library Maths { uint256 internal constant ONE = 1; }")
    write_source("pkg/Base.sol", "contract Base { uint256 public base; }", "node_modules")
    write_source(
        "Market.sol",
        'import {Base} from "pkg/Base.sol";\nimport {Maths} from "./libraries/Maths.sol";\n'
        "contract Market is Base { event Opened(uint256 size); uint256 public one = Maths.ONE; }\n"
        "interface IQuote { function quote() external; }",
    )
    artifacts = load_artifacts()
    assert list(artifacts) == ["IQuote", "Market", "Maths"]
    market = artifacts["Market"]
    assert market.source_path == "contracts/Market.sol"
    assert {item["name"] for item in market.abi} == {"Opened", "one", "base"}
    assert len(market.bytecode) > len(market.runtime) > 0
    assert artifacts["IQuote"].bytecode == b""
    with pytest.raises(KeyError, match="did you mean 'Market'"):
        artifacts["Markt"]


def test_an_unchanged_project_needs_no_compiler(write_source):
    write_source("A.sol", "contract A { uint256 public x; }")
    first = load_artifacts()
    second = load_artifacts(solc=NO_COMPILER)
    assert dict(second) == dict(first)
    assert second.digest == first.digest


@pytest.mark.parametrize("changed", ["contracts/A.sol", "node_modules/pkg/B.sol"])
def test_a_changed_source_or_dependency_is_compiled_anew(write_source, project, changed):
    write_source("A.sol", 'import "pkg/B.sol"; contract A is B {}')
    write_source("pkg/B.sol", "contract B { uint256 public x; }", "node_modules")
    first = load_artifacts()
    path = project / changed
    path.write_text(path.read_text() + "\ncontract Extra { uint256 public y; }")
    with pytest.raises(ToolchainError, match="nonexistent"):
        load_artifacts(solc=NO_COMPILER)
    assert load_artifacts().digest != first.digest


def test_the_bytecode_does_not_depend_on_where_the_project_lies(write_source, project, tmp_path):
    write_source("A.sol", "contract A { uint256 public x; }")
    here = load_artifacts()["A"].bytecode_hash
    moved = tmp_path / "elsewhere"
    project.rename(moved)
    (project / "contracts").mkdir(parents=True)
    (project / "package.json").write_text("{}")
    assert load_artifacts(root=moved)["A"].bytecode_hash == here


def test_a_damaged_cache_is_compiled_again(write_source):
    write_source("A.sol", "contract A { uint256 public x; }")
    first = load_artifacts()
    (cached,) = (cache_dir() / "artifacts").glob("*.json")
    cached.write_text(cached.read_text()[:40])
    assert dict(load_artifacts()) == dict(first)
    assert json.loads(cached.read_text())


def test_processes_beside_each_other_never_read_half_a_cache(write_source):
    write_source("A.sol", "contract A { uint256 public x; }")
    found, faults = [], []

    def load():
        try:
            found.append(load_artifacts()["A"].bytecode_hash)
        except Exception as error:  # noqa: BLE001 - reported below
            faults.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(set(found)) == 1
    assert len(list((cache_dir() / "artifacts").iterdir())) == 1


def test_an_error_in_a_source_names_file_and_line(write_source):
    write_source("Broken.sol", "contract Broken { uint256 public x = y; }")
    with pytest.raises(ToolchainError, match=r"contracts/Broken\.sol:3:"):
        load_artifacts()


def test_a_missing_import_names_the_file_that_wants_it(write_source):
    write_source("A.sol", 'import {Nothing} from "pkg/Nothing.sol"; contract A {}')
    with pytest.raises(ToolchainError, match=r"pkg/Nothing\.sol, imported by contracts/A\.sol"):
        load_artifacts()


def test_two_contracts_of_one_name_are_refused(write_source):
    write_source("A.sol", "contract Same {}")
    write_source("B.sol", "contract Same {}")
    with pytest.raises(ToolchainError, match=r"contracts/B\.sol and contracts/A\.sol"):
        load_artifacts()


def test_every_form_of_import_is_followed_and_commented_ones_are_not(write_source, project):
    write_source(
        "A.sol",
        'import "./B.sol";\nimport {C as D,\n  C2} from "./sub/C.sol";\nimport * as E from '
        '"./E.sol";\n'
        'import "./F.sol" as F;\n// import "./No.sol";\n/*\nimport "./No.sol";\n*/',
    )
    for name in ("B.sol", "E.sol", "F.sol"):
        write_source(name, "")
    write_source("sub/C.sol", 'import "../B.sol";')
    write_source(".cache/Hidden.sol", "not solidity")
    assert list(collect_sources(project, project / "node_modules")) == [
        "contracts/A.sol",
        "contracts/B.sol",
        "contracts/E.sol",
        "contracts/F.sol",
        "contracts/sub/C.sol",
    ]


def test_libraries_are_linked_by_name(write_source):
    write_source(
        "A.sol",
        "library Sum { function same(uint256 a) external pure returns (uint256) { return a; } }\n"
        "contract A { function f() external pure returns (uint256) { return Sum.same(1); } }",
    )
    artifact = load_artifacts()["A"]
    assert list(artifact.links) == ["Sum"]
    address = bytes(range(1, 21))
    linked = artifact.link({"Sum": address})
    assert linked.count(address) == len(artifact.links["Sum"]) > 0
    assert len(linked) == len(artifact.bytecode)
    assert isinstance(load_artifacts(solc=NO_COMPILER)["A"], Artifact)
    with pytest.raises(ToolchainError, match="A needs the library Sum"):
        artifact.link({})
