"""AllOrNothingFund: bad practice on purpose, held to what it is meant to show."""

import pytest
from conftest import USDC, reverts

from floodline.foundation.units import wad

DEFICIT_COVER = 4


@pytest.fixture
def fund(venue, deploy, owner, stranger):
    """A fund with 100 dollars of a house in which a stranger is an engine."""
    house = deploy("ClearingHouse", venue.usdc, 0)
    contract = deploy("AllOrNothingFund", house)
    house.setInsuranceFund(contract, sender=owner)
    house.setEngine(stranger, True, sender=owner)
    venue.usdc.approve(house, 100 * USDC, sender=owner)
    house.depositFor(contract, 100 * USDC, sender=owner)
    return contract


def test_it_pays_what_it_has_whole(fund, stranger, trader):
    fund.cover(trader, wad(60), DEFICIT_COVER, sender=stranger)
    assert fund.available() == wad(40)


def test_it_reverts_for_a_dollar_too_many(fund, stranger, trader):
    with reverts(fund.InsufficientFund, requested=wad(101), available=wad(100)):
        fund.cover(trader, wad(101), DEFICIT_COVER, sender=stranger)


def test_only_engines_draw_on_it(fund, trader):
    with reverts(fund.Unauthorized, caller=trader.address):
        fund.cover(trader, wad(1), DEFICIT_COVER, sender=trader)
