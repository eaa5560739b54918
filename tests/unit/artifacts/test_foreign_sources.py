"""Sources that others wrote: found through imports and remappings, compiled once."""

from pathlib import Path

import pytest

from floodline.artifacts.sources import compile_sources
from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import cache_dir
from floodline.toolchain.solc import SolcBinary

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\n"
NO_COMPILER = SolcBinary(Path("/nonexistent/solc"), "none")


@pytest.fixture
def root(tmp_path):
    """A project of which nobody knows where its package lies."""
    files = {
        "src/Pool.sol": 'import {Maths} from "./libraries/Maths.sol";\nimport "@lib/Base.sol";\n'
        "contract Pool is Base { function two() external pure returns (uint256)"
        " { return Maths.two(); } }",
        "src/libraries/Maths.sol": "library Maths { function two() external pure"
        " returns (uint256) { return 2; } }",
        "vendor/lib/Base.sol": "contract Base { error Closed(uint256 until); }",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + text)
    return tmp_path


def compiled(root, **options):
    settings = {"remappings": ["@lib/=lib/"], "optimizer": {"enabled": True, "runs": 200}}
    return compile_sources(root, ["src"], settings=settings, packages=[root / "vendor"], **options)


def test_sources_are_compiled_with_all_that_they_import_and_not_twice(root):
    library = compiled(root)
    assert list(library) == ["Base", "Maths", "Pool"]
    assert library["Pool"].source_path == "src/Pool.sol"
    assert library.libraries_of("Pool") == ["Maths"]
    assert [item["name"] for item in library.error_abi()] == ["Closed"]
    assert dict(compiled(root, solc=NO_COMPILER)) == dict(library)
    (root / "vendor/lib/Base.sol").write_text(HEAD + "contract Base { uint256 public x; }")
    with pytest.raises(ToolchainError, match="nonexistent"):
        compiled(root, solc=NO_COMPILER)


def test_a_missing_import_is_named_with_who_asks_for_it(root):
    (root / "vendor/lib/Base.sol").unlink()
    with pytest.raises(ToolchainError, match=r"lib/Base\.sol, imported by src/Pool\.sol"):
        compiled(root)


def test_sources_that_do_not_compile_say_why(root):
    (root / "src" / "Broken.sol").write_text(HEAD + "contract Broken { uint x = y; }")
    with pytest.raises(ToolchainError, match="do not compile, 1 errors") as caught:
        compiled(root)
    assert "src/Broken.sol" in str(caught.value)


def test_no_sources_at_all_are_told(tmp_path):
    (tmp_path / "src").mkdir()
    with pytest.raises(ToolchainError, match="no Solidity sources in src"):
        compile_sources(tmp_path, ["src"])


@pytest.fixture(autouse=True)
def own_cache(project_home):
    """Keep what is compiled here out of everybody's cache."""
    assert cache_dir().is_relative_to(project_home)


@pytest.fixture
def project_home(monkeypatch, tmp_path_factory):
    """An empty project as the one in use."""
    home = tmp_path_factory.mktemp("home")
    (home / "contracts").mkdir()
    (home / "package.json").write_text("{}")
    monkeypatch.setenv("FLOODLINE_HOME", str(home))
    return home
