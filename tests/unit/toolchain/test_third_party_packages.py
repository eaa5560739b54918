"""Third-party packages: fetched once, held against the pinned digest, unpacked without running."""

import base64
import hashlib
import io
import json
import tarfile

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.node_runtime import NodeRuntime
from floodline.toolchain.packages import PINS, Pin, ensure_package, find_package, package_home, pin
from floodline.toolchain.versions import Version


def silent(_line):
    """Take a line of progress and show nothing."""


def files(manifest):
    return {
        "package.json": json.dumps(manifest),
        "out/Pool.json": "{}",
        "out/../../escaped.json": "{}",
        "docs/huge.md": "...",
    }


def tarball(path, version="1.2.3"):
    manifest = {"name": "@house/pool", "version": version, "scripts": {"install": "touch /ran"}}
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files(manifest).items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    digest = hashlib.sha512(path.read_bytes()).digest()
    return f"sha512-{base64.b64encode(digest).decode()}"


@pytest.fixture
def registry(write_tool, tmp_path, project):
    """An npm that packs one tarball, and the pin of that tarball."""
    served = tmp_path / "served.tgz"
    wanted = Pin("@house/pool", "1.2.3", tarball(served), "out", "house", ("out/",))
    npm = write_tool(tmp_path / "npm", f"/bin/cp {served} pool-1.2.3.tgz")
    runtime = NodeRuntime(tmp_path / "node", (str(npm),), Version(20, 0, 0), "the test")
    return wanted, runtime, npm


def test_a_package_is_fetched_once_and_then_found(registry, write_tool):
    wanted, runtime, npm = registry
    said = []
    home = ensure_package(wanted, runtime, said.append)
    assert said == ["fetching the npm package @house/pool 1.2.3"]
    assert (home / "out" / "Pool.json").is_file()
    assert sorted(path.name for path in home.rglob("*") if path.is_file()) == [
        ".floodline.json",
        "Pool.json",
        "package.json",
    ]
    assert not list(home.parent.rglob("escaped.json"))
    write_tool(npm, "exit 1")
    assert ensure_package(wanted, runtime, said.append) == find_package(wanted) == home
    assert len(said) == 1


def test_a_missing_package_is_named_with_the_command_that_installs_it(project):
    with pytest.raises(ToolchainError, match=r"@aave/core-v3 1\.19\.3 is not installed") as caught:
        find_package(pin("aave"))
    assert caught.value.next_step == "run `floodline toolchain --with aave`"
    assert caught.value.exit_code == 3


def test_another_tarball_than_the_pinned_one_is_refused_and_nothing_stays(registry, tmp_path):
    wanted, runtime, _ = registry
    tarball(tmp_path / "served.tgz", version="1.2.4")
    with pytest.raises(ToolchainError, match="another @house/pool"):
        ensure_package(wanted, runtime, silent)
    assert not package_home(wanted).exists()
    assert list(package_home(wanted).parent.iterdir()) == []


def test_another_version_in_its_place_is_told_and_replaced_on_request(registry):
    wanted, runtime, _ = registry
    manifest = ensure_package(wanted, runtime, silent) / "package.json"
    manifest.write_text(json.dumps({"version": "9.9.9"}))
    with pytest.raises(ToolchainError, match=r"holds @house/pool 9\.9\.9, wanted 1\.2\.3"):
        find_package(wanted)
    ensure_package(wanted, runtime, silent)
    assert json.loads(manifest.read_bytes())["version"] == "1.2.3"


def test_a_folder_that_came_of_another_tarball_is_told(registry):
    wanted, runtime, _ = registry
    mark = ensure_package(wanted, runtime, silent) / ".floodline.json"
    mark.write_text(json.dumps({"integrity": "sha512-else"}))
    with pytest.raises(ToolchainError, match="another tarball"):
        find_package(wanted)


def test_when_npm_fails_its_words_are_told(registry, write_tool):
    wanted, runtime, npm = registry
    write_tool(npm, 'echo "E404 not there" >&2; exit 1')
    with pytest.raises(ToolchainError, match="E404 not there"):
        ensure_package(wanted, runtime, silent)


def test_an_unknown_short_name_names_the_nearest():
    with pytest.raises(ToolchainError, match="did you mean 'aave'"):
        pin("aav")


def test_every_pin_is_exact_and_checked():
    for wanted in PINS.values():
        assert wanted.version[0].isdigit()
        assert len(base64.b64decode(wanted.integrity.removeprefix("sha512-"))) == 64
