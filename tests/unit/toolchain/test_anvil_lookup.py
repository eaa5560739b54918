"""Anvil is the user's own where it fits, else the npm package's."""

import sysconfig

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.anvil import (
    AnvilBinary,
    candidates,
    find_anvil,
    link_anvil,
    platform_package,
)
from floodline.toolchain.versions import Version

FITS = "echo anvil Version: 1.7.1"
OLD = "echo anvil 0.2.0"


@pytest.mark.parametrize(
    ("system", "machine", "package"),
    [
        ("linux", "x86_64", "@foundry-rs/anvil-linux-amd64"),
        ("linux", "aarch64", "@foundry-rs/anvil-linux-arm64"),
        ("darwin", "arm64", "@foundry-rs/anvil-darwin-arm64"),
        ("darwin", "x86_64", "@foundry-rs/anvil-darwin-amd64"),
    ],
)
def test_each_platform_has_its_package(system, machine, package):
    assert platform_package(system, machine) == package


@pytest.mark.parametrize(("system", "machine"), [("win32", "AMD64"), ("linux", "riscv64")])
def test_a_platform_without_a_package_is_told_what_to_do(system, machine):
    with pytest.raises(ToolchainError, match=machine) as caught:
        platform_package(system, machine)
    assert "PATH" in caught.value.next_step


def test_a_fitting_anvil_on_path_is_used_before_the_npm_package(bare_path, project, write_tool):
    own = write_tool(bare_path / "anvil", FITS)
    write_tool(project / "node_modules" / platform_package() / "bin" / "anvil", FITS)
    assert find_anvil().path == own


def test_an_unfitting_anvil_on_path_gives_way_to_the_npm_package(bare_path, project, write_tool):
    write_tool(bare_path / "anvil", OLD)
    packaged = write_tool(project / "node_modules" / platform_package() / "bin" / "anvil", FITS)
    assert find_anvil().path == packaged
    assert "npm package" in find_anvil().origin


def test_the_environments_own_link_is_not_taken_for_a_users_anvil(
    bare_path, project, write_tool, monkeypatch, tmp_path
):
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(bare_path))
    packaged = write_tool(project / "node_modules" / platform_package() / "bin" / "anvil", FITS)
    (bare_path / "anvil").symlink_to(write_tool(tmp_path / "other-checkout" / "anvil", FITS))
    assert find_anvil().path == packaged


def test_without_a_fitting_anvil_the_error_lists_what_was_found(bare_path, project, write_tool):
    write_tool(bare_path / "anvil", OLD)
    with pytest.raises(ToolchainError, match=r"version 0\.2\.0.*not there") as caught:
        find_anvil()
    assert "floodline toolchain" in caught.value.next_step


def test_an_anvil_that_does_not_run_is_called_so(bare_path, project, write_tool):
    write_tool(project / "node_modules" / platform_package() / "bin" / "anvil", "exit 126")
    with pytest.raises(ToolchainError, match="does not run"):
        find_anvil()


def test_the_environment_gets_a_link_that_is_made_once_and_moved_when_stale(tmp_path, write_tool):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    first = AnvilBinary(write_tool(tmp_path / "a" / "anvil", FITS), Version(1, 7, 1), "")
    second = AnvilBinary(write_tool(tmp_path / "b" / "anvil", FITS), Version(1, 7, 1), "")
    assert "linked" in link_anvil(first, scripts)
    assert link_anvil(first, scripts) == ""
    assert "linked" in link_anvil(second, scripts)
    assert (scripts / "anvil").resolve() == second.path.resolve()
    second.path.unlink()
    assert "linked" in link_anvil(first, scripts)


def test_a_users_own_file_is_never_replaced_by_the_link(tmp_path, write_tool):
    own = write_tool(tmp_path / "scripts" / "anvil", OLD)
    binary = AnvilBinary(write_tool(tmp_path / "a" / "anvil", FITS), Version(1, 7, 1), "")
    assert link_anvil(binary, own.parent) == ""
    assert not own.is_symlink()


def test_a_folder_that_takes_no_link_is_said_and_no_error(tmp_path, write_tool):
    binary = AnvilBinary(write_tool(tmp_path / "a" / "anvil", FITS), Version(1, 7, 1), "")
    assert "ape test" in link_anvil(binary, tmp_path / "missing")


def test_npms_wrapper_script_is_never_taken_for_the_node(tmp_path, monkeypatch) -> None:
    wrapper = tmp_path / "node_modules" / ".bin" / "anvil"
    wrapper.parent.mkdir(parents=True)
    wrapper.write_text("#!/bin/sh\n")
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent))
    assert wrapper not in [path for path, _ in candidates()]
