"""Hardhat in a folder of its own: found, installed by npm, and what is said when npm fails."""

import json

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain import hardhat
from floodline.toolchain.hardhat import ensure_hardhat, find_hardhat, hardhat_home
from floodline.toolchain.node_runtime import NodeRuntime
from floodline.toolchain.versions import HARDHAT, Version


def silent(_line):
    """Take a line of progress and show nothing."""


@pytest.fixture
def runtime(write_tool, tmp_path, monkeypatch):
    """A Node whose npm does what the test says."""
    npm = tmp_path / "npm"
    found = NodeRuntime(tmp_path / "node", (str(npm),), Version(20, 0, 0), "the test")
    monkeypatch.setattr(hardhat, "find_node", lambda: found)

    def with_npm(script):
        write_tool(npm, script)
        return found

    return with_npm


def installs(version):
    manifest = json.dumps({"version": version})
    cli = "node_modules/hardhat/internal/cli"
    return (
        f"/bin/mkdir -p {cli} && echo '{manifest}' > node_modules/hardhat/package.json"
        f" && echo > {cli}/bootstrap.js"
    )


def test_without_it_the_command_that_installs_it_is_named(project, runtime):
    runtime("exit 1")
    with pytest.raises(ToolchainError, match="is not installed") as caught:
        find_hardhat()
    assert "--with hardhat" in caught.value.next_step


def test_it_is_installed_into_a_folder_of_its_version_and_not_twice(project, runtime):
    assert ensure_hardhat(runtime(installs(HARDHAT)), silent).home == hardhat_home()
    assert ensure_hardhat(runtime("exit 1"), silent).script.is_file()


def test_another_version_there_is_told(project, runtime):
    with pytest.raises(ToolchainError, match=r"holds Hardhat 1\.0\.0"):
        ensure_hardhat(runtime(installs("1.0.0")), silent)


def test_when_npm_fails_its_words_are_told_and_nothing_is_left(project, runtime):
    with pytest.raises(ToolchainError, match="E404 not there"):
        ensure_hardhat(runtime('echo "E404 not there" >&2; exit 1'), silent)
    assert not hardhat_home().exists()
