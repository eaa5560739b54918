"""The dearest liquidations there are: twelve legs under scenario margin, two signed prices carried.

A perpetual in each of two markets and ten written options of ten series, on pull feeds of thirteen
signers; the bidder who takes them all is margined by scenarios too.
"""

from types import SimpleNamespace

import pytest
from conftest import BTC, BTC_PRICE, ETH, ETH_PRICE, NO_LIMIT, USDC, event_of
from option_venue import add_options
from test_gas_and_size import compare
from test_portfolio_auction import RULES

from floodline.chain.accounts import AccountBook
from floodline.foundation.units import FEED, WAD, wad
from floodline.protocols.reference.profile_options import SURFACE
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice

FEE = 1_000
SIGNERS = AccountBook(3).accounts("price signer", 13)
LARGEST_LIQUIDATION = 5_000_000
NOBODY = "0x" + "00" * 20


@pytest.fixture
def floor(chain, deploy, venue, owner, oracle_publisher, accounts, stranger, later):
    """Everything on pull feeds, in the house that is there."""
    hub = deploy("OracleHub")
    feeds, markets = {}, {}
    for asset, name, price, market in (
        (ETH, "ETH / USD", ETH_PRICE, venue.market),
        (BTC, "BTC / USD", BTC_PRICE, venue.btc_market),
    ):
        feed = deploy("PullFeed", name, [one.address for one in SIGNERS], 13, FEE, 180)
        configuration = venue.profile.oracle.asset_configuration(feed.address, price)
        hub.configureAsset(asset, tuple(configuration), sender=owner)
        markets[asset] = deploy(
            "CarryingPerpMarket", venue.house, hub, asset, tuple(market.parameters())
        )
        venue.house.registerProduct(markets[asset], NOBODY, sender=owner)
        feeds[asset] = feed
    keeper_pay = tuple(venue.engine.keeperParameters())
    engine = deploy("CarryingLiquidationEngine", venue.house, hub, venue.waterfall, keeper_pay)
    auction = deploy("CarryingPortfolioAuction", venue.house, hub, venue.waterfall, tuple(RULES))
    rules = tuple(venue.engine.liquidationParameters(venue.market))
    for asset, market in markets.items():
        engine.setLiquidationParameters(market, rules, sender=owner)
        for consumer in (*markets.values(), engine, auction):
            feeds[asset].prepay(consumer, sender=stranger, value=100 * FEE)
    for module in (engine, auction):
        venue.house.setEngine(module, True, sender=owner)
    pulled = SimpleNamespace(**{**vars(venue), "hub": hub, "engine": engine})
    now = chain.blocks.head.timestamp
    found = add_options(pulled, deploy, owner, oracle_publisher, accounts[8], now)

    def signed(ether, bitcoin):
        """Both prices, published now."""
        at = later()
        prices = []
        for asset, dollars in ((ETH, ether), (BTC, bitcoin)):
            price = SignedPrice(dollars * FEED, FEED, at, at - 1)
            signers = PriceSigners(SIGNERS, bytes.fromhex(feeds[asset].address[2:]), chain.chain_id)
            prices.append((asset, tuple(price), signers.sign(price)))
        return prices

    return SimpleNamespace(
        **{**vars(found), "perps": markets, "engine": engine, "auction": auction, "signed": signed}
    )


def bring(floor, contract, function, *arguments, prices, sender):
    """Call a function of a contract with the prices that it needs."""
    call = getattr(contract, function).encode_input(*arguments)
    return contract.withPrices(prices, call, sender=sender)


@pytest.fixture
def largest(floor, trader):
    """Ten options written, a perpetual in each market, margined by scenarios."""
    floor.house.deposit(11_000 * USDC, sender=trader)
    calm = floor.signed(3_000, 60_000)
    perp, other = floor.perps[ETH], floor.perps[BTC]
    bring(floor, perp, "trade", -wad(1), 0, prices=calm, sender=trader)
    bring(floor, other, "trade", -wad("0.05"), 0, prices=[], sender=trader)
    for index in range(10):
        floor.options.trade(index, -wad("0.5"), 0, sender=trader)
    floor.house.setPortfolioMargin(True, sender=trader)
    return trader


def test_the_largest_account_is_liquidated_within_five_million_gas(
    floor, largest, keeper, other_trader, oracle_publisher, later, chain
):
    """A chunk where some equity is left, an auction of all of it where none is."""
    gas = {}
    floor.house.deposit(300_000 * USDC, sender=other_trader)
    floor.house.setPortfolioMargin(True, sender=other_trader)
    floor.surface.push(tuple(SURFACE.start()), later(), sender=oracle_publisher)

    with chain.isolate():
        crash = floor.signed(5_500, 60_000)
        call = (floor.engine, "liquidate", largest, floor.perps[BTC])
        chunk = bring(floor, *call, prices=crash, sender=keeper)
        assert event_of(chunk, floor.engine.Liquidated).sizeClosed > 0
    gas["LiquidationEngine.liquidate, twelve legs, two prices carried"] = chunk.gas_used

    crash = floor.signed(6_800, 60_000)
    started = bring(floor, floor.auction, "start", largest, prices=crash, sender=keeper)
    gas["PortfolioAuction.start, twelve legs, two prices carried"] = started.gas_used
    call = (floor.auction, "bid", largest, WAD, NO_LIMIT)
    sold = bring(floor, *call, prices=floor.signed(6_801, 60_001), sender=other_trader)
    assert event_of(sold, floor.auction.AuctionBid).share == WAD
    assert event_of(sold, floor.auction.AuctionEnded).emptied
    assert int(floor.options.heldSeries(other_trader)).bit_count() == 10
    gas["PortfolioAuction.bid, twelve legs, two prices carried"] = sold.gas_used
    assert max(gas.values()) < LARGEST_LIQUIDATION
    compare("gas_largest_account.csv", ("entry_point", "gas"), gas)
