"""A fund that refuses what it cannot pay whole: liquidations jam, and it is seen why."""

from __future__ import annotations

from pathlib import Path

import pytest

from floodline.campaign.load import load_campaign
from floodline.campaign.progress import Silent
from floodline.foundation.workspace import project_root
from floodline.study.run import run_campaign

pytestmark = [pytest.mark.anvil, pytest.mark.slow]
SMALL_CRASH = project_root() / "data" / "campaigns" / "small-crash.yaml"
JAMMED = "protocol.switches.fund=all_or_nothing"


def run(folder: Path, *overrides: str):
    campaign = load_campaign(SMALL_CRASH, overrides)
    return run_campaign(campaign, out=folder, progress=Silent(), command_line=("floodline", "run"))


def test_a_jammed_fund_leaves_accounts_stuck_with_the_decoded_reason_and_the_remedy(tmp_path):
    result = run(tmp_path / "jammed", JAMMED)
    table = result.tables["liveness"]
    assert len(table)
    assert set(table["reason"]) == {"InsufficientFund"}
    assert table["words"].str.startswith("InsufficientFund(").all()
    assert table["unblocks"].str.contains("more in the insurance fund").all()
    assert (table["equity_usd"] < 0).all()
    assert set(table["end"]) <= {"open", "unblocked", "recovered"}
    open_accounts = set(table["account"][table["end"] == "open"])
    spells = result.tables["liquidations"]
    assert open_accounts <= set(spells["account"][spells["end"] == "open"].astype(str))
    assert result.summary["liveness"]["first_s"] == table["since_s"].min()


def test_the_same_crash_with_a_fund_that_pays_what_it_has_jams_nobody(tmp_path):
    result = run(tmp_path / "sound")
    assert result.summary["liveness"]["accounts"] == 0
    assert result.summary["solvency"]["bad_debt_usd"] > 0


def test_keepers_that_are_quick_enough_jam_nobody_and_slow_ones_do(tmp_path):
    calm = (JAMMED, "actors.flood.enabled=false", "seed=2")
    quick, slow = (
        run(tmp_path / name, *calm, f"actors.keepers.reaction_s.constant={delay_s}")
        for name, delay_s in (("quick", 1), ("slow", 60))
    )
    assert quick.summary["liveness"]["accounts"] == 0
    assert slow.summary["liveness"]["accounts"] > 0
