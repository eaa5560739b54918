"""What the engine believes, held against what the node says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from small_campaign import small

from floodline.actors.load import LOADS
from floodline.campaign.record import NONE
from floodline.campaign.session import Session
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]


def broken(session: Session) -> list[str]:
    """Names of the identities that a finished session leaves with a residual."""
    record = session.record("complete")
    assert record is not None
    return [identity.name for identity in check(build_tables(record)) if not identity.ok]


def flood_of(**flood: Any) -> list[dict[str, Any]]:
    """The small campaign's actors with another flood."""
    actors = small()["actors"]
    base = {"arrival": {"poisson": {"gas_per_s": 6_000_000}}, "senders": 300}
    return [*actors[:3], {"flood": {**base, **flood}}]


@pytest.mark.parametrize("kind", sorted(LOADS))
def test_every_outcome_that_was_inferred_is_what_the_receipt_says(
    finished: Finished, kind: str
) -> None:
    session = finished(small(slots=10, actors=flood_of(kind=kind)))
    columns = session.world.ledger.trimmed()
    first = session.node.block().number - 10
    compared = 0
    for slot in range(1, 11):
        rows = np.flatnonzero(columns["block"] == slot)
        rows = rows[np.argsort(columns["index"][rows])]
        receipts = session.node.receipts(first + slot)
        assert len(receipts) == len(rows)
        for row, receipt in zip(rows.tolist(), receipts, strict=True):
            included, reverted = 1, 2
            assert columns["status"][row] == (included if receipt.status else reverted)
            assert columns["gas_used"][row] == receipt.gas_used
            assert columns["effective_price_wei"][row] == receipt.effective_price
            compared += 1
    flood = int((columns["block"] != NONE).sum())
    assert compared == flood > (50 if kind == "calldata" else 100)
    assert session.recorder is not None
    if kind != "burner":
        assert session.recorder.receipts_read < compared / 2


def test_the_book_kept_from_events_gives_the_health_that_the_contracts_give(
    finished: Finished,
) -> None:
    session = finished(small())
    world = session.world
    book = world.protocol.book
    rows = np.flatnonzero(np.abs(book.size).sum(axis=1) > 0)
    assert len(rows) > 10
    on_chain = world.protocol.health(
        session.node.call, [book.addresses[row] for row in rows.tolist()]
    )
    clock_s = float(session.node.block().timestamp)
    mirrored = world.protocol.health_at(world.chain_prices_usd(), clock_s)
    np.testing.assert_allclose(mirrored.equity_usd[rows], on_chain.equity_usd, rtol=0, atol=1e-6)
    np.testing.assert_allclose(
        mirrored.maintenance_usd[rows], on_chain.maintenance_usd, rtol=1e-12, atol=1e-9
    )


def test_a_flooded_crash_keeps_every_identity_and_liquidates(finished: Finished) -> None:
    session = finished(small())
    assert broken(session) == []
    record = session.record("complete")
    assert record is not None
    assert sum(episode.end == "liquidated" for episode in record.episodes) > 5
    assert record.deficits


def test_two_markets_in_one_account_keep_every_identity(finished: Finished) -> None:
    plain = small(slots=16)
    crash = plain["market"]["ETH"]["jump_diffusion"]["jumps"]
    plain["market"]["BTC"] = {"jump_diffusion": {"start_usd": 60_000, "vol": 0.6, "jumps": crash}}
    session = finished(plain)
    assert broken(session) == []
    record = session.record("complete")
    assert record is not None
    assert {episode.market for episode in record.episodes} == {"ETH", "BTC"}
    assert {row.market for row in record.positions} == {"ETH", "BTC"}


@pytest.mark.parametrize("profile", ["aggressive", "conservative"])
def test_every_profile_runs_and_keeps_every_identity(finished: Finished, profile: str) -> None:
    assert broken(finished(small(slots=14, protocol={"profile": profile}))) == []


def test_large_accounts_at_the_largest_leverage_can_be_opened(finished: Finished) -> None:
    """Initial margin and the order's own premium grow with its size."""
    session = finished(
        small(
            slots=1,
            actors=[],
            book={
                "accounts": 4,
                "margin_usd": {"constant": 250_000},
                "leverage": {"constant": 999},
            },
            protocol={"profile": "aggressive", "liquidity_usd": 500_000_000},
        )
    )
    sizes = np.abs(session.world.protocol.book.size).sum(axis=1)
    assert (sizes > 0).sum() == 4
    assert sizes.max() * 3000 > 5_000_000
