"""CarriesPrices: the caller brings prices and stays the caller."""

from types import SimpleNamespace

import eth_abi as abi
import pytest
from conftest import ANY, ETH, ETH_PRICE, NO_LIMIT, STRICT, USDC, event_of, reverts

from floodline.chain.accounts import AccountBook
from floodline.foundation.units import FEED, wad
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice

FEE = 1_000
SIGNERS = AccountBook(3).accounts("price signer", 13)


@pytest.fixture
def pulled(chain, deploy, venue, owner, stranger):
    """A market of its own on a pull feed of thirteen signers, with its engine and its lens."""
    feed = deploy("PullFeed", "ETH / USD", [one.address for one in SIGNERS], 13, FEE, 180)
    hub = deploy("OracleHub")
    configuration = venue.profile.oracle.asset_configuration(feed.address, ETH_PRICE)
    hub.configureAsset(ETH, tuple(configuration._replace(max_age_strict=60)), sender=owner)
    keeper = tuple(venue.engine.keeperParameters())
    market = deploy("CarryingPerpMarket", venue.house, hub, ETH, tuple(venue.market.parameters()))
    venue.house.registerProduct(market, "0x" + "00" * 20, sender=owner)
    signers = PriceSigners(SIGNERS, bytes.fromhex(feed.address[2:]), chain.chain_id)
    feed.prepay(market, sender=stranger, value=100 * FEE)
    return SimpleNamespace(feed=feed, hub=hub, market=market, signers=signers, keeper=keeper)


@pytest.fixture
def signed(pulled, later):
    """A price update of now."""

    def sign(dollars):
        now = later()
        price = SignedPrice(int(dollars * FEED), FEED, now, now - 1)
        return ETH, tuple(price), pulled.signers.sign(price)

    return sign


def test_a_trader_brings_the_price_and_trades_as_himself(pulled, venue, signed, trader):
    venue.house.deposit(10_000 * USDC, sender=trader)
    trade = pulled.market.trade.encode_input(wad(10), NO_LIMIT)
    receipt = pulled.market.withPrices([signed(2_950)], trade, sender=trader)
    traded = event_of(receipt, pulled.market.Traded)
    assert (traded.account, traded.oraclePrice) == (trader.address, wad(2_950))
    assert pulled.market.positionOf(trader).size == wad(10)
    assert pulled.feed.creditOf(pulled.market) == 99 * FEE
    assert pulled.hub.price(ETH, STRICT) == wad(2_950)


def test_what_the_call_refuses_is_refused_with_its_own_words(pulled, venue, signed, trader):
    venue.house.deposit(10_000 * USDC, sender=trader)
    trade = pulled.market.trade.encode_input(wad(10), 1)
    with reverts(pulled.market.AcceptablePriceExceeded, limit=1):
        pulled.market.withPrices([signed(2_950)], trade, sender=trader)
    assert pulled.feed.latestRound() == 0, "the price went with the call"
    owners = pulled.market.setParameters.encode_input(tuple(venue.market.parameters()))
    with reverts(pulled.market.OwnableUnauthorizedAccount):
        pulled.market.withPrices([], owners, sender=trader)


def test_a_keeper_finds_out_and_liquidates_with_one_signed_price(
    pulled, venue, deploy, signed, trader, keeper, owner, stranger
):
    engine = deploy("CarryingLiquidationEngine", *engine_arguments(venue, pulled))
    venue.house.setEngine(engine, True, sender=owner)
    rules = tuple(venue.engine.liquidationParameters(venue.market))
    engine.setLiquidationParameters(pulled.market, rules, sender=owner)
    lens = deploy("CarryingLens", venue.house, pulled.hub, engine)
    for consumer in (engine, lens):
        pulled.feed.prepay(consumer, sender=stranger, value=100 * FEE)
    venue.house.deposit(10_000 * USDC, sender=trader)
    trade = pulled.market.trade.encode_input(wad(30), NO_LIMIT)
    pulled.market.withPrices([signed(3_000)], trade, sender=trader)
    update = signed(2_750)
    health = lens.health.encode_input([trader.address])
    seen = lens.withPrices.call([update], health)
    kinds = ["int256[]", "uint256[]", "uint256[]", "int256[]"]
    equity, maintenance, *_ = abi.decode(kinds, bytes(seen))
    assert equity[0] < maintenance[0]
    assert lens.health([trader])[0][0] > lens.health([trader])[1][0], "nothing was stored"
    call = engine.liquidate.encode_input(trader, pulled.market)
    receipt = engine.withPrices([update], call, sender=keeper)
    assert event_of(receipt, engine.Liquidated).keeper == keeper.address
    with reverts(engine.NotLiquidatable):
        engine.withPrices([update], call, sender=keeper)


def test_no_call_carries_more_than_eight_prices(pulled, signed, trader):
    update = signed(3_000)
    with reverts(pulled.market.TooManyUpdates, given=9, limit=8):
        pulled.market.withPrices([update] * 9, b"", sender=trader)
    assert pulled.hub.price(ETH, ANY) == 0


def engine_arguments(venue, pulled):
    """The constructor's arguments, whatever else the engine asks for after the hub."""
    return (venue.house, pulled.hub, venue.waterfall, pulled.keeper)
