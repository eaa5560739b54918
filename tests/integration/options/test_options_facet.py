"""Options through the adapter: deployed by a switch, traded, valued, settled, closed, decoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from floodline.campaign.setup import SetupDriver
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols import events
from floodline.protocols.facets import OptionSeries
from floodline.protocols.reference.adapter import ReferenceAdapter
from floodline.protocols.reference.deploy_options import OPTION_VAULT
from floodline.protocols.reference.parameters import ReferenceParameters
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.compile import load_artifacts

pytestmark = pytest.mark.anvil
NEAR_S = 100_000


class Venue:
    """The reference protocol with options on a chain of its own, and two traders."""

    def __init__(self, node: AnvilNode, **switches: object) -> None:
        artifacts, accounts = load_artifacts(), AccountBook(seed=11)
        parameters = ReferenceParameters(
            switches={"options": True, **switches}, overrides={"listing_near": NEAR_S}
        )
        self.adapter = ReferenceAdapter(parameters, markets=["ETH", "BTC"], artifacts=artifacts)
        self.buyer, self.writer, self.keeper = (
            accounts.account(name).address for name in ("buyer", "writer", "keeper")
        )
        deployer = accounts.account("deployer").address
        node.set_balances(
            [(who, 10**24) for who in (deployer, self.buyer, self.writer, self.keeper)]
        )
        start_s = node.block().timestamp
        self.driver = SetupDriver(
            node, accounts, artifacts, start_s, 30_000_000, self.adapter.explain_revert
        )
        self.adapter.deploy(self.driver, {"ETH": 3_000 * FEED, "BTC": 60_000 * FEED}, [deployer])
        self.happened: list[events.ProtocolEvent] = []
        self.deployer = deployer
        self.run()
        self.adapter.fund(self.driver, {self.buyer: wad(50_000), self.writer: wad(20_000)})
        self.run()

    def do(self, sender: bytes, call: object) -> list[events.ProtocolEvent]:
        self.driver.send(sender, call)
        return self.run()

    def run(self) -> list[events.ProtocolEvent]:
        found = self.adapter.decode(self.driver.flush(), self.driver.now_s)
        self.adapter.apply(found)
        self.happened += found
        return found

    def later(self, seconds: int) -> None:
        self.driver._time_s += seconds

    def push(self, dollars: int) -> None:
        observed = self.driver.now_s
        self.do(self.deployer, self.adapter.push_price("ETH", dollars * FEED, observed))

    def at_the_money(self, *, far: bool, call: bool = True) -> OptionSeries:
        listed = self.adapter.options.series("ETH")
        chosen = listed[10:] if far else listed[:10]
        return next(s for s in chosen if s.strike_wad == wad(3_000) and s.is_call is call)


@pytest.fixture(scope="module")
def anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnvilNode]:
    log: Path = tmp_path_factory.mktemp("anvil") / "anvil.log"
    with AnvilNode.start(find_anvil().path, log_path=log) as node:
        yield node


@pytest.fixture
def venue(anvil: AnvilNode, request: pytest.FixtureRequest) -> Iterator[Venue]:
    before = anvil.snapshot()
    yield Venue(anvil, **getattr(request, "param", {}))
    anvil.revert(before)


def health_agrees(venue: Venue, dollars: int) -> None:
    """The mirror says of everybody what the contracts say."""
    people = [venue.buyer, venue.writer]
    rows = [venue.adapter.book.index[who] for who in people]
    on_chain = venue.adapter.health(venue.driver.view, people)
    mirrored = venue.adapter.health_at(np.array([float(dollars), 60_000.0]), venue.driver.now_s - 1)
    assert mirrored.equity_usd[rows] == pytest.approx(on_chain.equity_usd, rel=1e-9)
    assert mirrored.maintenance_usd[rows] == pytest.approx(on_chain.maintenance_usd, rel=1e-9)
    assert (on_chain.notional_usd > 0).tolist() == (mirrored.notional_usd[rows] > 0).tolist()


def test_the_switch_deploys_options_and_says_so(venue: Venue) -> None:
    assert venue.adapter.capabilities.options
    assert {"OptionMarket", "VolSurface", "PortfolioMargin"} <= set(venue.adapter.bytecode_hashes())
    assert [len(venue.adapter.options.series(market)) for market in ("ETH", "BTC")] == [20, 20]
    assert venue.adapter.book.cash_wad[venue.adapter.book.index[OPTION_VAULT]] == wad(2_000_000)


def test_a_trade_costs_what_the_quote_says_and_the_mirror_follows(venue: Venue) -> None:
    facet, series = venue.adapter.options, venue.at_the_money(far=True)
    quote = facet.quote(venue.driver.view, "ETH", series.series_id, wad(5))
    (traded,) = [
        event
        for event in venue.do(venue.buyer, facet.trade("ETH", series.series_id, wad(5), 2**200))
        if isinstance(event, events.OptionTraded)
    ]
    assert traded.price_wad * 5 == pytest.approx(quote.premium_wad, rel=1e-5)
    assert traded.fee_wad == pytest.approx(quote.fee_wad, rel=1e-5)
    assert traded.volatility_wad / WAD == pytest.approx(quote.volatility, rel=1e-5)
    venue.do(venue.writer, facet.trade("ETH", series.series_id, -wad(3), 0))
    assert facet.held(venue.buyer, "ETH") == {series.series_id: wad(5)}
    assert facet.held(venue.writer, "ETH") == {series.series_id: -wad(3)}
    health_agrees(venue, 3_000)
    venue.push(3_150)
    health_agrees(venue, 3_150)
    accounts = [venue.buyer, venue.writer]
    on_chain = venue.adapter.accounts_on_chain(venue.driver.view, accounts)
    book = venue.adapter.book
    assert [account.cash_wad for account in on_chain] == [
        book.cash_wad[book.index[who]] for who in accounts
    ]
    bought, written = facet.greeks(venue.driver.view, accounts, "ETH")
    assert bought.delta / written.delta == pytest.approx(-5 / 3)
    assert bought.theta < 0 < written.theta


def test_a_publisher_moves_volatility_inside_its_bounds(venue: Venue) -> None:
    facet = venue.adapter.options
    for asked, kept in ((1.2, "1.2"), (9.0, "2.0")):
        venue.later(60)
        found = venue.do(venue.deployer, facet.push_volatility("ETH", asked, venue.driver.now_s))
        (updated,) = [e for e in found if isinstance(e, events.VolatilityUpdated)]
        assert updated.base_wad == wad(kept)


@pytest.mark.parametrize(
    ("venue", "source"),
    [({}, "last_round"), ({"expiry_price": "landing"}, "landing")],
    indirect=["venue"],
)
def test_an_expiry_is_settled_as_the_switch_says(venue: Venue, source: str) -> None:
    facet, series = venue.adapter.options, venue.at_the_money(far=False)
    venue.do(venue.buyer, facet.trade("ETH", series.series_id, wad(5), 2**200))
    venue.do(venue.writer, facet.trade("ETH", series.series_id, -wad(3), 0))
    venue.push(3_300)
    venue.later(series.expiry_s - venue.driver.now_s + 5)
    venue.push(3_400)
    (fixed,) = [
        event
        for event in venue.do(venue.keeper, facet.settle_series("ETH", series.expiry_s))
        if isinstance(event, events.ExpiryPriceFixed)
    ]
    price = 3_300 if source == "last_round" else 3_400
    assert (fixed.market, fixed.source, fixed.price_wad) == ("ETH", source, wad(price))
    health_agrees(venue, 3_400)
    accounts = [venue.buyer, venue.writer, venue.keeper]
    found = venue.do(venue.keeper, facet.settle_accounts("ETH", accounts))
    settled = [event for event in found if isinstance(event, events.OptionSettled)]
    gain = price - 3_000
    assert [event.paid_wad for event in settled] == [wad(5) * gain, -wad(3) * gain]
    assert facet.held(venue.buyer, "ETH") == {} == facet.held(venue.writer, "ETH")
    health_agrees(venue, 3_400)


def test_a_writer_in_trouble_is_closed_by_a_keeper(venue: Venue) -> None:
    facet, series = venue.adapter.options, venue.at_the_money(far=True)
    venue.do(venue.writer, facet.trade("ETH", series.series_id, -wad(25), 0))
    venue.push(3_700)
    health = venue.adapter.health(venue.driver.view, [venue.writer])
    assert health.liquidatable.tolist() == [True]
    found = venue.do(venue.keeper, facet.liquidate(venue.writer, "ETH", series.series_id))
    (closed,) = [event for event in found if isinstance(event, events.OptionLiquidated)]
    assert closed.keeper == venue.keeper
    assert closed.closed_wad > 0
    assert closed.reward_wad > 0
    health_agrees(venue, 3_700)


def test_an_account_may_choose_scenario_margin(venue: Venue) -> None:
    facet = venue.adapter.options
    low, high = (
        next(s for s in facet.series("ETH")[10:] if s.is_call and s.strike_wad == wad(strike))
        for strike in (3_000, 3_300)
    )
    venue.do(venue.writer, facet.trade("ETH", low.series_id, -wad(5), 0))
    venue.do(venue.writer, facet.trade("ETH", high.series_id, wad(5), 2**200))
    before = venue.adapter.health(venue.driver.view, [venue.writer]).maintenance_usd[0]
    venue.do(venue.writer, facet.choose_margin(portfolio=True))
    after = venue.adapter.health(venue.driver.view, [venue.writer]).maintenance_usd[0]
    assert after < before


@pytest.mark.parametrize("venue", [{"oracle": "pull"}], indirect=True)
def test_a_withdrawal_of_who_holds_positions_brings_the_pulled_price(venue: Venue) -> None:
    """The price in force is too old by then: without a newer one the margin cannot be checked."""
    series = venue.at_the_money(far=True)
    trade = venue.adapter.options.trade("ETH", series.series_id, wad(1), 2**200)
    venue.do(venue.buyer, trade)
    venue.later(600)
    for market, dollars in (("ETH", 3_010), ("BTC", 60_000)):
        venue.adapter.push_price(market, dollars * FEED, venue.driver.now_s)
    venue.do(venue.deployer, venue.adapter.options.push_volatility("ETH", 0.8, venue.driver.now_s))
    found = venue.do(venue.buyer, venue.adapter.cash.withdraw(venue.buyer, wad(100)))
    kinds = [type(event) for event in found]
    assert kinds.index(events.PriceUpdated) < kinds.index(events.Withdrawn)
    free = venue.adapter.cash.withdraw(venue.writer, wad(100))
    assert free.gas_limit < 500_000, "who holds nothing needs no price"


def test_without_the_switch_nothing_of_it_is_there(anvil: AnvilNode) -> None:
    parameters = ReferenceParameters()
    adapter = ReferenceAdapter(parameters, markets=["ETH"], artifacts=load_artifacts())
    assert adapter.options is None
