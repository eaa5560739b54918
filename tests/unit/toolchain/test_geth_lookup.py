"""Which geth is used, and what is said where there is none or its build is refused."""

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.geth import MODULE, built_geth, ensure_geth, find_geth
from floodline.toolchain.versions import GETH, geth_fits, parse_version

GOOD = f'echo "geth version {GETH}-stable-0123abcd"'


def silent(_line):
    """Take a line of progress and show nothing."""


def test_only_the_pinned_minor_version_fits_since_the_pools_rules_differ_between_them():
    assert geth_fits(parse_version(GETH))
    assert not geth_fits(parse_version("1.17.10"))
    assert not geth_fits(parse_version("1.16.8"))
    assert not geth_fits(None)


def test_a_fitting_geth_on_path_is_used(write_tool, bare_path, project):
    own = write_tool(bare_path / "geth", GOOD)
    assert find_geth().path == own


def test_another_version_on_path_is_named_and_the_built_one_is_used(write_tool, bare_path, project):
    write_tool(bare_path / "geth", 'echo "geth version 1.13.2-stable"')
    with pytest.raises(ToolchainError, match=r"on PATH .*: version 1\.13\.2; built .*not there"):
        find_geth()
    write_tool(built_geth(), GOOD)
    assert find_geth().origin == "built from source"


def test_without_geth_and_without_go_both_remedies_are_named(bare_path, project):
    with pytest.raises(ToolchainError, match="no Go to build it with") as caught:
        ensure_geth(silent)
    assert "everything else works" in caught.value.next_step


def test_a_refused_build_says_what_go_said_and_leaves_nothing_behind(
    write_tool, bare_path, project
):
    write_tool(bare_path / "go", 'echo "reading attestantio: 403 Forbidden" >&2; exit 1')
    with pytest.raises(ToolchainError, match="403 Forbidden") as caught:
        ensure_geth(silent)
    assert MODULE in caught.value.message
    assert "GOPROXY" in caught.value.next_step
    assert not list((project / ".floodline").glob("*/*"))


def test_a_build_is_kept_by_its_version_and_not_made_twice(write_tool, bare_path, project):
    script = f'printf \'#!/bin/sh\\n{GOOD}\\n\' > "$GOBIN/geth"; /bin/chmod +x "$GOBIN/geth"'
    write_tool(bare_path / "go", script)
    built = ensure_geth(silent)
    assert built.path == built_geth()
    (bare_path / "go").unlink()
    assert ensure_geth(silent).path == built.path
