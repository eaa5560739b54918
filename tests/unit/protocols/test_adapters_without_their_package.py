"""Adapters whose npm package is missing, of another version, or somebody else's."""

from __future__ import annotations

import json

import pytest

from floodline.cli.main import run
from floodline.foundation.errors import ToolchainError
from floodline.foundation.workspace import project_root
from floodline.protocols.catalogue import PROTOCOLS
from floodline.protocols.morpho.library import morpho_library
from floodline.toolchain.packages import package_home, pin

EVERY = ("aave", "lyra", "morpho")


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """Make an empty folder the one where packages are."""
    monkeypatch.setattr("floodline.toolchain.packages.cache_path", lambda: tmp_path)
    morpho_library.cache_clear()
    yield tmp_path
    morpho_library.cache_clear()


def put(name, *, version=None, integrity=None):
    """Put a package in its place, as good as empty."""
    wanted = pin(name)
    home = package_home(wanted)
    (home / wanted.artifacts).mkdir(parents=True)
    (home / "package.json").write_text(json.dumps({"version": version or wanted.version}))
    mark = {"integrity": integrity or wanted.integrity}
    (home / ".floodline.json").write_text(json.dumps(mark))
    return home


def refusal(name):
    with pytest.raises(ToolchainError) as caught:
        PROTOCOLS.create(name, PROTOCOLS[name].parameters(), markets=["ETH"], artifacts={})
    assert caught.value.exit_code == 3
    return caught.value.message, caught.value.next_step


@pytest.mark.parametrize("name", EVERY)
def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(cache, name):
    message, fix = refusal(name)
    wanted = pin(name)
    assert f"the npm package {wanted.package} {wanted.version} is not installed" in message
    assert fix == f"run `floodline toolchain --with {name}`"


@pytest.mark.parametrize("name", EVERY)
def test_a_package_of_another_version_is_told_with_the_one_that_is_wanted(cache, name):
    home, wanted = put(name, version="9.9.9"), pin(name)
    message, fix = refusal(name)
    assert message == f"{home} holds {wanted.package} 9.9.9, wanted {wanted.version}"
    assert fix == f"delete it and run `floodline toolchain --with {name}`"


@pytest.mark.parametrize("name", EVERY)
def test_a_package_that_came_of_another_tarball_is_told(cache, name):
    put(name, integrity="sha512-else")
    message, fix = refusal(name)
    assert "was unpacked from another tarball than the pinned one" in message
    assert fix == f"delete it and run `floodline toolchain --with {name}`"


def test_sources_whose_compiler_is_missing_are_told_with_the_option_that_brings_it(
    cache, monkeypatch
):
    source = put("morpho") / "src" / "Morpho.sol"
    source.write_text("pragma solidity 0.8.19;\ncontract Morpho {}\n")
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(cache / "no-compilers"))
    message, fix = refusal("morpho")
    assert message.startswith("no solc 0.8.19 at ")
    assert fix == "run `floodline toolchain --with morpho` to install it"


@pytest.mark.parametrize("name", EVERY)
def test_a_preset_without_its_package_ends_before_anything_is_started(
    cache, capsys, tmp_path, name
):
    preset = str(project_root() / f"data/campaigns/{name}-flood.yaml")
    out = tmp_path / "run"
    assert run(["run", preset, "--out", str(out)]) == 3
    told = capsys.readouterr().err
    assert "is not installed in" in told
    assert f"floodline toolchain --with {name}" in told
    assert "Traceback" not in told
    assert not list(out.rglob("*.csv"))
