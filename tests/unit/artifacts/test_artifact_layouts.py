"""One contract, however it was built, is the same contract: code, interface, libraries."""

import json

import pytest

from floodline.artifacts.load import load_folder
from floodline.foundation.errors import ToolchainError

LIBRARY = bytes(range(1, 21))


def test_a_project_is_recognised_and_its_contracts_are_found(layout, tmp_path):
    _, write = layout
    library = load_folder(write(tmp_path))
    assert list(library) == ["Maths", "Pool"]
    pool = library["Pool"]
    assert pool.source_path == "contracts/Pool.sol"
    assert pool.runtime == b"\x60\x01"
    assert pool.bytecode == b"\x60\x01" + bytes(20) + b"\x60\x02" + bytes(20)
    assert library.interface("Pool").encode("run").hex() == "c0406226"


@pytest.mark.parametrize("references", [True, False], ids=["referenced", "known-by-digest"])
def test_a_contract_is_linked_with_its_library_whatever_tells_its_places(
    layout, tmp_path, references
):
    _, write = layout
    library = load_folder(write(tmp_path, references=references))
    assert library.libraries_of("Pool") == ["Maths"]
    linked = library.linked("Pool", {"Maths": LIBRARY})
    assert linked == b"\x60\x01" + LIBRARY + b"\x60\x02" + LIBRARY


def test_a_layout_that_is_named_is_the_only_one_looked_for(layout, tmp_path):
    name, write = layout
    assert "Pool" in load_folder(write(tmp_path), name)
    other = {"hardhat": "ape", "foundry": "ape", "ape": "hardhat"}[name]
    with pytest.raises(ToolchainError, match=f"no artifacts of {other}"):
        load_folder(tmp_path, other)


def test_a_library_that_is_not_given_is_named(layout, tmp_path):
    _, write = layout
    with pytest.raises(ToolchainError, match="Pool needs the library Maths"):
        load_folder(write(tmp_path)).linked("Pool", {})


def test_an_unknown_contract_names_the_nearest_and_the_folder(layout, tmp_path):
    _, write = layout
    with pytest.raises(ToolchainError, match=r"no contract is called Pol in .*did you mean 'Pool'"):
        load_folder(write(tmp_path)).interface("Pol")


def test_the_digest_follows_the_content(layout, tmp_path):
    _, write = layout
    first = load_folder(write(tmp_path / "a")).digest
    assert load_folder(write(tmp_path / "b")).digest == first
    assert load_folder(write(tmp_path / "c", references=False)).digest != first


def test_contracts_of_one_name_are_told_apart_by_their_source(tmp_path):
    for folder, code in [("a", "0x6001"), ("b", "0x6002")]:
        place = tmp_path / "artifacts" / folder / "Pool.sol"
        place.mkdir(parents=True)
        content = {
            "contractName": "Pool",
            "sourceName": f"{folder}/Pool.sol",
            "abi": [],
            "bytecode": code,
        }
        (place / "Pool.json").write_text(json.dumps(content))
    library = load_folder(tmp_path)
    assert library["b/Pool.sol:Pool"].bytecode == b"\x60\x02"
    assert list(library) == ["a/Pool.sol:Pool", "b/Pool.sol:Pool"]
    with pytest.raises(ToolchainError, match="2 contracts are called Pool"):
        library.artifact("Pool")


def test_a_contract_built_by_two_compilers_is_told_apart_by_version(tmp_path):
    folder = tmp_path / "out" / "Pool.sol"
    folder.mkdir(parents=True)
    for version, code in [("0.8.19", "0x6001"), ("0.8.30", "0x6002")]:
        content = {"abi": [], "bytecode": {"object": code, "linkReferences": {}}}
        (folder / f"Pool.{version}.json").write_text(json.dumps(content))
    assert load_folder(tmp_path)["Pool.sol@0.8.19:Pool"].bytecode == b"\x60\x01"


def test_a_folder_without_artifacts_says_how_they_are_built(tmp_path):
    with pytest.raises(ToolchainError, match="holds no artifacts") as caught:
        load_folder(tmp_path)
    assert "forge build" in caught.value.next_step


def test_a_damaged_artifact_is_named(layout, tmp_path):
    _, write = layout
    write(tmp_path)
    for path in tmp_path.rglob("*.json"):
        if path.stem in ("Pool", "__local__"):
            path.write_text("{")
    with pytest.raises(ToolchainError, match="cannot be read"):
        load_folder(tmp_path)["Pool"]


def test_an_interface_cannot_be_deployed(tmp_path):
    place = tmp_path / "artifacts" / "IPool.sol"
    place.mkdir(parents=True)
    content = {"contractName": "IPool", "sourceName": "IPool.sol", "abi": [], "bytecode": "0x"}
    (place / "IPool.json").write_text(json.dumps(content))
    with pytest.raises(ToolchainError, match="has no code"):
        load_folder(tmp_path).linked("IPool", {})
