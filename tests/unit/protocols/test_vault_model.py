"""The vault's model: worked numbers, and what nobody can gain."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_ledger import TOKEN_SCALE
from floodline.protocols.reference.model_vault import (
    VIRTUAL,
    Standing,
    VaultModel,
    VaultParameters,
    hedge_trade,
)

USDC = 10**6
AT_ONCE = VaultParameters(0, 0, wad("0.01"), wad("0.01"), 600)


def vault(shares: int) -> VaultModel:
    """A vault of one holder; what it is worth is told to each call."""
    return VaultModel(AT_ONCE, shares={"holder": wad(shares)})


def test_a_redemption_is_paid_its_share_of_value_less_the_fee() -> None:
    one = vault(1_000)
    one.request_redeem("holder", wad(100), 0)
    (paid,) = one.process_redemptions(1, Standing(wad(2_000), wad(1_900)), 0)
    assert paid.units == 198 * USDC - 1, "the virtual share's part of the value"
    assert paid.fee == pytest.approx(wad(2), rel=1e-8)


def test_a_haircut_of_the_house_reaches_the_redemption() -> None:
    one = vault(1_000)
    one.request_redeem("holder", wad(100), 0)
    (paid,) = one.process_redemptions(1, Standing(wad(2_000), wad(1_900), wad("0.5")), 0)
    assert paid.units == 99 * USDC - 1


def test_too_little_free_capital_stops_redemptions_for_a_while() -> None:
    one = vault(1_000)
    one.request_redeem("holder", wad(100), 0)
    tight = Standing(wad(2_000), wad(200))
    assert one.process_redemptions(1, tight, 5) == []
    assert one.paused_until == 605
    assert one.process_redemptions(1, Standing(wad(2_000), wad(2_000)), 604) == []
    assert len(one.process_redemptions(1, Standing(wad(2_000), wad(2_000)), 605)) == 1


def test_an_insolvent_vault_takes_no_deposits_and_pays_nobody() -> None:
    one = vault(1_000)
    one.request_deposit("late", USDC, 0)
    one.request_redeem("holder", WAD, 0)
    assert one.process_deposits(9, -1, 0) == []
    assert one.process_deposits(9, 0, 0) == []
    assert one.process_redemptions(9, Standing(-5, 0), 0) == []
    assert one.queued_assets == USDC


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(1, 10**9),
    donation=st.integers(0, 10**13),
    victim=st.integers(1, 10**12),
)
def test_inflating_the_share_price_never_pays(seed: int, donation: int, victim: int) -> None:
    """The attacker deposits first, gives to the vault's ledger account, and redeems last."""
    one = VaultModel(AT_ONCE._replace(redemption_fee=0, min_free_ratio=0))
    one.request_deposit("attacker", seed, 0)
    one.process_deposits(1, 0, 0)
    value = (seed + donation) * TOKEN_SCALE
    one.request_deposit("victim", victim, 0)
    ((_, shares),) = one.process_deposits(1, value, 0)
    value += victim * TOKEN_SCALE
    own = one.to_assets(one.shares["attacker"], value)
    assert own <= (seed + donation) * TOKEN_SCALE
    lost = victim * TOKEN_SCALE - one.to_assets(shares, value)
    price_of_one = -(-(value + VIRTUAL) // (one.supply + VIRTUAL))
    assert 0 <= lost <= price_of_one + 1


@pytest.mark.parametrize(
    ("delta", "size", "expected"),
    [
        (-40, 10, 25),
        (-40, 30, 10),
        (40, 0, -25),
        (0, 20, -20),
        (0, 0, 0),
        (0, 25 + 10**-2, -25 - 10**-2),
    ],
)
def test_a_hedge_goes_towards_minus_delta_within_its_cap_and_leaves_no_dust(
    delta: int, size: float, expected: float
) -> None:
    found = hedge_trade(wad(delta), wad(str(size)), wad(3_000), wad(100), wad(25))
    assert found == wad(str(expected))
