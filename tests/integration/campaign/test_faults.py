"""A run that is killed, interrupted or robbed of its node: told, kept, and nothing left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from small_campaign import small

from floodline.campaign.progress import Silent, SlotReport
from floodline.campaign.schema import Campaign
from floodline.foundation.errors import CampaignError, NodeError
from floodline.study.run import run_campaign

pytestmark = pytest.mark.anvil

COMMAND = "import sys; from floodline.cli.main import main; sys.exit(main())"


def anvils_of(folder: Path) -> list[int]:
    """Process ids of the nodes whose output goes to a run's folder."""
    log = folder / "anvil.log"
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            target = str((entry / "fd" / "1").readlink())
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue
        if target == str(log) and name == "anvil":
            found.append(int(entry.name))
    return found


def gone_within(folder: Path, seconds: float) -> bool:
    """Whether no node of the run is left after at most this long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not anvils_of(folder):
            return True
        time.sleep(0.05)
    return False


class KillsTheNode(Silent):
    """Kills the node after a slot."""

    def __init__(self, folder: Path, slot: int) -> None:
        self._folder = folder
        self._slot = slot

    def slot(self, report: SlotReport) -> None:
        """Kill at the slot that was asked for."""
        if report.slot == self._slot:
            (pid,) = anvils_of(self._folder)
            os.kill(pid, signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes through /proc")
def test_a_node_that_dies_is_told_and_the_tables_so_far_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(NodeError) as caught:
        run_campaign(
            Campaign.model_validate(small()),
            out=out,
            progress=KillsTheNode(out, 6),
            command_line=["floodline", "run", "small.yaml"],
        )
    assert "137" in str(caught.value)
    assert "anvil.log" in str(caught.value)
    assert (out / "tables" / "blocks.csv").read_text().count("\n") == 7
    assert not (out / "manifest.json").exists()
    status = json.loads((out / "status.json").read_text())
    assert status["status"] == "failed"
    assert "6 of 24" in status["message"]
    assert "floodline run small.yaml" in (out / "evidence" / "error.txt").read_text()
    assert anvils_of(out) == []


def start_run(tmp_path: Path, out: Path) -> subprocess.Popen[str]:
    """Start a long run in a process of its own and wait until it is under way."""
    campaign = tmp_path / "long.yaml"
    with campaign.open("w") as handle:
        YAML().dump(small(slots=5_000), handle)
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "run", str(campaign), "--out", str(out)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    log = out / "log.jsonl"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if log.exists() and '"slot": 3' in log.read_text():
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(process.communicate()[1])


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes through /proc")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_has_and_leaves_no_node(
    tmp_path: Path, sent: signal.Signals
) -> None:
    out = tmp_path / "run"
    process = start_run(tmp_path, out)
    assert anvils_of(out)
    process.send_signal(sent)
    _, words = process.communicate(timeout=60)
    assert process.returncode == 130, words
    assert "Traceback" not in words
    assert json.loads((out / "status.json").read_text())["status"] == "interrupted"
    assert (out / "tables" / "transactions.csv").stat().st_size > 1_000
    assert not (out / "manifest.json").exists()
    assert gone_within(out, 5)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes through /proc")
def test_a_killed_run_leaves_no_node(tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = start_run(tmp_path, out)
    assert anvils_of(out)
    process.kill()
    process.communicate(timeout=10)
    assert gone_within(out, 10)


def test_without_an_anvil_nothing_is_started_and_the_remedy_is_named(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    bare = tmp_path / "checkout-without-packages"
    bare.mkdir()
    for name in ("contracts", "package.json", "package-lock.json"):
        (bare / name).symlink_to(root / name)
    out = tmp_path / "run"
    finished = subprocess.run(
        [
            *(sys.executable, "-c", COMMAND, "run"),
            *(str(root / "data" / "campaigns" / "flash-crash.yaml"), "--out", str(out)),
        ],
        env={**os.environ, "FLOODLINE_HOME": str(bare), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 3, finished.stderr
    assert "no Anvil" in finished.stderr
    assert "floodline toolchain" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert not out.exists()


def test_a_book_that_the_protocol_cannot_take_is_told_before_the_first_slot(tmp_path: Path) -> None:
    plain = small(protocol={"liquidity_usd": 1_000})
    with pytest.raises(CampaignError, match="CounterpartyCapacityExceeded") as caught:
        run_campaign(
            Campaign.model_validate(plain),
            out=tmp_path / "run",
            progress=Silent(),
            command_line=["floodline"],
        )
    assert "liquidity_usd" in str(caught.value)
