"""The protocol deployed by ape, with its people by role; ape isolates every test by a snapshot."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import ape
import pytest
from ape.utils import ZERO_ADDRESS

from floodline.foundation.units import FEED, wad
from floodline.protocols.reference.profiles import BASE, asset_id

# In a checkout below the system's temporary folder ape copies the dependencies' sources into the
# project, leaves them there, and at the next run takes them for the project's own and stops at 500.
shutil.rmtree(Path(__file__).parents[2] / "contracts" / ".cache", ignore_errors=True)

USDC = 10**6
ETH = asset_id("ETH")
BTC = asset_id("BTC")
ETH_PRICE = 3_000 * FEED
BTC_PRICE = 60_000 * FEED
ANY, DEFAULT, STRICT = 0, 1, 2
NO_LIMIT = 2**200


@pytest.fixture(scope="session", autouse=True)
def second_by_second(chain):
    """Put one second between blocks: by the clock on the wall it is chance whether any passes."""
    chain.provider.make_request("anvil_setBlockTimestampInterval", [1])


@pytest.fixture(scope="session")
def owner(accounts):
    return accounts[0]


@pytest.fixture(scope="session")
def oracle_publisher(accounts):
    return accounts[1]


@pytest.fixture(scope="session")
def trader(accounts):
    return accounts[2]


@pytest.fixture(scope="session")
def other_trader(accounts):
    return accounts[3]


@pytest.fixture(scope="session")
def keeper(accounts):
    return accounts[4]


@pytest.fixture(scope="session")
def liquidity_provider(accounts):
    return accounts[5]


@pytest.fixture(scope="session")
def stranger(accounts):
    return accounts[6]


@pytest.fixture(scope="session")
def deploy(project, owner):
    """Deploy a contract of the project by name."""

    def by_name(name, *arguments):
        return owner.deploy(getattr(project, name), *arguments)

    return by_name


@pytest.fixture(scope="session")
def venue(chain, deploy, owner, oracle_publisher, trader, other_trader, liquidity_provider):
    """The whole protocol with the base profile: one deployment for all tests, each isolated."""
    profile = BASE
    usdc = deploy("MockUSDC")
    hub = deploy("OracleHub")
    feeds = {}
    for name, price in (("ETH", ETH_PRICE), ("BTC", BTC_PRICE)):
        feed = deploy(
            "PushFeed",
            f"{name} / USD",
            *profile.oracle.bounds_e8(price),
            profile.oracle.heartbeat.value,
            profile.oracle.deviation.value,
            [oracle_publisher],
        )
        configuration = profile.oracle.asset_configuration(feed.address, price)
        hub.configureAsset(asset_id(name), tuple(configuration), sender=owner)
        feed.transmit(price, chain.blocks.head.timestamp, sender=oracle_publisher)
        feeds[name] = feed
    house = deploy("ClearingHouse", usdc, profile.gate_seconds.value)
    fund = deploy("InsuranceFund", house)
    waterfall = deploy("LossWaterfall", house, profile.vault_loss_share.value)
    keeper_pay = tuple(profile.keeper.parameters(ETH))
    engine = deploy("LiquidationEngine", house, hub, waterfall, keeper_pay)
    house.setCounterparty(liquidity_provider, sender=owner)
    house.setInsuranceFund(fund, sender=owner)
    for contract in (waterfall, engine):
        house.setEngine(contract, True, sender=owner)
    markets = {}
    for name, parameters in profile.markets.items():
        market = deploy("PerpMarket", house, hub, asset_id(name), tuple(parameters.parameters()))
        house.registerProduct(market, ZERO_ADDRESS, sender=owner)
        engine.setLiquidationParameters(
            market, tuple(profile.liquidation.parameters()), sender=owner
        )
        markets[name] = market
    lens = deploy("Lens", house, hub, engine)
    for person in (owner, trader, other_trader, liquidity_provider):
        usdc.mint(person, 100_000_000 * USDC, sender=owner)
        usdc.approve(house, 2**256 - 1, sender=person)
    house.deposit(20_000_000 * USDC, sender=liquidity_provider)
    house.depositFor(fund, 10_000 * USDC, sender=owner)
    return SimpleNamespace(
        usdc=usdc,
        hub=hub,
        feed=feeds["ETH"],
        btc_feed=feeds["BTC"],
        house=house,
        fund=fund,
        engine=engine,
        waterfall=waterfall,
        market=markets["ETH"],
        btc_market=markets["BTC"],
        lens=lens,
        profile=profile,
    )


@pytest.fixture
def later(chain):
    """Let seconds pass by a mined block; returns its timestamp, the newest that has been."""

    def wait(seconds=2):
        now = chain.blocks.head.timestamp + seconds
        chain.mine(timestamp=now)
        return now

    return wait


@pytest.fixture
def push_price(later, venue, oracle_publisher):
    """Publish a price in dollars, observed just now; returns when."""

    def push(dollars, feed=None):
        observed = later()
        chosen = feed if feed is not None else venue.feed
        chosen.transmit(int(dollars * FEED), observed, sender=oracle_publisher)
        return observed

    return push


@pytest.fixture
def long_trader(venue, trader):
    """The trader with 10,000 dollars and 30 ETH long: nine times leverage."""
    venue.house.deposit(10_000 * USDC, sender=trader)
    venue.market.trade(wad(30), NO_LIMIT, sender=trader)
    return trader


@pytest.fixture(autouse=True)
def _no_leftover_transactions(chain):
    """Isolation restores the state, not the mempool."""
    yield
    chain.provider.make_request("anvil_dropAllTransactions", [])


def event_of(receipt, event):
    """Return the only event of a kind in a receipt."""
    (found,) = receipt.decode_logs(event)
    return found


reverts = ape.reverts
