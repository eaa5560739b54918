"""What anybody can know of the reference protocol: calldata, fills, claims and what backs them."""

from types import SimpleNamespace

import pytest

from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.events import (
    CashMoved,
    DeficitRecorded,
    DeficitRepaired,
    Deposited,
    PositionChanged,
    Withdrawn,
)
from floodline.protocols.interface import Call
from floodline.protocols.reference.deploy_site import Interfaces
from floodline.protocols.reference.facet_calldata import PublicCalldata
from floodline.protocols.reference.facet_cash import LedgerDesk
from floodline.protocols.reference.facet_margins import Stewardship
from floodline.protocols.reference.profiles import BASE
from floodline.toolchain.compile import load_artifacts

MARKET, ORDERS, AUCTION, HOUSE = (bytes([n]) * 20 for n in (1, 2, 3, 4))
FUND, BACKER, SOMEBODY, ANOTHER = (bytes([n]) * 20 for n in (5, 6, 7, 8))


DEPLOYED = SimpleNamespace(
    markets={"ETH": MARKET},
    orders=ORDERS,
    auction=AUCTION,
    house=HOUSE,
    fund=FUND,
    counterparty=BACKER,
)
"""Addresses of a deployment that never was."""


@pytest.fixture(scope="module")
def interfaces():
    return Interfaces(load_artifacts())


@pytest.fixture
def book():
    return Book(["ETH"])


@pytest.fixture
def public(interfaces, book):
    return PublicCalldata(DEPLOYED, BASE, interfaces, lambda: book)


def call(to, data, kind="open"):
    return Call(to, data, 500_000, kind, market="ETH")


# ---- calldata --------------------------------------------------------------------------------


def test_a_trade_and_a_commitment_are_read_as_orders(public, interfaces):
    trade = interfaces["PerpMarket"].encode("trade", -2 * WAD, 2_990 * WAD)
    found = public.order(call(MARKET, trade))
    assert (found.market, found.size_delta_wad, found.acceptable_price_wad) == (
        *("ETH", -2 * WAD, 2_990 * WAD),
    )
    commit = interfaces["AsyncOrders"].encode("commit", MARKET, 5 * WAD, 3_030 * WAD, 60 * WAD)
    assert public.order(call(ORDERS, commit)).size_delta_wad == 5 * WAD


def test_an_order_inside_a_call_that_brings_prices_is_read_too(public, interfaces):
    trade = interfaces["PerpMarket"].encode("trade", WAD, 3_000 * WAD)
    wrapped = interfaces["CarriesPrices"].encode("withPrices", [], trade)
    assert public.order(call(MARKET, wrapped)).size_delta_wad == WAD
    assert public.bare(call(MARKET, wrapped)).data == trade
    assert public.bare(call(MARKET, trade)).data == trade


def test_what_is_no_order_is_not_taken_for_one(public, interfaces):
    settle = interfaces["AsyncOrders"].encode("settle", SOMEBODY)
    assert public.order(call(ORDERS, settle)) is None
    trade = interfaces["PerpMarket"].encode("trade", WAD, 3_000 * WAD)
    assert public.order(call(SOMEBODY, trade)) is None
    assert public.order(call(MARKET, trade[:20])) is None
    assert public.order(call(MARKET, b"")) is None


def test_updates_and_bids_are_read(public, interfaces):
    push = interfaces["PushFeed"].encode("transmit", 2_970 * 10**8, 17)
    assert public.price(call(SOMEBODY, push, "push_price")).price_e8 == 2_970 * 10**8
    update = interfaces["PullFeed"].encode("update", (2_980 * 10**8, 5, 17, 16), b"")
    assert public.price(call(SOMEBODY, update, "push_price")).price_e8 == 2_980 * 10**8
    poke = interfaces["TwapFeed"].encode("poke")
    assert public.price(call(SOMEBODY, poke, "push_price")) is None
    bid = interfaces["PortfolioAuction"].encode("bid", SOMEBODY, WAD // 2, -7 * WAD)
    found = public.bid(call(AUCTION, bid, "bid_auction"))
    assert (found.account, found.share_wad, found.limit_wad) == (SOMEBODY, WAD // 2, -7 * WAD)
    assert public.bid(call(MARKET, bid)) is None


def position(account, size):
    return PositionChanged(0, 0, account, "ETH", size * WAD, 3_000 * WAD, 0, 0, 0, 0)


def test_fills_and_fees_are_those_of_the_worked_numbers(public, book):
    assert public.fill_usd("ETH", 100, 3_000) == pytest.approx(3_000.5)
    assert public.fill_usd("ETH", 100, 3_000, ahead=300) == pytest.approx(3_003.5)
    book.apply([position(SOMEBODY, -40)])
    assert public.fee_usd("ETH", 100, 3_000) == pytest.approx(60 * 3_000 * 5e-4)
    assert public.fee_usd("ETH", -100, 3_000) == pytest.approx(100 * 3_000 * 5e-4)


# ---- claims ----------------------------------------------------------------------------------


@pytest.fixture
def ledger(interfaces, book):
    return LedgerDesk(
        DEPLOYED, interfaces["ClearingHouse"], lambda: book, lambda call, _account: call
    )


def test_a_claim_pays_what_assets_cover(ledger, book):
    book.apply([Deposited(0, 0, SOMEBODY, 100 * WAD)])
    assert ledger.exchange_rate() == 1
    book.apply([DeficitRecorded(0, 1, ANOTHER, 25 * WAD), CashMoved(0, 2, ANOTHER, BACKER, 0, "")])
    assert ledger.exchange_rate() == pytest.approx(100 / 125)
    book.apply([Withdrawn(0, 3, SOMEBODY, 40 * WAD, 40 * WAD)])
    assert ledger.exchange_rate() == pytest.approx(60 / 85)
    assert ledger.balance_wad(SOMEBODY) == 60 * WAD


def test_a_counterparty_in_debt_backs_nothing(ledger, book):
    book.apply(
        [Deposited(0, 0, SOMEBODY, 90 * WAD), CashMoved(0, 1, BACKER, SOMEBODY, 10 * WAD, "")]
    )
    assert ledger.exchange_rate() == pytest.approx(0.9)


def test_the_hole_is_what_was_recorded_and_not_repaired(ledger):
    ledger.take([DeficitRecorded(0, 0, SOMEBODY, 30 * WAD)])
    before = ledger.checkpoint()
    ledger.take([DeficitRepaired(0, 1, SOMEBODY, 10 * WAD)])
    assert ledger.hole_usd() == 20
    ledger.restore(before)
    assert ledger.hole_usd() == 30


def test_a_withdrawal_asks_for_whole_token_units(ledger, interfaces):
    data = ledger.withdraw(b"w" * 20, 1_500_000_999_999_999_999).data
    assert interfaces["ClearingHouse"].decode_input("withdraw", data) == [1_500_000]


# ---- margins ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "initial", "scalar"), [(2, "0.1", "0.3"), (1, "0.05", "0.6"), (50, "1", "0.03")]
)
def test_raised_margins_leave_maintenance_as_it_was(interfaces, factor, initial, scalar):
    parameters = {"ETH": BASE.market_parameters("ETH")}
    markets = {"ETH": MARKET}
    stewardship = Stewardship(markets, parameters, interfaces["PerpMarket"], lambda _name: 0.1)
    data = stewardship.raise_initial("ETH", factor).data
    (given,) = interfaces["PerpMarket"].decode_input("setParameters", data)
    assert given["minInitialRatio"] == int(float(initial) * WAD)
    assert given["maintenanceScalar"] == int(float(scalar) * WAD)
    assert stewardship.in_force("ETH") == pytest.approx(2)
