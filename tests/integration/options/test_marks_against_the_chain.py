"""What tables say of options, vaults and funding is what the contracts say at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from test_options_facet import Venue

from floodline.chain.anvil import AnvilNode
from floodline.foundation.units import WAD, wad
from floodline.protocols.facets import VaultStanding
from floodline.toolchain.anvil import find_anvil

pytestmark = pytest.mark.anvil


@pytest.fixture(scope="module")
def own_anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnvilNode]:
    log: Path = tmp_path_factory.mktemp("anvil") / "anvil.log"
    with AnvilNode.start(find_anvil().path, log_path=log) as node:
        yield node


@pytest.fixture
def venue(own_anvil: AnvilNode) -> Iterator[Venue]:
    before = own_anvil.snapshot()
    yield Venue(own_anvil, vault=True)
    own_anvil.revert(before)


def latest_s(venue: Venue) -> int:
    """The second that views of the newest block see."""
    return venue.driver.now_s - 1


def test_the_greeks_of_what_accounts_hold_are_those_of_the_lens(venue: Venue) -> None:
    facet = venue.adapter.options
    assert facet is not None
    put = venue.at_the_money(far=False, call=False)
    venue.do(venue.buyer, facet.trade("ETH", put.series_id, wad(4), 2**200))
    venue.do(
        venue.buyer, facet.trade("ETH", venue.at_the_money(far=True).series_id, wad(5), 2**200)
    )
    venue.do(venue.writer, facet.trade("ETH", put.series_id, -wad(3), 0))
    for dollars in (3_000, 2_760):
        venue.push(dollars)
        marks = facet.marks("ETH", float(dollars), latest_s(venue))
        people = [venue.buyer, venue.writer]
        for who, told in zip(people, facet.greeks(venue.driver.view, people, "ETH"), strict=True):
            sizes = np.zeros(len(facet.series("ETH")))
            for series_id, size in facet.held(who, "ETH").items():
                sizes[series_id] = size / WAD
            summed = [sizes @ each for each in (marks.delta, marks.gamma, marks.vega, marks.theta)]
            wanted = [told.delta, told.gamma, told.vega, told.theta]
            assert summed == pytest.approx(wanted, rel=1e-8)


def test_a_series_is_marked_at_the_price_and_the_volatility_of_its_market(venue: Venue) -> None:
    facet = venue.adapter.options
    assert facet is not None
    series = venue.at_the_money(far=True)
    venue.do(venue.writer, facet.trade("ETH", series.series_id, -wad(6), 0))
    marks = facet.marks("ETH", 3_000.0, latest_s(venue))
    small = facet.quote(venue.driver.view, "ETH", series.series_id, 10**12)
    assert marks.volatility[series.series_id] == pytest.approx(small.volatility, rel=1e-5)
    spread = small.premium_wad / 10**12 / marks.price_usd[series.series_id]
    assert 1 < spread < 1.02, "a quote is the mark with the spread on top"


def test_an_expired_series_has_no_volatility_and_a_settled_one_no_greeks(venue: Venue) -> None:
    facet = venue.adapter.options
    assert facet is not None
    series = venue.at_the_money(far=False)
    venue.do(venue.buyer, facet.trade("ETH", series.series_id, wad(2), 2**200))
    venue.push(3_300)
    venue.later(series.expiry_s - venue.driver.now_s + 5)
    venue.push(3_400)
    expired = facet.marks("ETH", 3_400.0, latest_s(venue))
    assert np.isnan(expired.volatility[series.series_id])
    assert (expired.price_usd[series.series_id], expired.delta[series.series_id]) == (400, 1)
    assert expired.gamma[series.series_id] == expired.theta[series.series_id] == 0
    venue.do(venue.keeper, facet.settle_series("ETH", series.expiry_s))
    settled = facet.marks("ETH", 3_400.0, latest_s(venue))
    assert settled.price_usd[series.series_id] == 300, "the payoff at the price that was fixed"
    assert settled.delta[series.series_id] == 0


def test_the_funding_rate_in_force_is_the_one_that_the_market_accrues(venue: Venue) -> None:
    market = venue.adapter._deployment.markets["ETH"]
    perp = venue.adapter._interfaces["PerpMarket"]
    venue.do(venue.buyer, venue.adapter.open("ETH", wad(12), 2**200))
    venue.later(7_200)
    venue.push(3_000)
    data = perp.encode("accruedFunding", wad(3_000))
    rate, _ = perp.decode_output("accruedFunding", venue.driver.view(market, data))
    told_late_s = latest_s(venue) + 1  # the venue stamps every event a second late
    found = venue.adapter.funding_rates(float(told_late_s))
    assert found == pytest.approx([rate / WAD, 0.0], rel=1e-9)
    assert rate > 0, "longs pay while they outweigh shorts"


def _standing(venue: Venue, place: int) -> VaultStanding:
    assert venue.adapter.vault is not None
    return list(venue.adapter.vault.standings(venue.driver.view))[place]


def test_shares_and_queues_of_a_vault_are_those_on_chain(venue: Venue) -> None:
    facet = venue.adapter.vault
    assert facet is not None
    venue.adapter.fund_wallets(venue.driver, {venue.buyer: 9_000.0})
    venue.run()
    venue.do(venue.buyer, facet.deposit(venue.buyer, wad(6_000)))
    queued = _standing(venue, 0)
    assert (queued.deposits_waiting, queued.deposits_waiting_usd) == (1, 6_000)
    venue.do(venue.buyer, venue.adapter.open("ETH", wad(12), 2**200))
    venue.push(3_200)
    delay_s = venue.adapter.profile.vault.parameters().deposit_delay
    venue.later(delay_s + 60)
    venue.push(3_200)
    venue.push(3_200)
    venue.do(venue.keeper, facet.process())
    owned = facet.shares_of(venue.buyer)
    assert owned > 0
    venue.do(venue.buyer, facet.withdraw(venue.buyer, owned // 2))
    standing = _standing(venue, 0)
    assert standing.name == "vault"
    assert (standing.deposits_waiting, standing.redemptions_waiting) == (0, 1)
    vault, lp = venue.adapter._deployment.counterparty, venue.adapter._interfaces["LPVault"]

    def told(function: str, *arguments: object) -> float:
        answer = venue.driver.view(vault, lp.encode(function, *arguments))
        return int(lp.decode_output(function, answer)) / WAD

    before = standing.shares
    assert before == pytest.approx(told("totalSupply"), rel=1e-15)
    assert standing.redemptions_waiting_shares == told("balanceOf", vault)
    assert standing.share_price_usd == pytest.approx(told("sharePrice", 0), rel=1e-12)
    assert standing.nav_usd == pytest.approx(told("netAssetValue", 0), rel=1e-15)
    assert standing.share_price_usd != 1
    assert standing.locked_usd > 0
    assert _standing(venue, 1).name == "option_vault"
    venue.later(venue.adapter.profile.vault.parameters().redemption_delay + 60)
    venue.push(3_200)
    venue.do(venue.keeper, facet.process())
    assert _standing(venue, 0).redemptions_waiting == 0
    assert _standing(venue, 0).shares == pytest.approx(told("totalSupply"), rel=1e-15)
    assert _standing(venue, 0).shares < before
