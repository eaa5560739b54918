"""Tokens as margin: paid in, valued less a haircut, sold through the pool, and what they leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_campaign import prepared, small
from test_option_books import finish, health_agrees

from floodline.protocols.events import CollateralSold

pytestmark = pytest.mark.anvil


def with_tokens(part: float, crash: float, **switches: Any) -> dict[str, Any]:
    """Longs on ether with a part of their margin in ether, and a crash."""
    plain = small(
        slots=20,
        protocol={"insurance_usd": 5_000, "switches": {"collateral": "multi", **switches}},
        book={
            "accounts": 24,
            "long_share": 0.9,
            "leverage": {"lognormal": {"median": 9, "sigma": 0.4}},
            "collateral": {"share": 0.8, "part": part},
        },
    )
    jump = {"at_s": 60, "size": -crash, "over_s": 60}
    plain["market"]["ETH"]["jump_diffusion"]["jumps"] = [jump]
    plain["actors"] = [one for one in plain["actors"] if "flood" not in one]
    plain["actors"] += [{"arbitrageurs": {"count": 2}}, {"collateral_sellers": {}}]
    return plain


def watched(session: Any) -> list[CollateralSold]:
    """Keep the sales that the campaign decodes."""
    seen: list[CollateralSold] = []
    apply = session.world.protocol.apply

    def note(events: Any) -> None:
        seen.extend(event for event in events if isinstance(event, CollateralSold))
        apply(events)

    session.world.protocol.apply = note
    return seen


@pytest.mark.parametrize("liquidation", ["chunks", "clipper"])
def test_tokens_are_paid_in_mirrored_and_sold_for_debts(liquidation: str, tmp_path: Path) -> None:
    plain = with_tokens(0.9, 0.2, liquidation=liquidation)
    plain["slots"] = 26
    plain["protocol"]["overrides"] = {"clipper_step_seconds": 12, "clipper_cut": 0.9}
    plain["actors"].append({"auction_bidders": {"count": 2, "required_margin": {"constant": 0}}})
    with prepared(plain, tmp_path) as session:
        protocol = session.world.protocol
        assert protocol.collateral is not None
        holders = [who for who in protocol.book.addresses if protocol.collateral.held(who)]
        assert 10 < len(holders) < 24
        assert health_agrees(session) == 24
        sales = watched(session)
        tables = finish(session)
        health_agrees(session)
    assert len(sales) > 0
    assert all(sale.proceeds_wad >= 0.95 * sale.oracle_value_wad for sale in sales)
    assert tables["positions"]["market"].eq("ETH-TOKEN").any(), "what is left is reconciled"
    done = tables["transactions"].query("kind == 'sell_collateral' and status == 'included'")
    assert set(done["role"]) == {"collateral_seller"}


def test_margin_in_a_token_that_crashes_leaves_bad_debt_that_dollars_do_not(
    tmp_path: Path,
) -> None:
    """The same crash of both markets, the same longs on bitcoin: only their margin differs."""
    owed = {}
    for part in (0.05, 0.95):
        plain = with_tokens(part, 0.6)
        plain["book"]["collateral"]["mix"] = {"ETH": 1}
        plain["book"]["long_share"] = 1.0
        fall = {"at_s": 60, "size": -0.06}
        plain["market"]["ETH"]["jump_diffusion"]["jumps"] = [{"at_s": 60, "size": -0.6}]
        plain["market"]["BTC"] = {
            "jump_diffusion": {"start_usd": 60_000, "vol": 0.3, "jumps": [fall]}
        }
        with prepared(plain, tmp_path) as session:
            tables = finish(session)
        deficits = tables["deficits"]
        on_bitcoin = deficits["account"].str.match(r"book-\d*[13579]$")
        owed[part] = deficits.loc[on_bitcoin, "shortfall_wad"].astype(float).sum() / 1e18
    assert owed[0.95] > 1_000, "the haircut and the sale did not cover the fall"
    assert owed[0.05] < owed[0.95] / 10
