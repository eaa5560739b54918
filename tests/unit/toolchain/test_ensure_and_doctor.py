"""The whole toolchain at one call, and a doctor that touches nothing."""

import fcntl
import threading

from floodline.foundation.workspace import cache_dir
from floodline.toolchain.doctor import examine
from floodline.toolchain.ensure import ensure_toolchain
from floodline.toolchain.versions import anvil_fits, probe, solc_fits


def everything_below(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_a_whole_toolchain_is_found_and_nothing_more_is_done():
    ensure_toolchain(lambda _: None)
    said = []
    toolchain = ensure_toolchain(said.append)
    assert said == []
    assert anvil_fits(probe([toolchain.anvil.path]))
    assert solc_fits(probe([toolchain.solc.path]))
    assert [note.partition(" ")[0].rstrip(":") for note in toolchain.notes[:3]] == [
        "anvil",
        "solc",
        "node",
    ]


def test_a_second_installer_waits_for_the_first():
    waiting = threading.Event()
    said = []

    def progress(line):
        said.append(line)
        waiting.set()

    with (cache_dir() / "toolchain.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        thread = threading.Thread(target=ensure_toolchain, args=(progress,))
        thread.start()
        assert waiting.wait(5)
        assert thread.is_alive()
    thread.join(20)
    assert not thread.is_alive()
    assert "waiting" in said[0]


def test_the_doctor_finds_a_whole_toolchain_well():
    ensure_toolchain(lambda _: None)
    checks = examine()
    assert [check.name for check in checks if not check.ok] == []
    assert all(check.found and check.needed for check in checks)


def test_the_doctor_names_each_missing_part_with_its_fix_and_changes_nothing(
    project, solcx_folder, bare_path
):
    (project / "package-lock.json").write_text(
        '{"packages": {"": {}, "node_modules/solc": {"version": "0.8.30"}}}'
    )
    before = everything_below(project.parent)
    checks = {check.name.partition(" ")[0]: check for check in examine()}
    assert everything_below(project.parent) == before
    for part in ("npm", "solc", "anvil"):
        assert not checks[part].ok
        assert "floodline toolchain" in checks[part].fix
    assert checks["contracts"].ok
    assert "1 missing or of another version: solc" in checks["npm"].found


def test_the_doctor_survives_a_project_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("FLOODLINE_HOME", str(tmp_path))
    checks = {check.name.partition(" ")[0]: check for check in examine()}
    assert not checks["contracts"].ok
    assert "FLOODLINE_HOME" in checks["contracts"].fix
    assert not checks["npm"].ok
