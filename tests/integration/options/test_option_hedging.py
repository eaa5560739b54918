"""The option vault hedges its delta in the perpetual market once an interval, and no sooner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_options_facet import Venue

from floodline.chain.anvil import AnvilNode
from floodline.foundation.units import WAD, wad
from floodline.protocols import events
from floodline.toolchain.anvil import find_anvil

pytestmark = pytest.mark.anvil

DAY_S = 86_400
NO_LIMIT = 2**200


@pytest.fixture(scope="module")
def own_anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnvilNode]:
    log: Path = tmp_path_factory.mktemp("anvil") / "anvil.log"
    with AnvilNode.start(find_anvil().path, log_path=log) as node:
        yield node


def test_calls_that_were_sold_are_hedged_once_due_and_told_how_late(
    own_anvil: AnvilNode,
) -> None:
    venue = Venue(own_anvil, vault=True)
    adapter = venue.adapter
    vault = adapter.house_accounts["option_vault"]
    assert adapter.vault is not None
    start_s = venue.driver.now_s
    call = venue.at_the_money(far=True)
    assert adapter.options is not None
    venue.do(venue.buyer, adapter.options.trade(call.market, call.series_id, wad(20), NO_LIMIT))

    assert adapter.vault.upkeep(start_s + DAY_S - 600) == []
    venue.later(DAY_S + 500)
    venue.push(3_000)
    venue.do(venue.deployer, adapter.options.push_volatility("ETH", 0.6, venue.driver.now_s))
    due = {one.market: one for one in adapter.vault.upkeep(venue.driver.now_s)}
    assert sorted(due) == ["BTC", "ETH"]
    happened = venue.do(venue.keeper, due["ETH"])
    (hedged,) = [one for one in happened if isinstance(one, events.VaultHedged)]
    assert (hedged.vault, hedged.market) == (vault, "ETH")
    assert 9 < hedged.target_wad / WAD < 13, "twenty calls at the money, about half a unit each"
    assert hedged.executed_wad == hedged.target_wad
    assert 400 < hedged.lag_s < 700
    row = adapter.book.index[vault]
    assert adapter.book.size_wad[row][0] == hedged.executed_wad
    assert [one.market for one in adapter.vault.upkeep(venue.driver.now_s)] == ["BTC"]
