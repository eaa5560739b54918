"""Same seed, same bytes; one factor changed, all other draws shared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from small_campaign import prepared, small

from floodline.campaign.record import RunRecord
from floodline.foundation.seeds import Streams

pytestmark = pytest.mark.anvil


def run_in_a_process(campaign: Path, out: Path, hash_seed: str) -> dict[str, bytes]:
    """Run a campaign file in a process of its own and return its tables' bytes."""
    command = "import sys; from floodline.cli.main import main; sys.exit(main())"
    finished = subprocess.run(
        [
            *(sys.executable, "-c", command, "run", str(campaign), "--out", str(out)),
            *("--progress", "none", "--allow-missed-objective"),
        ],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return {path.name: path.read_bytes() for path in sorted((out / "tables").glob("*.csv"))}


def test_two_processes_with_different_hash_seeds_write_identical_tables(tmp_path: Path) -> None:
    campaign = tmp_path / "small.yaml"
    with campaign.open("w") as handle:
        YAML().dump(small(), handle)
    one = run_in_a_process(campaign, tmp_path / "one", "1")
    other = run_in_a_process(campaign, tmp_path / "other", "4242")
    assert set(one) >= {"transactions.csv", "blocks.csv", "liquidations.csv", "accounts.csv"}
    assert len(one["transactions.csv"]) > 100_000
    assert one == other


def record_of(plain: dict[str, Any], folder: Path) -> RunRecord:
    """Run a campaign and return its record."""
    with prepared(plain, folder) as session:
        session.run()
        record = session.record("complete")
    assert record is not None
    return record


def offered_by(record: RunRecord, actor: str, columns: tuple[str, ...]) -> list[np.ndarray]:
    """What an actor offered, as columns."""
    number = [label.name for label in record.actors].index(actor)
    rows = record.transactions["actor"] == number
    return [record.transactions[column][rows] for column in columns]


def test_adding_an_actor_changes_no_other_actors_draws(tmp_path: Path) -> None:
    plain = small(slots=10)
    alone = record_of(plain, tmp_path)
    second = {
        "flood": {
            "name": "another-flood",
            "arrival": {"poisson": {"tx_per_s": 3}},
            "kind": "transfer",
            "senders": 20,
        }
    }
    joined = record_of({**plain, "actors": [second, *plain["actors"]]}, tmp_path)
    drawn = ("created_us", "tip_wei", "gas_limit")
    for one, other in zip(
        offered_by(alone, "flood", drawn), offered_by(joined, "flood", drawn), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert [row.true_e8 for row in alone.prices] == [row.true_e8 for row in joined.prices]
    gaps = Streams(plain["seed"]).stream("actors.traders.arrivals").exponential(2.0, 1000)
    drawn_times = set(np.cumsum(np.maximum(1, np.rint(gaps * 1e6))).astype(int).tolist())
    for record in (alone, joined):
        (times,) = offered_by(record, "traders", ("created_us",))
        assert len(times) > 10
        assert set(times.tolist()) <= drawn_times


def test_another_seed_gives_another_run(tmp_path: Path) -> None:
    one = record_of(small(slots=4), tmp_path)
    other = record_of(small(slots=4, seed=4), tmp_path)
    assert [row.true_e8 for row in one.prices] != [row.true_e8 for row in other.prices]
