"""What options cost in gas and how large their contracts are, against committed tables."""

import pytest
from conftest import DEFAULT, ETH, NO_LIMIT, USDC
from option_venue import add_options
from test_gas_and_size import MAX_RUNTIME, compare

from floodline.foundation.units import wad
from floodline.protocols.reference.profile_options import SURFACE

CONTRACTS = (
    "ExpiryPrices",
    "OptionLens",
    "OptionLiquidator",
    "OptionMarket",
    "PortfolioMargin",
    "VolSurface",
)
MAX_LIQUIDATION_GAS = 5_000_000
MAX_MARGIN_GAS = 1_500_000


@pytest.fixture
def floor(venue, deploy, owner, oracle_publisher, accounts, chain):
    now = chain.blocks.head.timestamp
    return add_options(venue, deploy, owner, oracle_publisher, accounts[8], now)


def test_option_contracts_fit_and_have_not_moved(project):
    sizes = {
        name: len(project.load_contracts()[name].get_runtime_bytecode() or b"")
        for name in CONTRACTS
    }
    assert all(0 < size <= MAX_RUNTIME for size in sizes.values())
    compare("code_size_options.csv", ("contract", "runtime_bytes"), sizes)


def test_gas_of_options_has_not_moved_and_the_largest_account_can_be_liquidated(
    floor, owner, trader, other_trader, keeper, stranger, oracle_publisher, push_price, later
):
    gas = {}

    def measure(entry, receipt):
        gas[entry] = receipt.gas_used

    def write_ten(person):
        """Ten writes, a perpetual in each market: the most legs that scenario margin takes."""
        for index in range(10):
            floor.options.trade(index, -wad("0.5"), 0, sender=person)
        floor.market.trade(-wad(1), 0, sender=person)
        floor.btc_market.trade(-wad("0.05"), 0, sender=person)

    floor.house.deposit(20_000 * USDC, sender=trader)
    floor.house.deposit(11_000 * USDC, sender=other_trader)
    measure("OptionMarket.trade buy", floor.options.trade(11, wad(1), NO_LIMIT, sender=trader))
    measure("OptionMarket.trade close", floor.options.trade(11, -wad(1), 0, sender=trader))
    measure("OptionMarket.trade write", floor.options.trade(11, -wad(1), 0, sender=trader))
    floor.options.trade(11, wad(1), NO_LIMIT, sender=trader)
    write_ten(other_trader)
    legs = floor.options.trade(10, -wad("0.5"), 0, sender=other_trader)
    measure("OptionMarket.trade with twelve legs", legs)
    floor.options.trade(10, wad("0.5"), NO_LIMIT, sender=other_trader)
    chosen = floor.house.setPortfolioMargin(True, sender=other_trader)
    measure("ClearingHouse.setPortfolioMargin with twelve legs", chosen)
    gas["PortfolioMargin.requirement with twelve legs"] = (
        floor.margin.requirement.estimate_gas_cost(other_trader, DEFAULT)
    )
    floor.margin.setCapped(True, sender=owner)
    gas["PortfolioMargin.marginOf with twelve legs, capped"] = (
        floor.margin.marginOf.estimate_gas_cost(other_trader, DEFAULT, 10**30, 10**30)
    )
    floor.margin.setCapped(False, sender=owner)
    push_price(6_000)
    pushed = floor.surface.push(tuple(SURFACE.start()), later(), sender=oracle_publisher)
    measure("VolSurface.push", pushed)
    closed = floor.liquidator.liquidate(other_trader, floor.options, 0, sender=keeper)
    measure("OptionLiquidator.liquidate with twelve legs", closed)
    later(floor.expiry + 1 - floor.surface.observedAt())
    push_price(3_000)
    measure("ExpiryPrices.fixPrice", floor.expiries.fixPrice(ETH, floor.expiry, 128, sender=keeper))
    settled = floor.options.settleAccounts([other_trader], sender=stranger)
    measure("OptionMarket.settleAccounts nine legs", settled)
    assert gas["OptionLiquidator.liquidate with twelve legs"] < MAX_LIQUIDATION_GAS
    assert gas["PortfolioMargin.requirement with twelve legs"] < MAX_MARGIN_GAS
    assert gas["PortfolioMargin.marginOf with twelve legs, capped"] < MAX_MARGIN_GAS
    compare("gas_options.csv", ("entry_point", "gas"), gas)
