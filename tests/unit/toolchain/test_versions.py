"""Versions as tools print them, and which of them fit."""

import json
import re

import pytest

from floodline.foundation.workspace import project_root
from floodline.toolchain.anvil import platform_package
from floodline.toolchain.versions import (
    ANVIL,
    OPENZEPPELIN,
    SOLADY,
    SOLC,
    Version,
    anvil_fits,
    node_fits,
    parse_version,
    probe,
    solc_fits,
)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v20.20.2\n", Version(20, 20, 2)),
        ("anvil Version: 1.7.1\nCommit SHA: 4072e4", Version(1, 7, 1)),
        ("anvil 0.2.0 (abc 2024-01-01T00:00:00Z)", Version(0, 2, 0)),
        ("Version: 0.8.30+commit.73712a01.Linux.g++", Version(0, 8, 30)),
        ("no version here: 1.2", None),
        ("", None),
    ],
)
def test_the_first_version_in_a_text_is_read(text, version):
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        (Version(1, 7, 1), True),
        (Version(1, 7, 2), True),
        (Version(1, 7, 0), False),
        (Version(1, 8, 0), False),
        (Version(0, 2, 0), False),
        (None, False),
    ],
)
def test_an_anvil_of_the_pinned_minor_version_fits(version, fits):
    assert anvil_fits(version) is fits


def test_solc_fits_exactly():
    assert solc_fits(parse_version(SOLC))
    assert not solc_fits(Version(0, 8, 31))
    assert not solc_fits(None)


def test_an_old_node_does_not_fit():
    assert node_fits(Version(18, 0, 0))
    assert not node_fits(Version(16, 20, 0))


@pytest.mark.parametrize("script", ["exit 1", "echo v1.2.3; exit 1", "echo nothing"])
def test_a_tool_that_fails_or_says_no_version_has_none(write_tool, tmp_path, script):
    assert probe([write_tool(tmp_path / "tool", script)]) is None


def test_a_tool_that_is_missing_or_not_executable_has_no_version(tmp_path):
    (tmp_path / "text").write_text("v1.2.3")
    assert probe([tmp_path / "missing"]) is None
    assert probe([tmp_path / "text"]) is None


def test_a_tools_version_is_what_it_prints(write_tool, tmp_path):
    tool = write_tool(tmp_path / "tool", '[ "$1" = --version ] && echo v3.4.5')
    assert probe([tool]) == Version(3, 4, 5)


def test_package_json_and_its_lock_hold_the_pinned_versions():
    wanted = json.loads((project_root() / "package.json").read_text())["devDependencies"]
    locked = json.loads((project_root() / "package-lock.json").read_text())["packages"]
    pins = {
        "@foundry-rs/anvil": ANVIL,
        "@openzeppelin/contracts": OPENZEPPELIN,
        "solady": SOLADY,
        "solc": SOLC,
    }
    assert pins.items() <= wanted.items()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted


@pytest.mark.parametrize("system", ["linux", "darwin"])
@pytest.mark.parametrize("machine", ["x86_64", "arm64"])
def test_the_lock_knows_anvil_for_every_platform(system, machine):
    locked = json.loads((project_root() / "package-lock.json").read_text())["packages"]
    entry = locked[f"node_modules/{platform_package(system, machine)}"]
    assert (entry["version"], entry["optional"], entry["os"]) == (ANVIL, True, [system])


def test_the_lock_names_no_registry():
    locked = json.loads((project_root() / "package-lock.json").read_text())["packages"]
    assert [name for name, entry in locked.items() if "resolved" in entry] == []
