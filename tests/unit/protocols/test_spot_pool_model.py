"""The spot pool's model: closed forms that hold for any constant-product pool."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodline.foundation.units import WAD
from floodline.protocols.reference.model_amm import AmmModel, amount_out_down, arbitrage_amount
from floodline.protocols.reference.model_math import ModelRevert

ETHER, USDC = 10**18, 10**6
FEE = 3 * 10**15
reserves = st.integers(10**6, 10**26)


def pool() -> AmmModel:
    """1,000 ETH against 3,000,000 USDC."""
    found = AmmModel(18, 6, FEE)
    found.add("provider", 1_000 * ETHER, 3_000_000 * USDC, 0, 100)
    return found


def test_the_worked_number_of_a_sale() -> None:
    assert amount_out_down(10 * ETHER, 1_000 * ETHER, 3_000_000 * USDC, FEE) == 29_614_741_031


@settings(max_examples=200, deadline=None)
@given(reserves, reserves, st.integers(1, 10**26), st.integers(0, 10**17))
def test_no_sale_lowers_the_product_or_empties_the_pool(
    reserve_in: int, reserve_out: int, amount: int, fee: int
) -> None:
    out = amount_out_down(amount, reserve_in, reserve_out, fee)
    assert 0 <= out < reserve_out
    assert (reserve_in + amount) * (reserve_out - out) >= reserve_in * reserve_out


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**24), st.integers(0, 10**24))
def test_splitting_a_sale_pays_no_more(first: int, second: int) -> None:
    whole, split = pool(), pool()
    at_once = whole.swap(first + second, 0, 100, sells_base=True)
    in_parts = split.swap(first, 0, 100, sells_base=True)
    if second:
        in_parts += split.swap(second, 0, 100, sells_base=True)
    assert in_parts <= at_once + 1


def test_the_accumulator_is_the_integral_of_the_price() -> None:
    one = pool()
    before = one.cumulative_price(100)
    price = one.spot_price()
    one.swap(50 * ETHER, 0, 130, sells_base=True)
    after = one.spot_price()
    assert one.cumulative_price(140) - before == 30 * price + 10 * after
    assert after < price == 3_000 * WAD


@pytest.mark.parametrize("outside", [2_700.0, 2_900.0, 2_990.0, 3_000.0, 3_008.0])
def test_an_arbitrage_ends_where_the_next_unit_earns_nothing(outside: float) -> None:
    one = pool()
    price = outside * USDC / ETHER
    amount = arbitrage_amount(one.base, one.quote, FEE, price)
    if outside >= 3_000 * (1 - FEE / WAD):
        assert amount == 0
        return
    gain = one.quote_out(amount, sells_base=True) - amount * price
    for other in (amount * 99 // 100, amount * 101 // 100):
        assert one.quote_out(other, sells_base=True) - other * price < gain
    one.swap(amount, 0, 100, sells_base=True)
    marginal = one.quote / one.base * (1 - FEE / WAD)
    # The fee stays in the pool, so the price ends a little above the band's edge.
    assert marginal / price == pytest.approx(1, abs=FEE / WAD * amount / one.base)


def test_a_first_depositor_cannot_inflate_the_share_price() -> None:
    """Whoever donates through swaps or by hand gives to the locked shares, not to the next."""
    one = AmmModel(18, 6, FEE)
    with pytest.raises(ModelRevert, match="LiquidityTooSmall"):
        one.add("attacker", 1, 1_000_000, 0, 1)
    one.add("attacker", 2_000, 2_000, 0, 1)
    shares, base, quote = one.add("victim", ETHER, ETHER, 0, 2)
    back = one.remove("victim", shares, 0, 0, 3)
    assert base - back[0] <= 1
    assert quote - back[1] <= 1


def test_liquidity_in_and_out_never_pays() -> None:
    one = pool()
    one.swap(7 * ETHER + 3, 0, 101, sells_base=True)
    shares, base, quote = one.add("second", 10 * ETHER, 10**12, 0, 102)
    price = one.spot_price()
    out_base, out_quote = one.remove("second", shares, 0, 0, 103)
    assert (out_base <= base, out_quote <= quote) == (True, True)
    assert one.spot_price() == pytest.approx(price, rel=1e-12)
