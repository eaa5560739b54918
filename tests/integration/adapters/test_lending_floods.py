"""The flooded campaign on a lending protocol: what its tables tell, and what they leave out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from floodline.cli.main import run
from floodline.foundation.workspace import project_root


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the preset for Aave, smaller: fewer accounts, fewer slots."""
    folder = tmp_path_factory.mktemp("aave")
    yaml = YAML(typ="safe", pure=True)
    plain: dict[str, Any] = yaml.load(
        (project_root() / "data/campaigns/aave-flood.yaml").read_text()
    )
    plain |= {"slots": 40, "background": "off"}
    plain["book"] |= {"accounts": 24}
    file = folder / "campaign.yaml"
    with file.open("w") as out:
        YAML().dump(plain, out)
    code = run(["run", str(file), "--out", str(folder / "run"), "--allow-missed-objective"])
    assert code == 0
    return folder / "run"


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
