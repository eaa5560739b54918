"""Books with options: opened through the contracts, mirrored, liquidated, and balanced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_campaign import prepared, small

from floodline.campaign.session import Session
from floodline.measure.identities import check
from floodline.measure.tables import Tables, build_tables

pytestmark = pytest.mark.anvil

OPTIONS = {
    "share": 0.7,
    "writer_share": 0.7,
    "call_share": 0.4,
    "legs": 2,
    "perpetual_share": 0.5,
    "notional": {"constant": 4.0},
}


def with_options(**switches: Any) -> dict[str, Any]:
    """The small crash over a book of perpetuals and options, without its flood.

    Keepers go for options too, which take more gas than the protocol's one budget pays for.
    """
    plain = small(
        slots=20,
        protocol={"insurance_usd": 5_000, "switches": {"options": True, **switches}},
        book={
            "accounts": 24,
            "leverage": {"lognormal": {"median": 9, "sigma": 0.4}},
            "options": OPTIONS,
        },
    )
    plain["actors"] = [one for one in plain["actors"] if "flood" not in one]
    for one in plain["actors"]:
        if "keepers" in one:
            one["keepers"]["only_if_profitable"] = False
    return plain


def health_agrees(session: Session) -> int:
    """The mirror says of everybody what the contracts say; returns how many have positions."""
    world = session.world
    protocol, book = world.protocol, world.protocol.book
    rows = protocol.exposed_rows()
    chain = protocol.health(session.node.call, [book.addresses[row] for row in rows])
    clock_s = world.clock_s(world.queue.now_us)
    mirrored = protocol.health_at(world.chain_prices_usd(), clock_s)
    assert mirrored.equity_usd[rows] == pytest.approx(chain.equity_usd, rel=1e-9, abs=1e-6)
    assert mirrored.maintenance_usd[rows] == pytest.approx(
        chain.maintenance_usd, rel=1e-9, abs=1e-6
    )
    return len(rows)


def finish(session: Session) -> Tables:
    """Run to the end, and hold the books."""
    session.run()
    record = session.record("complete")
    assert record is not None
    tables = build_tables(record)
    assert [identity for identity in check(tables) if not identity.ok] == []
    return tables


@pytest.mark.parametrize("margin", ["isolated", "portfolio", "capped"])
def test_a_book_of_options_is_opened_mirrored_and_liquidated_by_keepers(
    margin: str, tmp_path: Path
) -> None:
    with prepared(with_options(margin=margin), tmp_path) as session:
        protocol = session.world.protocol
        options = protocol.options
        assert options is not None
        holders = options.holders()
        sizes = [size for who in holders for size in options.held(who, "ETH").values()]
        assert len(holders) > 10
        assert min(sizes) < 0 < max(sizes)
        perpetuals = np.abs(protocol.book.size).sum(axis=1) > 0
        both = [who for who in holders if perpetuals[protocol.book.index[who]]]
        assert 0 < len(both) < len(holders)
        assert health_agrees(session) == 24
        tables = finish(session)
        assert health_agrees(session) > 0
    done = tables["transactions"].query("status == 'included' and role == 'keeper'")
    assert {"liquidate", "liquidate_option"} <= set(done["kind"])
    liquidated = tables["liquidations"].query("end == 'liquidated'")
    assert (liquidated["notional_usd"] > 0).all()
    named = tables["positions"]["market"].str.startswith("ETH-20260")
    assert named.any(), "options are reconciled with the contracts by name"
    assert protocol.capabilities.portfolio_margin is (margin != "isolated")
