"""Temporary projects, and executables that say what they are told to."""

import os
from pathlib import Path

import pytest

from floodline.toolchain.node_runtime import find_node
from floodline.toolchain.npm import node_modules


@pytest.fixture
def write_tool():
    """Return what writes an executable script."""

    def write(path, script):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def bare_path(monkeypatch, tmp_path):
    """Leave nothing on PATH but an empty folder, which is returned, and the shell's own tools."""
    folder = tmp_path / "bin"
    folder.mkdir()
    tools = tmp_path / "posix"
    tools.mkdir()
    for name in ("sh", "cat", "sleep", "echo"):
        for place in ("/bin", "/usr/bin"):
            if (Path(place) / name).exists():
                (tools / name).symlink_to(Path(place) / name)
                break
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{tools}")
    return folder


@pytest.fixture
def project(monkeypatch, tmp_path):
    """Make an empty project the one in use."""
    root = tmp_path / "project"
    (root / "contracts").mkdir(parents=True)
    (root / "package.json").write_text("{}")
    monkeypatch.setenv("FLOODLINE_HOME", str(root))
    return root


@pytest.fixture
def solcx_folder(monkeypatch, tmp_path):
    """Make an empty folder the one where py-solc-x keeps its compilers."""
    folder = tmp_path / "solcx"
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(folder))
    return folder


@pytest.fixture(scope="session")
def runtime():
    """Return the Node in use."""
    found = find_node()
    assert found is not None, "run `floodline toolchain` first"
    return found


@pytest.fixture(scope="session")
def packages():
    """Return the checkout's installed npm packages."""
    return node_modules()
