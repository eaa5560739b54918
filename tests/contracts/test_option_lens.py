"""OptionLens: greeks of series, accounts and the vault, and what they are good for."""

import pytest
from conftest import NO_LIMIT, USDC
from option_venue import add_options

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_black_scholes import OptionInputs, greeks

ZERO = "0x" + "0" * 40


@pytest.fixture
def floor(venue, deploy, owner, oracle_publisher, accounts, chain, trader, other_trader):
    now = chain.blocks.head.timestamp
    built = add_options(venue, deploy, owner, oracle_publisher, accounts[8], now)
    for person in (trader, other_trader):
        venue.house.deposit(100_000 * USDC, sender=person)
    built.option_lens = deploy("OptionLens", venue.house)
    return built


def test_a_series_is_reported_with_the_models_greeks(floor, chain, trader):
    floor.options.trade(5, -wad(2), 0, sender=trader)
    (report,) = floor.option_lens.series(floor.options, 5, 1)
    assert (report.id, report.isCall, report.long, report.short) == (5, False, 0, wad(2))
    left = floor.expiry - chain.blocks.head.timestamp
    g = greeks(OptionInputs(wad(3_000), report.strike, report.volatility, left))
    assert (report.price, report.delta) == (g.put, g.call_delta - WAD)
    assert (report.gamma, report.vega, report.theta) == (g.gamma, g.vega, g.put_theta)


def test_series_are_read_in_pages(floor):
    assert [r.id for r in floor.option_lens.series(floor.options, 0, 5)] == [0, 1, 2, 3, 4]
    assert [r.id for r in floor.option_lens.series(floor.options, 10, 50)] == [10, 11]
    assert floor.option_lens.series(floor.options, 12, 50) == []


def test_the_vault_holds_the_opposite_of_its_traders(floor, trader, other_trader):
    floor.options.trade(4, wad(5), NO_LIMIT, sender=trader)
    floor.options.trade(7, -wad(3), 0, sender=other_trader)
    people = [trader, other_trader]
    books = floor.option_lens.greeks(floor.options, ZERO, people)
    vault = floor.option_lens.vault(floor.options, ZERO)
    for name in ("delta", "gamma", "vega", "theta", "value"):
        total = sum(getattr(book, name) for book in books)
        assert getattr(vault.greeks, name) == pytest.approx(-total, abs=3)
    assert vault.debt == pytest.approx(books[0].value + books[1].value, abs=3)
    assert vault.equity == pytest.approx(floor.house.cashOf(floor.vault) - vault.debt, abs=3)
    assert vault.locked == wad(5) * 3_000 * 15 // 100
    assert books[0].delta > 0
    assert books[0].theta < 0 < books[1].theta
    sizes = floor.option_lens.positions(floor.options, people, [4, 7])
    assert sizes == [[wad(5), 0], [0, -wad(3)]]


def test_a_perpetual_against_the_delta_makes_the_book_flat(floor, trader):
    floor.options.trade(4, wad(5), NO_LIMIT, sender=trader)
    (book,) = floor.option_lens.greeks(floor.options, floor.market, [trader])
    floor.market.trade(-book.delta, 0, sender=trader)
    (hedged,) = floor.option_lens.greeks(floor.options, floor.market, [trader])
    assert abs(hedged.delta) < wad("0.001")
    assert hedged.gamma == pytest.approx(book.gamma, rel=1e-6)


def test_delta_and_vega_foretell_what_a_move_does_to_the_value(
    floor, trader, push_price, oracle_publisher, later
):
    floor.options.trade(4, wad(5), NO_LIMIT, sender=trader)
    (before,) = floor.option_lens.greeks(floor.options, ZERO, [trader])
    push_price(3_006)
    (after,) = floor.option_lens.greeks(floor.options, ZERO, [trader])
    foretold = 6 * before.delta + 18 * before.gamma
    assert after.value - before.value == pytest.approx(foretold, rel=0.08), "skew adds to it"
    state = list(floor.surface.state())
    impact = floor.surface.baseImpact()
    state[0] += impact
    floor.surface.push(tuple(state), later(), sender=oracle_publisher)
    (same,) = floor.option_lens.greeks(floor.options, ZERO, [trader])
    assert same.value < after.value, "the update forgets the strike's own impact"
