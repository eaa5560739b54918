"""Lens: the batched reads equal the contracts' own."""

from conftest import ANY, USDC

from floodline.foundation.units import WAD, wad


def test_health_and_positions_are_those_of_each_account(venue, long_trader, other_trader, keeper):
    venue.house.deposit(50_000 * USDC, sender=other_trader)
    venue.market.trade(-wad(10), 0, sender=other_trader)
    accounts = [long_trader, other_trader, keeper]
    equity, maintenance, initial, cash = venue.lens.health(accounts)
    sizes, prices, fundings = venue.lens.positions(accounts, venue.market)
    for index, account in enumerate(accounts):
        status = (equity[index], initial[index], maintenance[index])
        assert status == tuple(venue.house.status(account, ANY))
        assert cash[index] == venue.house.cashOf(account)
        position = (sizes[index], prices[index], fundings[index])
        assert position == tuple(venue.market.positionOf(account))


def test_reports_do_not_revert_on_a_stale_price(chain, venue, long_trader):
    chain.mine(timestamp=chain.blocks.head.timestamp + 10**6)
    assert venue.lens.health([long_trader])[1][0] > 0
    report = venue.lens.market(venue.market)
    assert report.price == wad(3_000)
    assert (report.skew, report.longSize, report.shortSize) == (wad(30), wad(30), 0)
    assert report.marketDebt == venue.market.marketDebt()
    assert report.fundingRate > 0 > report.fundingAccumulator


def test_solvency_shows_a_balanced_book(venue, long_trader):
    report = venue.lens.solvency()
    assert report.tokenBalance == venue.usdc.balanceOf(venue.house)
    assert report.tokenBalance * 10**12 == report.totalCash - report.recordedDeficit
    assert report.exchangeRate == WAD
    assert report.fundCash == venue.fund.available()
    assert report.counterpartyLocked == wad(9_000)
