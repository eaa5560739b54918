"""What is told of accounts that could not be liquidated."""

from __future__ import annotations

from floodline.campaign.record import NONE, LivenessRow
from floodline.cli.verdict import verdicts
from floodline.measure.liveness import liveness_summary
from floodline.measure.objective import judge
from floodline.measure.summary import summarise
from floodline.measure.tables import build_tables

from .run_factory import bare_record


def row(account, since_us, ended_us=NONE, reason="InsufficientFund", notional_usd=100.0):
    end = "open" if ended_us == NONE else "unblocked"
    way = "money" if reason == "InsufficientFund" else ""
    return LivenessRow(
        account, "ETH", 1, since_us, ended_us, end, reason, reason, way, notional_usd, -5.0, 2
    )


def lost():
    record = bare_record()
    record.liveness = [
        row("a", 24_000_000, 36_000_000, notional_usd=80.0),
        row("a", 48_000_000, notional_usd=100.0),
        row("b", 60_000_000, 72_000_000, reason="StalePrice"),
    ]
    return build_tables(record)


def test_an_account_counts_once_with_its_largest_notional():
    found = liveness_summary(lost())
    assert (found["accounts"], found["open_at_end"]) == (2, 1)
    assert found["notional_usd"] == 200.0
    assert (found["first_s"], found["longest_s"]) == (24.0, 12.0)
    assert found["reasons"] == {"InsufficientFund": 1, "StalePrice": 1}
    assert found["unblocks"] == {"InsufficientFund": "money"}


def test_nobody_stuck_is_zero_accounts_and_no_time():
    found = liveness_summary(build_tables(bare_record()))
    assert found["accounts"] == 0
    assert found["first_s"] is None


def test_an_objective_may_be_that_nobody_is_stuck():
    assert judge("liveness_lost_accounts", lost(), below=1).met is False
    assert judge("liveness_lost_accounts", build_tables(bare_record()), below=1).met is True
    assert judge("liveness_first_s", lost(), above=10).value == 24.0


def test_the_verdict_names_reason_and_remedy():
    words = [str(verdict) for verdict in verdicts(summarise(lost()))]
    (line,) = [word for word in words if word.startswith("liveness")]
    assert "LOST  2 accounts" in line
    assert "InsufficientFund" in line
    assert line.endswith("money")
