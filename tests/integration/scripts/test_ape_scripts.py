"""Each script of `scripts/` once, as people call it: through `ape run`."""

from __future__ import annotations

import csv
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from floodline.chain.abi import ContractInterface
from floodline.chain.anvil import AnvilNode
from floodline.chain.process import SupervisedProcess
from floodline.chain.rpc import NeverSent, RpcClient
from floodline.foundation.units import USDC
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

pytestmark = pytest.mark.anvil

ApeRun = Callable[..., subprocess.CompletedProcess[str]]

LISTENING = """
import os, sys
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print("network touched:", event, args, file=sys.stderr)
        os._exit(99)
sys.addaudithook(hook)
from ape._cli import cli
cli()
"""
"""ape under a watch that ends the process when it reaches for the network."""

CAMPAIGN = """\
name: tiny
seed: 4
slots: 5
market: {ETH: {jump_diffusion: {start_usd: 3000, vol: 0.5}}}
book: {accounts: 8}
actors:
  - oracle: {}
  - traders: {accounts: 4, rate_per_s: 0.5}
objective: {metric: bad_debt_ratio, below: 0.5}
"""


def test_the_scripts_are_listed_and_listing_touches_no_network(ape_run: ApeRun) -> None:
    done = ape_run("--help", program=LISTENING)
    assert done.returncode == 0, done.stderr
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert {"analyse", "campaign", "deploy", "flood"} <= listed
    flood = ape_run("flood", "--help", program=LISTENING)
    assert flood.returncode == 0, flood.stderr
    for flag in ("--rpc", "--rate", "--seconds", "--kind", "--tip-gwei"):
        assert flag in flood.stdout


def test_flood_offers_what_was_asked_for_and_counts_what_got_in(
    ape_run: ApeRun, devnet: AnvilNode
) -> None:
    words = ["--rate", "100", "--seconds", "1", "--kind", "storage", "--tip-gwei", "3"]
    done = ape_run("flood", "--rpc", devnet.url, *words)
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    for name in ("scheduled", "offered", "accepted", "included"):
        assert counts[name] == 100
    assert (counts["refused"], counts["refusals"]) == (0, {})
    assert counts["seconds"] >= 0.99
    included = sum(
        len(devnet.block(number).transaction_hashes)
        for number in range(1, devnet.block().number + 1)
    )
    assert included == 100


def test_flood_refuses_other_machines_other_chains_and_floods_without_bounds(
    ape_run: ApeRun, tmp_path: Path
) -> None:
    remote = ape_run("flood", "--rpc", "http://192.0.2.1:8545", program=LISTENING)
    assert remote.returncode == 3
    assert "not on this machine" in remote.stderr
    unbounded = ape_run("flood", "--rate", "1e9", program=LISTENING)
    assert unbounded.returncode == 2
    assert "5,000" in unbounded.stderr
    with not_a_devnet(tmp_path) as client:
        done = ape_run("flood", "--rpc", client.url)
        assert done.returncode == 3
        assert "chain id 1," in done.stderr
        assert client.call("eth_blockNumber") == "0x0"
    assert "Traceback" not in remote.stderr + unbounded.stderr + done.stderr


class not_a_devnet:  # noqa: N801 - a context manager, read as words
    """An Anvil that says it is the main network."""

    def __init__(self, folder: Path) -> None:
        free = AnvilNode.start(find_anvil().path, log_path=folder / "probe.log")
        port = free.url.rpartition(":")[2]
        free.close()
        flags = ["--port", port, "--chain-id", "1", "--silent", "--no-mining"]
        self._process = SupervisedProcess(
            [str(find_anvil().path), *flags], folder / "main-network.log"
        )
        self._client = RpcClient(f"http://127.0.0.1:{port}", timeout_s=5.0, attempts=1)

    def __enter__(self) -> RpcClient:
        deadline = time.monotonic() + 20
        while True:
            try:
                self._client.call("eth_chainId")
            except NeverSent:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            else:
                return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._process.close()


def test_deploy_puts_the_protocol_on_the_connected_node(ape_run: ApeRun, devnet: AnvilNode) -> None:
    network = f"ethereum:local:{devnet.url}"
    words = ["--profile", "conservative", "--price", "ETH=2500", "--insurance-usd", "1234"]
    done = ape_run("deploy", "--network", network, "-v", "ERROR", *words)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["chain_id"], found["profile"]) == (31337, "conservative")
    assert (set(found["feeds"]), set(found["markets"])) == ({"ETH"}, {"ETH"})
    contracts = [found[name] for name in ("token", "hub", "house", "fund", "engine", "lens")]
    contracts += [*found["feeds"].values(), *found["markets"].values()]
    for address in contracts:
        assert devnet.code(bytes.fromhex(address[2:]))
    token = ContractInterface(load_artifacts()["MockUSDC"].abi)
    house = bytes.fromhex(found["house"][2:])
    held = devnet.call(bytes.fromhex(found["token"][2:]), token.encode("balanceOf", house))
    assert int.from_bytes(held, "big") == (50_000_000 + 1_234) * USDC
    assert devnet.rpc.call("anvil_getAutomine") is True
    again = ape_run("deploy", "--network", network, "-v", "ERROR")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["deployer"] != found["deployer"]


def test_deploy_starts_the_anvil_that_ape_knows(ape_run: ApeRun) -> None:
    done = ape_run("deploy", "--network", "::foundry", "-v", "ERROR")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["markets"]) == {"ETH", "BTC"}


def test_a_campaign_runs_and_its_tables_are_judged_again(ape_run: ApeRun, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(CAMPAIGN)
    out = tmp_path / "run"
    words = [str(tmp_path / "tiny.yaml"), "--set", "slots=6", "--out", str(out), "--json"]
    ran = ape_run("campaign", *words)
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["command_line"][:2] == ["floodline", "run"]
    judged = ape_run("analyse", str(out))
    assert judged.returncode == 0, judged.stderr
    assert "objective  MET" in judged.stdout
    assert "identities HOLD" in judged.stdout
    assert "transactions" in judged.stdout
    assert "outcome hash differs" not in judged.stdout
    with (out / "summary.csv").open(newline="") as file:
        figures = {row["figure"]: row["value"] for row in csv.DictReader(file)}
    assert figures["outcome_hash"] == summary["outcome_hash"]
    assert int(figures["run.offered"]) == summary["run"]["offered"]
    assert float(figures["oracle.age_p95_s"]) == summary["oracle"]["age_p95_s"]


def test_analyse_of_nothing_exits_2(ape_run: ApeRun) -> None:
    done = ape_run("analyse", "no-such-run", program=LISTENING)
    assert done.returncode == 2
    assert "no-such-run" in done.stderr
