"""A contract with a library, written as each build tool would."""

import json

import pytest

from floodline.artifacts.linking import digest_of

SOURCE = "contracts/Pool.sol"
LIBRARY_SOURCE = "contracts/libraries/Maths.sol"
ABI = [
    {"type": "function", "name": "run", "inputs": [], "outputs": [], "stateMutability": "view"},
    {"type": "error", "name": "Unhealthy", "inputs": [{"name": "factor", "type": "uint256"}]},
]
MARK = f"__{digest_of(LIBRARY_SOURCE, 'Maths')}__"
CODE = f"6001{MARK}6002{MARK}"
"""The library's address goes to bytes 2 and 24."""
REFERENCES = {LIBRARY_SOURCE: {"Maths": [{"start": 2, "length": 20}, {"start": 24, "length": 20}]}}


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def hardhat_project(root, *, references=True):
    for source, name, code in [(SOURCE, "Pool", CODE), (LIBRARY_SOURCE, "Maths", "6000")]:
        links = REFERENCES if references and name == "Pool" else {}
        content = {
            "_format": "hh-sol-artifact-1",
            "contractName": name,
            "sourceName": source,
            "abi": ABI if name == "Pool" else [],
            "bytecode": f"0x{code}",
            "deployedBytecode": "0x6001",
            "linkReferences": links,
        }
        write(root / "artifacts" / source / f"{name}.json", content)
        write(root / "artifacts" / source / f"{name}.dbg.json", {"buildInfo": "x"})
    write(root / "artifacts" / "build-info" / "x.sol" / "huge.json", {})
    return root


def foundry_project(root, *, references=True):
    for source, name, code in [(SOURCE, "Pool", CODE), (LIBRARY_SOURCE, "Maths", "6000")]:
        links = REFERENCES if references and name == "Pool" else {}
        content = {
            "abi": ABI if name == "Pool" else [],
            "bytecode": {"object": f"0x{code}", "linkReferences": links},
            "deployedBytecode": {"object": "0x6001"},
            "metadata": {"settings": {"compilationTarget": {source: name}}},
        }
        write(root / "out" / source.rpartition("/")[2] / f"{name}.json", content)
    return root


def ape_project(root, *, references=True):
    types = {}
    for source, name, code in [(SOURCE, "Pool", CODE), (LIBRARY_SOURCE, "Maths", "6000")]:
        deployment = {"bytecode": f"0x{code}"}
        if references and name == "Pool":
            deployment["linkReferences"] = [{"offsets": [2, 24], "length": 20, "name": "Maths"}]
        types[name] = {
            "contractName": name,
            "sourceId": source,
            "abi": ABI if name == "Pool" else [],
            "deploymentBytecode": deployment,
            "runtimeBytecode": {"bytecode": "0x6001"},
        }
    write(root / ".build" / "__local__.json", {"manifest": "ethpm/3", "contractTypes": types})
    return root


LAYOUTS = {"hardhat": hardhat_project, "foundry": foundry_project, "ape": ape_project}


@pytest.fixture(params=sorted(LAYOUTS))
def layout(request):
    """Each build tool's name with what writes a project as it does."""
    return request.param, LAYOUTS[request.param]
