"""Morpho Blue, unmodified from npm, in campaigns that know nothing of it."""

from __future__ import annotations

import pytest

from floodline.campaign.load import load_campaign
from floodline.foundation.workspace import project_root
from floodline.measure.files import read_tables
from floodline.protocols.catalogue import PROTOCOLS

pytestmark = [pytest.mark.anvil, pytest.mark.slow, pytest.mark.usefixtures("morpho_package")]
FLOOD = project_root() / "data" / "campaigns" / "morpho-flood.yaml"


def test_the_mirror_of_shares_and_interest_agrees_with_the_contract_to_the_unit(crashed):
    accounts = crashed("morpho").tables["accounts"]
    assert accounts["cash_replayed_wad"].tolist() == accounts["cash_chain_wad"].tolist()
    assert any(int(cash) for cash in accounts["cash_chain_wad"])
    sheet = crashed("morpho").tables["solvency"].set_index("item")["amount_wad"].map(int)
    assert sheet["token_balance"] + sheet["receivables"] == sheet["liabilities"]
    assert sheet["interest"] > 0


def test_bad_debt_falls_on_the_lenders_alone(crashed):
    result = crashed("morpho")
    sheet = result.tables["solvency"].set_index("item")["amount_usd"]
    assert sheet["lenders_loss"] == pytest.approx(result.summary["solvency"]["bad_debt_usd"])
    assert result.summary["solvency"]["paid_by"]["vault"] == pytest.approx(sheet["lenders_loss"])


def test_what_morpho_lacks_is_left_out_not_shown_as_zero(crashed):
    summary = crashed("morpho").summary
    assert summary["capabilities"]["lending"]
    assert not summary["capabilities"]["insurance_fund"]
    assert summary["execution"] is None
    assert "fund" not in summary["solvency"]["paid_by"]
    assert crashed("morpho").tables["blocks"]["insurance_usd"].isna().all()
    assert crashed("reference").tables["blocks"]["insurance_usd"].notna().all()


def test_reverts_are_told_by_morphos_own_reasons(crashed):
    transactions = crashed("morpho").tables["transactions"]
    failed = transactions[transactions["status"] == "reverted"]
    reasons = set(failed["reason"][failed["role"] == "keeper"])
    assert "position is healthy" in reasons
    assert reasons <= {
        "position is healthy",
        "Panic(0x11: arithmetic overflow or underflow)",
    }


def test_the_tables_of_a_run_are_read_back_whole(crashed):
    result = crashed("morpho")
    back = read_tables(result.run_dir / "tables")
    assert len(back["liquidations"]) == len(result.tables["liquidations"])


def test_the_preset_is_a_valid_campaign_of_this_protocol():
    campaign = load_campaign(FLOOD)
    assert campaign.protocol.adapter == "morpho"
    assert "morpho" in PROTOCOLS
