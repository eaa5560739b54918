"""Parts that a protocol does not have are left out of summaries, never shown as zero."""

from floodline.campaign.record import CapabilityRow, SolvencyRow
from floodline.measure.identities import check
from floodline.measure.side_by_side import side_by_side
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables

from .run_factory import add_block, bare_record

NAN = float("nan")


def lending_record():
    record = bare_record()
    add_block(record, [], insurance_usd=NAN, counterparty_usd=90.0, open_interest_usd=100.0)
    present = {"lending": True, "counterparty": True, "partial_liquidation": True}
    names = ("perps", "options", "insurance_fund", "async_orders", "auction", *present)
    record.capabilities = [CapabilityRow(name, present.get(name, False), "x") for name in names]
    amounts = {
        "token_balance": 40,
        "deposits": 100,
        "withdrawals": 60,
        "receivables": 50,
        "recorded_deficit": 0,
        "liabilities": 90,
    }
    record.solvency = [SolvencyRow(item, wad) for item, wad in sorted(amounts.items())]
    return record


def test_a_lending_protocol_has_no_fund_no_trades_and_no_orders_in_its_summary():
    summary = summarise(build_tables(lending_record()))
    assert summary["solvency"]["insurance_end_usd"] is None
    assert set(summary["solvency"]["paid_by"]) == {"vault", "haircut", "latent"}
    assert summary["execution"] is None
    assert summary["orders"] is None
    assert summary["auctions"] is None
    assert summary["capabilities"]["lending"] is True
    labels = [row.label for row in side_by_side([("a", summary)])]
    assert "trades filled" not in labels
    assert "paid by the insurance fund" not in labels


def test_receivables_balance_a_lenders_sheet_and_a_missing_unit_is_found():
    def residual(record):
        names = {
            "assets = liabilities - recorded deficit",
            "token balance = deposits - withdrawals",
        }
        found = [one for one in check(build_tables(record)) if one.name in names]
        assert len(found) == 2
        return sum(one.residual for one in found)

    record = lending_record()
    assert residual(record) == 0
    record.solvency = [
        SolvencyRow(row.item, row.amount_wad - (row.item == "receivables"))
        for row in record.solvency
    ]
    assert residual(record) == 1


def test_flows_of_perpetuals_are_not_asked_of_a_lending_protocol():
    names = [one.name for one in check(build_tables(lending_record()))]
    assert not any("flows of traders" in name for name in names)
