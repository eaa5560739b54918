"""All order flow at once: the same bytes in two processes, and nothing is owed after a reorg."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attack_campaign import run
from ruamel.yaml import YAML

pytestmark = pytest.mark.anvil

FILE = Path(__file__).resolve().parents[3] / "data" / "campaigns" / "order-flow.yaml"


def tables_of_a_process(out: Path, hash_seed: str) -> dict[str, bytes]:
    command = "import sys; from floodline.cli.main import main; sys.exit(main())"
    flags = ["run", str(FILE), "--out", str(out), "--set", "slots=20", "--progress", "none"]
    done = subprocess.run(
        [sys.executable, "-c", command, *flags, "--allow-missed-objective"],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted((out / "tables").glob("*.csv"))}


def test_two_processes_with_different_hash_seeds_write_identical_tables(tmp_path: Path) -> None:
    one = tables_of_a_process(tmp_path / "one", "1")
    other = tables_of_a_process(tmp_path / "other", "4242")
    assert len(one["attacks.csv"].splitlines()) > 6
    assert one == other


def test_everybody_in_it_tries_something_and_states_what_it_got(tmp_path: Path) -> None:
    plain: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    actors = plain.pop("actors")
    chain = {**plain.pop("chain"), "reorgs": {"at": [{"at_s": 130, "depth": 2}]}}
    tables = run(tmp_path, *actors, {"steward": {"above_blocks": 0.001}}, chain=chain, **plain)
    assert len(tables["reorgs"]) == 1
    attacks = tables["attacks"].set_index("actor")
    assert (attacks["tried"] >= 1).all(), attacks["tried"]
    assert (attacks["got"] <= attacks["tried"]).all()
    assert set(attacks["kind"]) >= {"sandwich", "back_runner", "toxic_flow", "hedgers", "runners"}
    fees = attacks["spent_eth"] * tables["blocks"]["price_true_usd"].mean()
    paid = (attacks["result_usd"] - attacks["net_usd"]).to_numpy()
    assert paid == pytest.approx(fees.to_numpy(), rel=0.05)
