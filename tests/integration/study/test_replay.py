"""A run comes out the same from its manifest alone, and what one change does is shown beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import floodline
from tiny_campaign import tiny_file

pytestmark = pytest.mark.anvil


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    out = tmp_path / "run"
    floodline("run", str(tiny_file(tmp_path)), "--out", str(out), "--allow-missed-objective")
    (tmp_path / "tiny.yaml").unlink()  # nothing but the manifest is needed
    return out


def test_a_run_comes_out_the_same_to_the_byte_from_its_manifest_alone(run_dir: Path) -> None:
    manifest = json.loads((run_dir / "manifest.json").read_text())
    found = json.loads(floodline("replay", str(run_dir), "--json").stdout)
    assert found["same"] is True
    assert found["got"] == manifest["outcome_hash"]
    assert found["differing_versions"] == []


def test_a_manifest_that_does_not_tell_the_truth_is_found_out(run_dir: Path) -> None:
    path = run_dir / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["campaign"]["seed"] = 2
    path.write_text(json.dumps(manifest))
    done = floodline("replay", str(run_dir), code=1)
    assert "DIFFERENT" in done.stdout
    assert "transactions.csv differs" in done.stdout


def test_one_change_is_shown_beside_the_run_as_it_was(run_dir: Path) -> None:
    change = "actors.flood.enabled=false"
    found = json.loads(floodline("replay", str(run_dir), "--set", change, "--json").stdout)
    assert found["same"] is True
    assert "flood" not in found["changed"]["inclusion"]
    done = floodline("replay", str(run_dir), "--set", change)
    assert f"what {change} did, on the same seed" in done.stdout
    assert "as it was" in done.stdout


def test_a_change_that_is_wrong_starts_nothing_and_names_the_key(run_dir: Path) -> None:
    done = floodline("replay", str(run_dir), "--set", "chain.gas_limt=1", code=2)
    assert "gas_limit" in done.stderr
    done = floodline("replay", str(run_dir), "--set", "slots=none", code=2)
    assert "slots" in done.stderr


def test_a_run_without_a_manifest_cannot_be_replayed(run_dir: Path) -> None:
    (run_dir / "manifest.json").unlink()
    assert "left no manifest" in floodline("replay", str(run_dir), code=2).stderr
