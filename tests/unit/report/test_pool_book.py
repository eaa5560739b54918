"""The pool as an order book: what waited at a block, best bid first."""

from __future__ import annotations

import pandas as pd

from floodline.report.figure import Run
from floodline.report.figures.pool_book import book, chosen, waiting

GWEI = 10**9


def transaction(tx_id: int, tip_gwei: float, **changes: object) -> dict[str, object]:
    """One that arrived in time, pays, and never got in."""
    return {
        "tx_id": tx_id,
        "role": "flood",
        "lane": "public",
        "arrived_s": 1.0,
        "ended_s": None,
        "block": None,
        "gas_limit": 1_000_000,
        "max_fee_wei": 100 * GWEI,
        "tip_wei": int(tip_gwei * GWEI),
        **changes,
    }


def run_of(*rows: dict[str, object], ranks: list[dict[str, object]] | None = None) -> Run:
    transactions = pd.DataFrame(rows).astype(
        {"arrived_s": float, "ended_s": float, "block": "Int64"}
    )
    blocks = pd.DataFrame(
        {
            "block": [1, 2],
            "closed_s": [12.0, 24.0],
            "base_fee_wei": [10 * GWEI, 10 * GWEI],
            "gas_limit": [1_500_000, 1_500_000],
            "pool_pending": [5, 3],
            "liquidatable_notional_usd": [0.0, 7.0],
        }
    )
    columns = ["block", "tx_id", "rank", "gas_ahead", "pool_pending", "pays_base_fee"]
    tables = {
        "transactions": transactions,
        "blocks": blocks,
        "pool_ranks": pd.DataFrame(ranks or [], columns=columns),
    }
    return Run("made", tables, {})


def test_what_waits_is_ordered_by_effective_tip_then_arrival() -> None:
    found = waiting(
        run_of(
            transaction(1, 2),
            transaction(2, 90, max_fee_wei=13 * GWEI),
            transaction(3, 2, arrived_s=0.5),
        ),
        1,
    )
    assert list(found["tx_id"]) == [2, 3, 1]
    assert list(found["tip"]) == [3, 2, 2]
    assert list(found["gas"]) == [0, 1, 2]
    assert list(found["rank"]) == [1, 2, 3]


def test_what_came_too_late_had_ended_or_cannot_pay_does_not_wait() -> None:
    found = waiting(
        run_of(
            transaction(1, 1),
            transaction(2, 1, arrived_s=13.0),
            transaction(3, 1, ended_s=11.0),
            transaction(4, 1, max_fee_wei=9 * GWEI),
            transaction(5, 1, lane="private"),
            transaction(6, 1, arrived_s=float("nan")),
        ),
        1,
    )
    assert list(found["tx_id"]) == [1]


def test_what_an_earlier_block_holds_does_not_wait_and_what_this_one_takes_does() -> None:
    run = run_of(transaction(1, 1, block=1, ended_s=12.0), transaction(2, 1, block=2, ended_s=24.0))
    assert list(waiting(run, 1)["tx_id"]) == [1, 2]
    assert list(waiting(run, 2)["tx_id"]) == [2]


def test_the_blocks_shown_are_those_that_matter_each_with_its_reason() -> None:
    ranks = [
        {
            "block": 2,
            "tx_id": 1,
            "rank": rank,
            "gas_ahead": 0,
            "pool_pending": 9,
            "pays_base_fee": True,
        }
        for rank in (4, 7)
    ]
    run = run_of(transaction(1, 1, role="keeper"), ranks=ranks)
    assert chosen(run) == [
        (1, "the fullest pool"),
        (2, "the most to liquidate, the foremost keeper at rank 4"),
    ]


def test_a_run_whose_pool_was_never_asked_of_has_no_such_figure() -> None:
    run = run_of(transaction(1, 1))
    run.tables["blocks"]["pool_pending"] = 0
    assert book([run]) is None


def test_keepers_are_marked_with_the_rank_that_was_recorded() -> None:
    ranks = [
        {
            "block": 1,
            "tx_id": 2,
            "rank": 41,
            "gas_ahead": 0,
            "pool_pending": 9,
            "pays_base_fee": True,
        }
    ]
    chart = book([run_of(transaction(1, 5), transaction(2, 1, role="keeper"), ranks=ranks)])
    assert chart is not None
    text = str(chart.to_dict())
    assert "'rank': 41" in text
    assert "'rank': 1," not in text
