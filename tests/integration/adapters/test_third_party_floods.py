"""Floods on third-party protocols: what their tables tell, and what they leave out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from floodline.cli.main import run
from floodline.foundation.workspace import project_root


def run_preset(name: str, folder: Path, accounts: int) -> Path:
    """Run a preset made smaller: fewer accounts, fewer slots, no background."""
    yaml = YAML(typ="safe", pure=True)
    plain: dict[str, Any] = yaml.load(
        (project_root() / f"data/campaigns/{name}.yaml").read_text(encoding="utf-8")
    )
    plain |= {"slots": 40, "background": "off"}
    plain["book"] |= {"accounts": accounts}
    file = folder / "campaign.yaml"
    with file.open("w") as out:
        YAML().dump(plain, out)
    code = run(["run", str(file), "--out", str(folder / "run"), "--allow-missed-objective"])
    assert code == 0
    return folder / "run"


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Loans on Aave."""
    return run_preset("aave-flood", tmp_path_factory.mktemp("aave"), 24)


@pytest.fixture(scope="module")
def flooded_options(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sold options on Lyra."""
    return run_preset("lyra-flood", tmp_path_factory.mktemp("lyra"), 24)


def table(run: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(run / "tables" / f"{name}.csv")


def test_every_identity_holds(flooded):
    summary = json.loads((flooded / "summary.json").read_bytes())
    assert summary["identities_ok"]
    assert {"token balance = deposits - withdrawals", "assets = liabilities - recorded deficit"} < {
        identity["name"] for identity in summary["identities"]
    }


def test_liquidations_have_a_latency_and_a_share_of_keepers_is_too_late_by_name(flooded):
    done = table(flooded, "liquidations").query("end == 'liquidated'")
    assert len(done) > 10
    assert (done.latency_s >= 0).all()
    calls = table(flooded, "transactions").query("role == 'keeper' and status == 'reverted'")
    assert set(calls.reason) <= {
        "HEALTH_FACTOR_NOT_BELOW_THRESHOLD",
        "COLLATERAL_CANNOT_BE_LIQUIDATED",
    }
    assert "HEALTH_FACTOR_NOT_BELOW_THRESHOLD" in set(calls.reason)


def test_the_deficit_is_the_debt_that_nothing_stands_behind(flooded):
    deficits = table(flooded, "deficits")
    assert len(deficits) > 0
    assert (deficits.shortfall_wad.map(int) == deficits.haircut_wad.map(int)).all()
    sheet = table(flooded, "solvency").set_index("item").amount_usd
    # Debts go on bearing interest after they lost their collateral.
    total = deficits.shortfall_wad.map(int).sum() / 1e18
    assert total <= sheet["unbacked_debt"] <= total * 1.0001


def test_what_the_protocol_has_not_is_left_out(flooded):
    summary = json.loads((flooded / "summary.json").read_bytes())
    assert summary["capabilities"]["lending"]
    assert not summary["capabilities"]["perps"]
    assert summary["execution"] is None
    assert "fund" not in summary["solvency"]["paid_by"]
    assert table(flooded, "blocks").insurance_usd.isna().all()


def test_sold_options_are_liquidated_late_and_the_pool_pays(flooded_options):
    summary = json.loads((flooded_options / "summary.json").read_bytes())
    assert summary["identities_ok"]
    done = table(flooded_options, "liquidations").query("end == 'liquidated'")
    assert len(done) > 5
    deficits = table(flooded_options, "deficits")
    assert len(deficits) > 0
    assert (deficits.shortfall_wad.map(int) == deficits.vault_wad.map(int)).all()
    sheet = table(flooded_options, "solvency").set_index("item").amount_wad.map(int)
    assert sheet["insolvent_liquidations"] == deficits.shortfall_wad.map(int).sum()


def test_an_options_protocol_shows_no_perpetuals(flooded_options):
    summary = json.loads((flooded_options / "summary.json").read_bytes())
    has = summary["capabilities"]
    assert (has["options"], has["perps"], has["lending"], has["partial_liquidation"]) == (
        True,
        False,
        False,
        False,
    )
    assert summary["execution"] is None
    assert "receivables" not in set(table(flooded_options, "solvency").item)
    assert not any("flows" in identity["name"] for identity in summary["identities"])
