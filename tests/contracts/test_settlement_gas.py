"""What orders in two steps and auctions cost, against committed tables and the hard bounds."""

import pytest
from conftest import NO_LIMIT, USDC, event_of
from test_async_orders import RULES as ORDER_RULES
from test_gas_and_size import MAX_RUNTIME, compare
from test_portfolio_auction import RULES as AUCTION_RULES

from floodline.foundation.units import WAD, wad

LARGEST_LIQUIDATION = 5_000_000


@pytest.fixture
def modules(venue, deploy, owner):
    orders = deploy("AsyncOrders", venue.house, venue.hub, tuple(ORDER_RULES))
    auction = deploy(
        "PortfolioAuction", venue.house, venue.hub, venue.waterfall, tuple(AUCTION_RULES)
    )
    for module in (orders, auction):
        venue.house.setEngine(module, True, sender=owner)
    return orders, auction


def test_runtime_sizes_of_orders_and_auctions_fit_a_block(project):
    contracts = project.load_contracts()
    sizes = {
        name: len(contracts[name].get_runtime_bytecode() or b"")
        for name in ("AsyncOrders", "PortfolioAuction")
    }
    assert all(0 < size <= MAX_RUNTIME for size in sizes.values())
    compare("settlement_code_size.csv", ("contract", "runtime_bytes"), sizes)


def test_gas_of_orders_and_auctions_has_not_moved(
    modules, venue, trader, other_trader, keeper, push_price, later
):
    orders, auction = modules
    gas = {}
    venue.house.deposit(30_000 * USDC, sender=trader)
    venue.house.deposit(500_000 * USDC, sender=other_trader)
    receipt = orders.commit(venue.market, wad(1), NO_LIMIT, wad(60), sender=other_trader)
    gas["AsyncOrders.commit"] = receipt.gas_used
    later(20)
    gas["AsyncOrders.settle open"] = orders.settle(other_trader, sender=keeper).gas_used
    orders.commit(venue.market, wad(1), NO_LIMIT, wad(60), sender=other_trader)
    later(20)
    gas["AsyncOrders.settle grow"] = orders.settle(other_trader, sender=keeper).gas_used
    orders.commit(venue.market, wad(1), NO_LIMIT, wad(60), sender=other_trader)
    later(200)
    gas["AsyncOrders.expire"] = orders.expire(other_trader, sender=keeper).gas_used
    orders.commit(venue.market, wad(1), wad(1), wad(60), sender=other_trader)
    later(20)
    gas["AsyncOrders.cancel by a keeper"] = orders.cancel(other_trader, sender=keeper).gas_used

    venue.market.trade(wad(50), NO_LIMIT, sender=trader)
    venue.btc_market.trade(wad(2), NO_LIMIT, sender=trader)
    push_price(2_550)
    gas["PortfolioAuction.start"] = auction.start(trader, sender=keeper).gas_used
    later(30)
    part = auction.bid(trader, wad("0.1"), NO_LIMIT, sender=other_trader)
    gas["PortfolioAuction.bid part of two legs"] = part.gas_used
    push_price(2_300)
    gas["PortfolioAuction.reset"] = auction.reset(trader, sender=keeper).gas_used
    later(30)
    whole = auction.bid(trader, WAD, NO_LIMIT, sender=other_trader)
    assert event_of(whole, auction.AuctionEnded).emptied
    gas["PortfolioAuction.bid whole with deficit"] = whole.gas_used
    liquidations = [used for entry, used in gas.items() if entry.startswith("PortfolioAuction")]
    assert max(liquidations) < LARGEST_LIQUIDATION
    compare("settlement_gas.csv", ("entry_point", "gas"), gas)
