"""Morpho Blue's books in Python: rounding as the contract's, and what a liquidation does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from floodline.foundation.units import FEED
from floodline.protocols.events import DeficitCovered, Deposited, Liquidated, Withdrawn
from floodline.protocols.morpho.books import MarketBooks, MorphoFollower, MorphoState
from floodline.protocols.morpho.settings import MorphoParameters
from floodline.protocols.porting.lending import DOLLAR_WAD, Dealer

LENDER, BORROWER, KEEPER, DESK, MORPHO = (bytes([number]) * 20 for number in range(1, 6))
MARKET = b"\x0e" * 32
LIQUIDATION = {
    "borrower": BORROWER,
    "caller": KEEPER,
    "repaidAssets": 300,
    "repaidShares": 3 * 10**8,
    "seizedAssets": 7,
    "badDebtAssets": 100,
    "badDebtShares": 10**8,
}


def move(name, account, assets, shares=0):
    return name, {"onBehalf": account, "assets": assets, "shares": shares}


def followed(*moves, state=None, time_s=0):
    """Follow moves of one market, a block each."""
    state = state or MorphoState({"ETH": 2 * FEED}, books={"ETH": MarketBooks()})
    for number, (name, told) in enumerate(moves):
        follower = MorphoFollower(state, time_s + number, Dealer(DESK, MORPHO), {MARKET: "ETH"})
        follower.on_morpho((number, 0), "", name, {"id": MARKET, **told})
    return follower


@given(assets=st.integers(0, 10**18), shares=st.integers(1, 10**24), part=st.integers(1, 10**24))
def test_what_is_owed_is_rounded_up_and_what_is_claimed_is_rounded_down(assets, shares, part):
    part = min(part, shares)
    books = MarketBooks(
        supply_assets=assets, supply_shares=shares, borrow_assets=assets, borrow_shares=shares
    )
    books.debts[BORROWER] = books.claims[LENDER] = part
    above, below = part * (assets + 1), shares + 10**6
    assert books.debt_of(BORROWER) * below >= above > (books.debt_of(BORROWER) - 1) * below
    assert books.claim_of(LENDER) * below <= above < (books.claim_of(LENDER) + 1) * below


def test_interest_grows_debts_and_claims_alike():
    state = followed(
        move("Supply", LENDER, 1000, 10**9),
        move("Borrow", BORROWER, 400, 4 * 10**8),
        ("AccrueInterest", {"interest": 40, "feeShares": 0}),
    ).state
    books = state.books["ETH"]
    assert (books.borrow_assets, books.supply_assets, books.interest) == (440, 1040, 40)
    assert books.debt_of(BORROWER) == 440


def test_a_liquidation_takes_repayment_collateral_and_bad_debt_off_the_books():
    follower = followed(
        move("Supply", LENDER, 1000, 10**9),
        move("SupplyCollateral", BORROWER, 7),
        move("Borrow", BORROWER, 400, 4 * 10**8),
        ("Liquidate", LIQUIDATION),
    )
    state, books = follower.state, follower.state.books["ETH"]
    assert state.held(BORROWER, "ETH") == books.debts[BORROWER] == books.borrow_assets == 0
    assert (books.supply_assets, books.bad_debt) == (900, 100)
    assert (state.paid_in, state.paid_out) == (1300, 400)
    _, told, lost = follower.found
    assert isinstance(told, Liquidated)
    assert (told.account, told.keeper, told.closed_wad) == (BORROWER, KEEPER, 7)
    assert told.reward_wad == 7 * 2 - 300 * DOLLAR_WAD
    assert isinstance(lost, DeficitCovered)
    assert lost.shortfall_wad == lost.vault_wad == 100 * DOLLAR_WAD


def test_collateral_alone_brings_no_interest_up_to_date():
    state = followed(move("Supply", LENDER, 1, 1)).state
    followed(move("SupplyCollateral", BORROWER, 5), state=state, time_s=99)
    assert state.books["ETH"].updated_s == 0
    followed(move("Repay", BORROWER, 0, 0), state=state, time_s=100)
    assert state.books["ETH"].updated_s == 100


def test_events_of_other_markets_are_passed_over():
    follower = followed(("Liquidate", {**LIQUIDATION, "id": b"\x0f" * 32}))
    assert not follower.found
    assert follower.state == MorphoState({"ETH": 2 * FEED}, books={"ETH": MarketBooks()})


def test_what_a_trader_pays_the_dealer_is_a_deposit_and_what_is_lent_is_not():
    follower = followed(move("Supply", LENDER, 1, 1))
    for source, to in ((BORROWER, DESK), (MORPHO, DESK), (DESK, MORPHO), (DESK, BORROWER)):
        told = {"from": source, "to": to, "value": 5}
        follower.on_dollar((0, 0), "", "Transfer", told)
    assert follower.found == [
        Deposited(0, 0, BORROWER, 5 * DOLLAR_WAD),
        Withdrawn(0, 0, BORROWER, 5 * DOLLAR_WAD, 5 * DOLLAR_WAD),
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"profile": "perps"}, "no profile 'perps'"),
        ({"switches": {"adl": "on"}}, "no switches"),
        ({"addresses": {"pool": "0x" + "11" * 20}}, "one of: morpho"),
        ({"overrides": {"ltv": 0.9}}, "did you mean 'lltv'"),
    ],
)
def test_parameters_that_morpho_does_not_have_are_refused_by_name(given, words):
    with pytest.raises(ValidationError, match=words):
        MorphoParameters.model_validate(given)
