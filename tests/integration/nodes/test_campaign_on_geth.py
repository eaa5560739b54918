"""The slot clock on a real geth: its pool, its miner, its fee market, in virtual time."""

import json
import os
import signal

import pytest
from node_campaign import ON_GETH, campaign, run

from floodline.campaign import session
from floodline.campaign.nodes import geth_at_genesis
from floodline.campaign.progress import Silent
from floodline.foundation.errors import NodeError

pytestmark = pytest.mark.geth

LAST_SLOTS_S = 132


@pytest.fixture(scope="module")
def on_geth(geth_path, tmp_path_factory):
    return run(ON_GETH, tmp_path_factory.mktemp("geth") / "run")


def test_every_identity_holds_and_every_transaction_ends_in_one_state(on_geth):
    assert on_geth.summary["identities_ok"]
    states = on_geth.tables["transactions"]["status"].value_counts().to_dict()
    assert states["included"] > 100
    assert sum(states.values()) == len(on_geth.tables["transactions"])


def test_the_summary_names_the_node_its_distortions_and_its_databases_growth(on_geth):
    told = json.loads((on_geth.run_dir / "summary.json").read_text())["node"]
    assert told["version"].startswith("Geth/v1.16.")
    assert any("once" in line for line in told["distortions"])
    assert told["database_end_bytes"] > told["database_genesis_bytes"] > 0


def test_the_same_seed_gives_the_same_tables_on_another_geth(on_geth, geth_path, tmp_path):
    again = run(ON_GETH, tmp_path / "again")
    assert again.summary["outcome_hash"] == on_geth.summary["outcome_hash"]


def test_the_model_on_anvil_comes_to_the_same_liquidations(on_geth, tmp_path):
    """Of equally priced transactions each takes its own: base fees part by a tenth of a percent.

    So what began in the last slots may end within the run on one of them only.
    """
    modelled = run({"gas_limit": ON_GETH["gas_limit"]}, tmp_path / "model")
    columns = ["account", "t0_s", "t2_s", "end"]
    found = [
        rows.loc[rows["t0_s"] < LAST_SLOTS_S, columns].sort_values(columns).to_csv(index=False)
        for rows in (modelled.tables["liquidations"], on_geth.tables["liquidations"])
    ]
    assert len(found[0].splitlines()) > 20
    assert found[0] == found[1]


def test_pruning_and_pool_limits_are_keys_that_reach_geth(geth_path, tmp_path):
    small = {"global_slots": 40, "global_queue": 8}
    chain = {**ON_GETH, "pool": small, "geth": {"gc_mode": "archive", "state_scheme": "hash"}}
    result = run(chain, tmp_path / "small", slots=6)
    flags = json.loads((result.run_dir / "manifest.json").read_text())["node_flags"]
    assert "--gcmode=archive" in flags
    assert "--txpool.globalslots=40" in flags
    assert result.tables["blocks"]["pool_pending"].max() <= 48
    assert "rejected" in set(result.tables["transactions"]["status"])


class Kills(Silent):
    """Kills the last node that was started, after a slot."""

    def __init__(self, started, slot):
        self.started = started
        self.at = slot

    def slot(self, report):
        """Kill it, by its id."""
        if report.slot == self.at:
            os.kill(self.started[-1].process.pid, signal.SIGKILL)


@pytest.fixture
def started(monkeypatch):
    """Return a list that takes each geth as a campaign starts it."""
    nodes = []

    def start(*arguments):
        nodes.append(geth_at_genesis(*arguments))
        return nodes[-1]

    monkeypatch.setattr(session, "geth_at_genesis", start)
    return nodes


def test_a_geth_that_dies_ends_the_run_with_its_name_and_keeps_the_tables(
    geth_path, tmp_path, started
):
    out = tmp_path / "dies"
    with pytest.raises(NodeError, match=r"geth process .* ended with exit code 137"):
        run(ON_GETH, out, Kills(started, 5))
    assert (out / "tables" / "blocks.csv").read_text().count("\n") == 6
    assert not (out / "manifest.json").exists()
    assert "geth" in (out / "evidence" / "error.txt").read_text()


@pytest.mark.parametrize(
    ("chain", "complaint"),
    [
        ({"node": "geth"}, "do not go together"),
        ({"mempool": "node"}, "do not go together"),
        ({**ON_GETH, "gas_target": 2_000_000}, "gas_target"),
    ],
)
def test_what_does_not_go_together_is_refused_with_what_does(chain, complaint):
    with pytest.raises(ValueError, match=complaint):
        campaign(chain)


def test_a_builder_of_ours_and_a_nodes_own_pool_do_not_go_together():
    with pytest.raises(ValueError, match="a node builds its blocks by its own rule"):
        campaign(ON_GETH, builder={"policy": "random"})
