"""solc without the network: the npm package behind an executable that py-solc-x and ape accept."""

import json
import shutil
import subprocess

import pytest

from floodline.foundation.errors import ToolchainError
from floodline.toolchain.solc import (
    ensure_solc,
    find_solc,
    installed_path,
    prove,
    run_standard_json,
    write_shim,
)
from floodline.toolchain.versions import SOLC, Version, probe

ABI_ONLY = {"outputSelection": {"*": {"*": ["abi"]}}}
HEAD = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.30;\n"


@pytest.fixture
def shim(solcx_folder, runtime, packages):
    solcx_folder.mkdir()
    write_shim(installed_path(), runtime.node, packages)
    return installed_path()


def compile_with(shim, sources, *options):
    request = {"language": "Solidity", "sources": sources, "settings": ABI_ONLY}
    done = subprocess.run(
        [str(shim), "--standard-json", *options],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    output = json.loads(done.stdout)
    return output.get("contracts", {}), " ".join(
        error["message"] for error in output.get("errors", [])
    )


def test_the_shim_compiles_a_contract(shim):
    prove(shim)
    assert find_solc().path == shim
    assert "npm package solc" in find_solc().origin


def test_py_solc_x_takes_the_shim_for_an_installed_compiler(shim, solcx_folder):
    import solcx

    assert [str(version) for version in solcx.get_installed_solc_versions()] == [SOLC]
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {"A.sol": {"content": HEAD + "contract A {}"}},
            "settings": ABI_ONLY,
        },
        solc_version=SOLC,
    )
    assert "A" in output["contracts"]["A.sol"]


def test_the_version_is_told_without_node(shim, bare_path):
    assert probe([shim]) == Version(0, 8, 30)


def test_the_shim_needs_nothing_of_the_checkout(solcx_folder, runtime, packages, tmp_path):
    checkout = tmp_path / "checkout" / "node_modules"
    checkout.mkdir(parents=True)
    lock = json.loads((packages.parent / "package-lock.json").read_bytes())["packages"]
    for name in lock["node_modules/solc"]["dependencies"]:
        shutil.copytree(packages / name, checkout / name, dirs_exist_ok=True)
    shutil.copytree(packages / "solc", checkout / "solc")
    shutil.copytree(packages / "os-tmpdir", checkout / "os-tmpdir")
    solcx_folder.mkdir()
    write_shim(installed_path(), runtime.node, checkout)
    shutil.rmtree(checkout)
    prove(installed_path())


def test_imports_are_read_below_the_base_path_and_the_include_paths(shim, tmp_path):
    base, include = tmp_path / "base", tmp_path / "include"
    (base / "sub").mkdir(parents=True)
    (include / "lib").mkdir(parents=True)
    (base / "sub" / "B.sol").write_text(HEAD + 'import "lib/C.sol"; contract B is C {}')
    (include / "lib" / "C.sol").write_text(HEAD + "contract C {}")
    main = {"A.sol": {"content": HEAD + 'import "./sub/B.sol"; contract A is B {}'}}
    contracts, errors = compile_with(
        shim, main, "--base-path", str(base), "--include-path", str(include)
    )
    assert errors == ""
    assert sorted(contracts) == ["A.sol", "lib/C.sol", "sub/B.sol"]


def test_a_file_outside_the_allowed_paths_is_not_read(shim, tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    secret = tmp_path / "Secret.sol"
    secret.write_text(HEAD + "contract Secret {}")
    main = {"A.sol": {"content": HEAD + f'import "{secret}"; contract A {{}}'}}
    _, errors = compile_with(shim, main, "--base-path", str(base))
    assert "outside the allowed paths" in errors
    contracts, errors = compile_with(
        shim, main, "--base-path", str(base), "--allow-paths", f"{tmp_path},."
    )
    assert errors == ""
    assert str(secret) in contracts


def test_a_missing_import_is_named(shim, tmp_path):
    main = {"A.sol": {"content": HEAD + 'import "./Nowhere.sol"; contract A {}'}}
    _, errors = compile_with(shim, main, "--base-path", str(tmp_path))
    assert "Nowhere.sol was not found" in errors


def test_an_option_that_the_shim_does_not_serve_is_refused(shim):
    done = subprocess.run([str(shim), "--bin"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--standard-json only" in done.stderr


def test_a_shim_whose_node_is_gone_uses_the_one_on_path(solcx_folder, runtime, packages, bare_path):
    solcx_folder.mkdir()
    write_shim(installed_path(), solcx_folder / "gone" / "node", packages)
    with pytest.raises(ToolchainError, match=r"Node .* is gone"):
        find_solc()
    (bare_path / "node").symlink_to(runtime.node)
    prove(find_solc().path)


def test_a_fitting_native_solc_on_path_is_linked_and_proved(
    solcx_folder, runtime, packages, bare_path, shim, tmp_path
):
    native = bare_path / "solc"
    native.write_text(shim.read_text().replace("# Written by", "# Adapted from"))
    native.chmod(0o755)
    shim.unlink()
    said = []
    assert ensure_solc(runtime, packages, said.append).origin == f"native ({native})"
    assert installed_path().resolve() == native
    assert said == []


def test_a_linked_solc_that_does_not_compile_is_an_error(
    solcx_folder, runtime, packages, bare_path, write_tool
):
    write_tool(bare_path / "solc", f'[ "$1" = --version ] && echo Version: {SOLC} || echo "{{}}"')
    with pytest.raises(ToolchainError, match="does not compile"):
        ensure_solc(runtime, packages, lambda _: None)


@pytest.mark.parametrize("damage", ["bundle", "version", "permission"])
def test_a_damaged_installation_is_found_and_repaired(shim, runtime, packages, damage):
    if damage == "bundle":
        shutil.rmtree(next(shim.parent.glob("floodline-solcjs-*")))
    elif damage == "version":
        shim.write_text("#!/bin/sh\necho Version: 0.8.1\n")
    else:
        shim.chmod(0o644)
    with pytest.raises(ToolchainError, match=f"no solc {SOLC}") as caught:
        find_solc()
    assert "floodline toolchain" in caught.value.next_step
    ensure_solc(runtime, packages, lambda _: None)
    prove(find_solc().path)


def test_a_missing_npm_package_is_named(solcx_folder, runtime, tmp_path):
    solcx_folder.mkdir()
    with pytest.raises(ToolchainError, match="npm package solc is not in"):
        write_shim(installed_path(), runtime.node, tmp_path)
    assert not installed_path().exists()


def test_a_compiler_that_talks_nonsense_is_quoted(write_tool, tmp_path):
    solc = write_tool(tmp_path / "solc", "cat > /dev/null; echo segmentation fault; exit 139")
    with pytest.raises(ToolchainError, match="exit code 139: segmentation fault"):
        run_standard_json(solc, {})


def test_a_compiler_that_never_ends_is_stopped(write_tool, tmp_path):
    solc = write_tool(tmp_path / "solc", "exec sleep 30")
    with pytest.raises(ToolchainError, match="timed out"):
        run_standard_json(solc, {}, timeout_s=0.2)
