"""ClearingHouse: deposits, the withdrawal gate, roles."""

from ape.utils import ZERO_ADDRESS
from conftest import ANY, NO_LIMIT, USDC, event_of, reverts

from floodline.foundation.units import WAD, wad


def test_a_deposit_credits_cash_at_eighteen_decimals(venue, trader):
    before = venue.house.totalCash()
    receipt = venue.house.deposit(5 * USDC, sender=trader)
    log = event_of(receipt, venue.house.Deposited)
    assert (log.account, log.payer, log.amount) == (trader.address, trader.address, 5 * USDC)
    assert venue.house.cashOf(trader) == wad(5)
    assert venue.house.totalCash() == before + wad(5)


def test_anybody_may_deposit_for_another_account(venue, trader):
    before = venue.fund.available()
    receipt = venue.house.depositFor(venue.fund, 7 * USDC, sender=trader)
    assert event_of(receipt, venue.house.Deposited).payer == trader.address
    assert venue.fund.available() == before + wad(7)


def test_nothing_cannot_be_deposited_or_withdrawn(venue, trader):
    for action in (venue.house.deposit, venue.house.withdraw):
        with reverts(venue.house.InvalidParameter):
            action(0, sender=trader)


def test_a_withdrawal_pays_tokens_one_to_one_while_claims_are_backed(venue, trader):
    venue.house.deposit(100 * USDC, sender=trader)
    held = venue.usdc.balanceOf(trader)
    receipt = venue.house.withdraw(40 * USDC, sender=trader)
    log = event_of(receipt, venue.house.Withdrawn)
    assert (log.account, log.amount, log.haircut) == (trader.address, 40 * USDC, 0)
    assert venue.usdc.balanceOf(trader) == held + 40 * USDC
    assert venue.house.cashOf(trader) == wad(60)
    assert venue.house.exchangeRate() == WAD


def test_more_than_the_cash_cannot_be_withdrawn(venue, trader):
    venue.house.deposit(100 * USDC, sender=trader)
    with reverts(venue.house.InsufficientCash, cash=wad(100), required=wad(101)):
        venue.house.withdraw(101 * USDC, sender=trader)


def test_a_withdrawal_must_leave_initial_margin(venue, long_trader):
    equity, initial, _ = venue.house.status(long_trader, ANY)
    free = (equity - initial) // 10**12
    with reverts(venue.house.InsufficientMargin, required=initial):
        venue.house.withdraw(free + 1, sender=long_trader)
    venue.house.withdraw(free - USDC, sender=long_trader)  # a dollar for funding meanwhile
    equity, initial, _ = venue.house.status(long_trader, ANY)
    assert initial <= equity <= initial + wad(1)


def test_with_a_position_a_withdrawal_needs_a_strict_price(chain, venue, trader, long_trader):
    chain.mine(timestamp=venue.hub.peek(venue.market.asset())[1] + 3_661)
    with reverts(venue.hub.StalePrice, maxAge=3_660):
        venue.house.withdraw(USDC, sender=long_trader)


def test_without_a_position_a_withdrawal_needs_no_price(chain, venue, other_trader):
    venue.house.deposit(10 * USDC, sender=other_trader)
    chain.mine(timestamp=venue.hub.peek(venue.market.asset())[1] + 100_000)
    venue.house.withdraw(10 * USDC, sender=other_trader)
    assert venue.house.cashOf(other_trader) == 0


def test_the_counterparty_keeps_what_open_interest_locks(venue, long_trader, liquidity_provider):
    equity, locked = venue.house.counterpartyStatus(liquidity_provider, ANY)
    assert locked == wad(9_000)
    free = (equity - locked) // 10**12
    with reverts(venue.house.CounterpartyCapacityExceeded, required=locked):
        venue.house.withdraw(free + 1, sender=liquidity_provider)
    venue.house.withdraw(free, sender=liquidity_provider)


def test_only_products_engines_and_the_fund_move_cash(venue, trader, stranger):
    calls = (
        (venue.house.settle, (trader, 1)),
        (venue.house.collect, (trader, 1, 0, 1)),
        (venue.house.moveCash, (trader, stranger, 1, 0)),
        (venue.house.recordDeficit, (trader,)),
        (venue.house.setActive, (trader, True)),
    )
    for function, arguments in calls:
        with reverts(venue.house.Unauthorized, caller=stranger.address):
            function(*arguments, sender=stranger)


def test_the_fund_pays_only_for_the_engine(venue, stranger):
    with reverts(venue.fund.Unauthorized, caller=stranger.address):
        venue.fund.cover(stranger, wad(1), 4, sender=stranger)


def test_equity_spans_both_markets(venue, long_trader):
    venue.btc_market.trade(-wad("0.2"), 0, sender=long_trader)
    values = [market.valuation(long_trader, ANY) for market in (venue.market, venue.btc_market)]
    equity, initial, maintenance = venue.house.status(long_trader, ANY)
    assert equity == venue.house.cashOf(long_trader) + sum(value[0] for value in values)
    assert (initial, maintenance) == tuple(sum(v[i] for v in values) for i in (1, 2))
    assert venue.house.activeProducts(long_trader) == 0b11
    assert venue.house.equity(long_trader, ANY) == equity
    assert tuple(venue.house.requirement(long_trader, ANY)) == (initial, maintenance)
    venue.market.trade(-wad(30), 0, sender=long_trader)
    assert venue.house.activeProducts(long_trader) == 0b10


def test_at_most_eight_products_are_admitted_each_once(accounts, venue, owner):
    with reverts(venue.house.ProductAlreadyRegistered, product=venue.market.address):
        venue.house.registerProduct(venue.market, ZERO_ADDRESS, sender=owner)
    markets = len(venue.house.products())
    assert markets == len(venue.profile.markets)
    for number in range(8 - markets):
        receipt = venue.house.registerProduct(accounts[number + 3], ZERO_ADDRESS, sender=owner)
        assert event_of(receipt, venue.house.ProductRegistered).index == markets + number
    with reverts(venue.house.TooManyProducts, limit=8):
        venue.house.registerProduct(accounts[2], ZERO_ADDRESS, sender=owner)
    assert len(venue.house.products()) == 8


def test_roles_are_given_once(venue, owner, stranger, liquidity_provider):
    with reverts(venue.house.AccountInUse, account=liquidity_provider.address):
        venue.house.setCounterparty(stranger, sender=owner)
    with reverts(venue.house.AccountInUse, account=venue.fund.address):
        venue.house.setInsuranceFund(stranger, sender=owner)
    with reverts(venue.house.InvalidParameter):
        venue.house.setEngine(ZERO_ADDRESS, True, sender=owner)


def test_settings_are_the_owners(venue, owner, stranger):
    for function, *arguments in (
        (venue.house.registerProduct, stranger, ZERO_ADDRESS),
        (venue.house.registerCollateral, stranger),
        (venue.house.setCounterparty, stranger),
        (venue.house.setInsuranceFund, stranger),
        (venue.house.setEngine, stranger, True),
        (venue.house.setMarginModel, stranger),
        (venue.house.setGateSeconds, 1),
    ):
        with reverts(venue.house.OwnableUnauthorizedAccount, account=stranger.address):
            function(*arguments, sender=stranger)
    with reverts(venue.house.InvalidParameter):
        venue.house.setGateSeconds(7 * 86_400 + 1, sender=owner)
    receipt = venue.house.setGateSeconds(60, sender=owner)
    assert event_of(receipt, venue.house.GateSecondsSet).gateSeconds == 60


def test_trading_fees_are_shared_between_fund_and_counterparty(venue, trader, liquidity_provider):
    venue.house.deposit(10_000 * USDC, sender=trader)
    fund, provider = venue.fund.available(), venue.house.cashOf(liquidity_provider)
    receipt = venue.market.trade(wad(30), NO_LIMIT, sender=trader)
    fee = event_of(receipt, venue.market.Traded).fee
    moves = receipt.decode_logs(venue.house.CashMoved)
    assert [(move.to, move.amount, move.reason) for move in moves] == [
        (venue.fund.address, fee // 10, 1),
        (liquidity_provider.address, fee - fee // 10, 1),
    ]
    assert venue.fund.available() == fund + fee // 10
    assert venue.house.cashOf(liquidity_provider) == provider + fee - fee // 10
