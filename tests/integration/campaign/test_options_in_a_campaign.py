"""Options in a campaign: volatility is published, an expiry is settled, and the books balance."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_campaign import prepared, small

from floodline.foundation.units import wad
from floodline.measure.identities import check
from floodline.measure.tables import build_tables

pytestmark = pytest.mark.anvil


def test_an_expiry_inside_a_campaign_is_settled_and_every_identity_holds(tmp_path: Path) -> None:
    plain = small(
        protocol={
            "insurance_usd": 5_000,
            "switches": {"options": True},
            "overrides": {"listing_near": 380, "option_cutoff": 0, "expiry_grace": 12},
        }
    )
    plain["actors"] = [*plain["actors"], {"volatility": {"interval_s": 36}}, {"option_keepers": {}}]
    with prepared(plain, tmp_path) as session:
        world = session.world
        options = world.protocol.options
        (trader,) = [actor for actor in world.actors if actor.role == "trader"]
        near = [s for s in options.series("ETH")[:10] if s.strike_wad == wad(3_000)]
        half = wad("0.5")
        orders = [(half, 2**200), (half, 2**200), (-half, 0), (-half, 0)]
        for sender, series, order in zip(trader.accounts, near * 2, orders, strict=False):
            call = options.trade("ETH", series.series_id, *order)
            trader._bidder.send(sender.index, call)
        session.run()
        record = session.record("complete")
        assert record is not None
        tables = build_tables(record)
        assert [identity for identity in check(tables) if not identity.ok] == []
        sheet = tables["solvency"].set_index("item")["amount_wad"]
        assert int(sheet["trader_options"]) < 0 < int(sheet["option_vault_flow"])
        done = tables["transactions"].query("status == 'included'")["kind"].value_counts()
        assert done["trade_option"] == 4
        assert done["settle_series"] >= 1
        assert done["settle_accounts"] >= 1
        assert done["push_volatility"] >= 3
        assert options.holders() == []
