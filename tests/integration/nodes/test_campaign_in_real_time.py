"""The live clock: the same actors in real time, against nodes that mine by themselves."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
from node_campaign import campaign, run

from floodline.campaign import session
from floodline.campaign.live import engine as live_engine
from floodline.campaign.live.miners import IntervalMiner
from floodline.campaign.nodes import anvil_at_genesis
from floodline.campaign.progress import Silent
from floodline.foundation.errors import NodeError

LIVE = {"clock": "wall", "mempool": "node", "slot_s": 1, "gas_limit": 6_000_000}
FAST = {
    "slots": 7,
    "market": {
        "ETH": {
            "jump_diffusion": {
                "start_usd": 3000,
                "vol": 0.9,
                "jumps": [{"at_s": 2, "size": -0.2}],
            }
        }
    },
    "actors": [
        {"oracle": {"delay_s": 0.2}},
        {"keepers": {"count": 2}},
        {"traders": {"accounts": 8, "rate_per_s": 2}},
        {
            "flood": {
                "arrival": {"poisson": {"gas_per_s": 5_000_000}},
                "from_s": 1,
                "to_s": 6,
                "senders": 200,
            }
        },
    ],
}


def holds_what_it_promises(result, node):
    """Every transaction in one state, blocks in order of arrival, the generator's word in it."""
    assert result.summary["identities_ok"]
    told = result.summary["node"]
    assert told["name"] == node
    assert told["distortions"]
    generator = told["generator"]
    late = generator["schedule_lag_p99_ms"] > generator["schedule_lag_limit_ms"]
    assert generator["generator_was_the_limit"] == (late or generator["dropped_late"] > 0)
    blocks = result.tables["blocks"]
    assert len(blocks) == FAST["slots"]
    transactions = result.tables["transactions"]
    states = transactions["status"].value_counts().to_dict()
    assert states["included"] > 20  # how many depends on the machine
    assert sum(states.values()) == len(transactions)


@pytest.mark.anvil
@pytest.mark.slow
def test_a_campaign_runs_in_real_time_on_anvil(tmp_path):
    holds_what_it_promises(run({**LIVE, "node": "anvil"}, tmp_path / "run", **FAST), "anvil")


@pytest.mark.geth
@pytest.mark.slow
def test_a_campaign_runs_in_real_time_on_geth(geth_path, tmp_path):
    holds_what_it_promises(run({**LIVE, "node": "geth"}, tmp_path / "run", **FAST), "geth")


@pytest.mark.hardhat
@pytest.mark.slow
def test_a_campaign_runs_in_real_time_on_hardhat(hardhat, tmp_path):
    holds_what_it_promises(run({**LIVE, "node": "hardhat"}, tmp_path / "run", **FAST), "hardhat")


@pytest.mark.anvil
@pytest.mark.slow
def test_what_anvil_does_below_the_base_fee_is_counted_by_name(tmp_path):
    flood = {
        "arrival": {"poisson": {"gas_per_s": 3_000_000}},
        "to_s": 5,
        "senders": 100,
        "max_fee_gwei": 0.5,
        "tip_gwei": {"constant": {"value": 0.1}},
    }
    actors = [{"oracle": {}}, {"flood": flood}]
    result = run({**LIVE, "node": "anvil"}, tmp_path / "run", **{**FAST, "actors": actors})
    reasons = result.tables["transactions"]["reason"].value_counts().to_dict()
    assert reasons["below_base_fee"] > 50
    assert result.summary["identities_ok"]


@pytest.fixture
def started(monkeypatch):
    """Return a list that takes each live Anvil as a campaign starts it."""
    nodes = []

    def start(*arguments):
        nodes.append(anvil_at_genesis(*arguments))
        return nodes[-1]

    monkeypatch.setattr(session, "anvil_at_genesis", start)
    return nodes


class Kills(Silent):
    """Kills the last node that was started, after a slot."""

    def __init__(self, started, slot):
        self.started = started
        self.at = slot

    def slot(self, report):
        """Kill it, by its id."""
        if report.slot == self.at:
            os.kill(self.started[-1].process.pid, signal.SIGKILL)


@pytest.mark.anvil
def test_a_node_that_dies_in_real_time_ends_the_run_and_keeps_the_tables(tmp_path, started):
    out = tmp_path / "run"
    with pytest.raises(NodeError, match=r"Anvil process .* exit code 137"):
        run({**LIVE, "node": "anvil"}, out, Kills(started, 2), **FAST)
    assert (out / "tables" / "blocks.csv").read_text().count("\n") >= 3
    assert not (out / "manifest.json").exists()


@pytest.mark.anvil
def test_a_node_that_falls_silent_ends_the_run_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(live_engine, "_SILENT_S", 2.0)
    monkeypatch.setattr(live_engine, "_SILENT_SLOTS", 1)

    async def never(_miner):
        await asyncio.sleep(0)

    monkeypatch.setattr(IntervalMiner, "start", never)
    with pytest.raises(NodeError, match="announced no block for 2 s") as caught:
        run({**LIVE, "node": "anvil"}, tmp_path / "run", **FAST)
    assert "fallen behind" in caught.value.next_step


@pytest.mark.anvil
def test_what_the_generator_could_not_send_in_time_is_dropped_counted_and_told(
    tmp_path, monkeypatch
):
    chain = {**LIVE, "node": "anvil", "live": {"drop_after_s": 0.000_001, "lag_limit_ms": 0.001}}
    result = run(chain, tmp_path / "run", **{**FAST, "slots": 3})
    generator = result.summary["node"]["generator"]
    assert generator["generator_was_the_limit"]
    reasons = result.tables["transactions"]["reason"].value_counts().to_dict()
    assert reasons["generator_late"] == generator["dropped_late"] > 0
    assert result.summary["identities_ok"]


def children():
    """Return the ids of this process's children."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


@pytest.mark.anvil
def test_several_processes_send_where_one_is_the_limit_and_end_with_the_run(tmp_path):
    before = children()
    chain = {**LIVE, "node": "anvil", "live": {"processes": 2}}
    result = run(chain, tmp_path / "run", **{**FAST, "slots": 4})
    assert result.summary["identities_ok"]
    assert (result.tables["transactions"]["status"] == "included").sum() > 20
    deadline = time.monotonic() + 10
    while left := {child for child in children() - before if not is_tracker(child)}:
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def is_tracker(child):
    """Whether a child is Python's own resource tracker, which every spawning process keeps."""
    try:
        return "resource_tracker" in Path(f"/proc/{child}/cmdline").read_text()
    except OSError:
        return True


def test_real_time_needs_the_nodes_own_pool():
    with pytest.raises(ValueError, match="do not go together"):
        campaign({"clock": "wall"})
