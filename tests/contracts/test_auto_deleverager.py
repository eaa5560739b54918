"""LossWaterfall and AutoDeleverager: who waits, who gives, at which price."""

from types import SimpleNamespace

import pytest
from conftest import ANY, NO_LIMIT, USDC, event_of, reverts

from floodline.foundation.units import wad

QUEUE, PRO_RATA = 0, 1
WAIT_S = 60


@pytest.fixture
def deleverager(venue, deploy, owner):
    """Deleveraging by queue; the fund has 500 dollars."""
    contract = deploy("AutoDeleverager", venue.house, venue.hub, venue.waterfall, QUEUE)
    venue.house.setEngine(contract, True, sender=owner)
    venue.waterfall.setDeleveragingSeconds(WAIT_S, sender=owner)
    return contract


@pytest.fixture
def poor_fund(venue, owner, stranger):
    venue.house.setEngine(stranger, True, sender=owner)
    excess = venue.fund.available() - wad(500)
    venue.house.moveCash(venue.fund, stranger, excess, 5, sender=stranger)
    venue.house.setEngine(stranger, False, sender=owner)


@pytest.fixture
def winners(venue, accounts, owner):
    """Three shorts of 15 ETH, the first with the least margin, so with the highest rank."""
    people = accounts[7:10]
    for person, margin in zip(people, (12_000, 20_000, 40_000), strict=True):
        venue.usdc.mint(person, margin * USDC, sender=owner)
        venue.usdc.approve(venue.house, margin * USDC, sender=person)
        venue.house.deposit(margin * USDC, sender=person)
        venue.market.trade(-wad(15), 0, sender=person)
    return people


@pytest.fixture
def bankrupt(venue, deleverager, poor_fund, winners, long_trader, push_price, keeper):
    """30 ETH long with 10,000 dollars from 3,000; at 2,600 about 2,000 below zero, and told so."""
    push_price(2_600)
    receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    opened = event_of(receipt, venue.waterfall.DeleveragingOpened)
    return SimpleNamespace(account=long_trader, opened=opened, at=receipt.timestamp)


def test_a_bankrupt_account_waits_where_fund_and_backer_cannot_pay(venue, deleverager, bankrupt):
    equity = venue.house.equity(bankrupt.account, ANY)
    assert bankrupt.opened.account == bankrupt.account.address
    assert bankrupt.opened.shortfall == pytest.approx(-equity, abs=wad("0.1"))
    assert bankrupt.opened.until == bankrupt.at + WAIT_S
    assert venue.waterfall.waitsUntil(bankrupt.account) == bankrupt.opened.until
    assert venue.market.positionOf(bankrupt.account).size == wad(30)


def test_the_winners_close_at_the_bankruptcy_price_the_highest_rank_first(
    venue, deleverager, bankrupt, winners, keeper, liquidity_provider
):
    ranks = [deleverager.rankOf(winner, venue.market) for winner in winners]
    assert ranks == sorted(ranks, reverse=True)
    fund, pool = venue.fund.available(), venue.house.cashOf(liquidity_provider)
    equities = [venue.house.equity(winner, ANY) for winner in winners]
    skew, size = venue.market.skew(), venue.market.totalSize()
    receipt = deleverager.deleverage(bankrupt.account, venue.market, winners, sender=keeper)

    covered = event_of(receipt, venue.waterfall.DeficitCovered)
    assert covered.fund == fund
    assert covered.vault == pytest.approx((covered.shortfall - fund) / 2, abs=100)
    assert covered.adl == pytest.approx(covered.shortfall - covered.fund - covered.vault, abs=100)
    assert covered.haircut == 0
    stages = [(log.stage, log.amount) for log in receipt.decode_logs(venue.waterfall.StagePaid)]
    assert stages == [(0, covered.fund), (1, covered.vault), (2, covered.adl)]

    given = receipt.decode_logs(deleverager.Deleveraged)
    assert [(log.counterparty, log.size) for log in given] == [
        (winner.address, wad(15)) for winner in winners[:2]
    ]
    assert {log.bankruptcyPrice for log in given} == {
        wad(2_600) + -(-covered.adl // 30) for _ in given
    } or abs(given[0].bankruptcyPrice - wad(2_600) - covered.adl // 30) <= 1
    lost = [
        before - venue.house.equity(winner, ANY)
        for before, winner in zip(equities, winners, strict=True)
    ]
    assert sum(lost) == pytest.approx(covered.adl, abs=wad("0.2"))  # funding of one block
    assert (venue.market.skew(), venue.market.totalSize()) == (skew, size - wad(60))
    assert not venue.house.hasPositions(bankrupt.account)
    assert 0 <= venue.house.cashOf(bankrupt.account) < 100
    assert venue.house.recordedDeficit() == 0
    paid = pool - venue.house.cashOf(liquidity_provider)
    assert paid == pytest.approx(covered.vault, abs=wad("0.2"))  # funding of one block


def test_in_proportion_everybody_named_gives_the_same_share(
    venue, deleverager, bankrupt, winners, keeper, owner
):
    receipt = deleverager.setRule(PRO_RATA, sender=owner)
    assert event_of(receipt, deleverager.RuleSet).rule == PRO_RATA
    people = sorted(winners, key=lambda person: int(person.address, 16))
    with reverts(deleverager.OutOfOrder):
        deleverager.deleverage(bankrupt.account, venue.market, people[::-1], sender=keeper)
    receipt = deleverager.deleverage(bankrupt.account, venue.market, people, sender=keeper)
    assert [log.size for log in receipt.decode_logs(deleverager.Deleveraged)] == [wad(10)] * 3


def test_nobody_gives_out_of_turn_without_profit_or_on_the_same_side(
    venue, deleverager, bankrupt, winners, keeper, other_trader, liquidity_provider
):
    venue.house.deposit(20_000 * USDC, sender=other_trader)
    venue.market.trade(-wad(5), 0, sender=other_trader)  # at 2,600: nothing gained
    cases = (
        (winners[::-1], deleverager.OutOfOrder),
        ([other_trader], deleverager.NotProfitable),
        ([bankrupt.account], deleverager.NotOpposite),
        ([liquidity_provider], deleverager.NotOpposite),
        ([], deleverager.CandidateCount),
        ([winners[0]] * 11, deleverager.CandidateCount),
    )
    for candidates, error in cases:
        with reverts(error):
            deleverager.deleverage(bankrupt.account, venue.market, candidates, sender=keeper)


def test_a_solvent_account_is_not_deleveraged(venue, deleverager, winners, long_trader, keeper):
    with reverts(deleverager.NotWaiting, account=long_trader.address):
        deleverager.deleverage(long_trader, venue.market, winners, sender=keeper)


def test_after_the_wait_the_rest_is_everybodys(
    chain, venue, deleverager, bankrupt, winners, keeper
):
    deleverager.deleverage(bankrupt.account, venue.market, winners[:1], sender=keeper)
    receipt = venue.engine.liquidate(bankrupt.account, venue.market, sender=keeper)
    assert not receipt.decode_logs(venue.engine.Liquidated)
    chain.mine(timestamp=bankrupt.opened.until)
    receipt = venue.engine.liquidate(bankrupt.account, venue.market, sender=keeper)
    covered = event_of(receipt, venue.waterfall.DeficitCovered)
    parts = (covered.fund, covered.vault, covered.adl, covered.haircut)
    assert all(part > 0 for part in parts)
    assert sum(parts) == covered.shortfall
    assert venue.house.recordedDeficit() == covered.haircut


def test_an_account_that_recovers_waits_no_longer(
    venue, deleverager, bankrupt, push_price, keeper, winners
):
    push_price(2_720)
    venue.engine.liquidate(bankrupt.account, venue.market, sender=keeper)
    with reverts(deleverager.NotWaiting):
        deleverager.deleverage(bankrupt.account, venue.market, winners, sender=keeper)


def test_only_engines_move_money_down_the_waterfall(venue, long_trader, stranger):
    for function, arguments in (
        (venue.waterfall.prepare, (long_trader,)),
        (venue.waterfall.recordDeleveraging, (long_trader, 1)),
    ):
        with reverts(venue.waterfall.Unauthorized, caller=stranger.address):
            function(*arguments, sender=stranger)


def test_where_deleveraging_is_off_nobody_waits(
    venue, poor_fund, winners, long_trader, push_price, keeper
):
    push_price(2_600)
    receipt = venue.engine.liquidate(long_trader, venue.market, sender=keeper)
    covered = event_of(receipt, venue.waterfall.DeficitCovered)
    assert covered.adl == 0 < covered.haircut
    assert not receipt.decode_logs(venue.waterfall.DeleveragingOpened)
    assert venue.market.totalSize() == wad(45)
    assert venue.market.trade(wad(1), NO_LIMIT, sender=winners[0])


def test_a_call_that_passes_over_a_better_nominee_is_refused(
    venue, deleverager, bankrupt, winners, stranger, keeper
):
    best, second, third = winners
    receipt = deleverager.nominate(best, venue.market, sender=stranger)
    told = event_of(receipt, deleverager.Nominated)
    assert (told.account, told.rank) == (best.address, deleverager.rankOf(best, venue.market))
    with reverts(deleverager.BetterLeftOut, nominee=best.address):
        deleverager.deleverage(bankrupt.account, venue.market, [second, third], sender=keeper)
    with reverts(deleverager.BetterLeftOut, nominee=best.address):
        deleverager.deleverage(bankrupt.account, venue.market, [third], sender=keeper)
    deleverager.deleverage(bankrupt.account, venue.market, [best, second], sender=keeper)
    assert venue.market.positionOf(bankrupt.account).size == 0


def test_in_proportion_every_nominee_gives(
    venue, deleverager, bankrupt, winners, owner, stranger, keeper
):
    deleverager.setRule(PRO_RATA, sender=owner)
    deleverager.nominate(winners[2], venue.market, sender=stranger)
    named = sorted(winners[:2], key=lambda one: int(one.address, 16))
    with reverts(deleverager.BetterLeftOut, nominee=winners[2].address):
        deleverager.deleverage(bankrupt.account, venue.market, named, sender=keeper)
    everybody = sorted(winners, key=lambda one: int(one.address, 16))
    deleverager.deleverage(bankrupt.account, venue.market, everybody, sender=keeper)


def test_a_nominee_that_could_not_be_taken_holds_nobody_up(
    venue, deleverager, bankrupt, winners, stranger, keeper, owner
):
    """The first winner takes its money out: closing it would leave it below maintenance."""
    best, second, third = winners
    deleverager.nominate(best, venue.market, sender=stranger)
    venue.house.setEngine(stranger, True, sender=owner)
    spare = venue.house.equity(best, ANY) - wad(800)
    venue.house.moveCash(best, stranger, spare, 0, sender=stranger)
    assert deleverager.rankOf(best, venue.market) > deleverager.rankOf(second, venue.market)
    deleverager.deleverage(bankrupt.account, venue.market, [second, third], sender=keeper)
    assert venue.market.positionOf(best).size == -wad(15)


def test_only_winners_are_nominated_once_and_not_the_house(
    venue, deleverager, bankrupt, winners, liquidity_provider, stranger
):
    with reverts(deleverager.NotProfitable, candidate=bankrupt.account.address):
        deleverager.nominate(bankrupt.account, venue.market, sender=stranger)
    with reverts(deleverager.NotOpposite, candidate=liquidity_provider.address):
        deleverager.nominate(liquidity_provider, venue.market, sender=stranger)
    for _ in range(2):
        deleverager.nominate(winners[0], venue.market, sender=stranger)
    assert list(deleverager.nominees(venue.market, False)) == [winners[0].address]
    assert list(deleverager.nominees(venue.market, True)) == []


def test_a_fifth_nominee_takes_the_place_of_the_weakest_or_of_nobody(
    venue, deleverager, winners, trader, other_trader, push_price, stranger
):
    more = (other_trader, trader)
    for person, margin in zip(more, (15_000, 60_000), strict=True):
        venue.house.deposit(margin * USDC, sender=person)
        venue.market.trade(-wad(15), 0, sender=person)
    push_price(2_600)
    for person in (*winners, more[1]):
        deleverager.nominate(person, venue.market, sender=stranger)
    deleverager.nominate(more[0], venue.market, sender=stranger)
    known = set(deleverager.nominees(venue.market, False))
    assert known == {one.address for one in (*winners, more[0])}
    with reverts(deleverager.NotBetter, account=more[1].address):
        deleverager.nominate(more[1], venue.market, sender=stranger)
