"""Morpho Blue's books in Python: rounding as the contract's, and what a liquidation does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from floodline.foundation.errors import ToolchainError
from floodline.protocols.morpho import deployment
from floodline.protocols.morpho.mirror import MarketBooks, Moved
from floodline.protocols.morpho.parameters import MorphoParameters

LENDER, BORROWER = b"\x01" * 20, b"\x02" * 20


def move(what, account, assets, shares=0, **rest):
    return Moved(0, 0, what, "ETH", account, assets, shares, **rest)


def books_with(*moves):
    books = MarketBooks()
    for number, one in enumerate(moves):
        books.take(one, number)
    return books


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
    books = books_with(
        move("Supply", LENDER, 1000, 10**9),
        move("Borrow", BORROWER, 400, 4 * 10**8),
        move("AccrueInterest", b"", 40),
    )
    assert books.borrow_assets == 440
    assert books.supply_assets == 1040
    assert books.debt_of(BORROWER) == 440
    assert books.interest == 40


def test_a_liquidation_takes_repayment_collateral_and_bad_debt_off_the_books():
    books = books_with(
        move("Supply", LENDER, 1000, 10**9),
        move("SupplyCollateral", BORROWER, 7),
        move("Borrow", BORROWER, 400, 4 * 10**8),
        move(
            "Liquidate",
            BORROWER,
            300,
            3 * 10**8,
            seized=7,
            bad_debt=100,
            bad_debt_shares=10**8,
        ),
    )
    assert books.collateral[BORROWER] == 0
    assert books.debts[BORROWER] == 0
    assert books.borrow_assets == 0
    assert books.supply_assets == 900
    assert books.bad_debt == 100
    assert (books.paid_in, books.paid_out) == (1300, 400)


def test_collateral_alone_brings_no_interest_up_to_date():
    books = books_with(move("Supply", LENDER, 1, 1))
    books.take(move("SupplyCollateral", BORROWER, 5), 99)
    assert books.updated_s == 0
    books.take(move("Repay", BORROWER, 0, 0), 100)
    assert books.updated_s == 100


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"profile": "perps"}, "no profile 'perps'"),
        ({"switches": {"adl": "on"}}, "no switches"),
        ({"addresses": {"pool": "0x" + "11" * 20}}, "one address, 'morpho'"),
        ({"overrides": {"ltv": 0.9}}, "did you mean 'lltv'"),
    ],
)
def test_parameters_that_morpho_does_not_have_are_refused_by_name(given, words):
    with pytest.raises(ValidationError, match=words):
        MorphoParameters.model_validate(given)


def test_a_package_that_is_not_installed_is_named_with_the_command_that_installs_it(
    monkeypatch, tmp_path
):
    monkeypatch.setattr("floodline.toolchain.packages.cache_path", lambda: tmp_path)
    deployment.morpho_library.cache_clear()
    with pytest.raises(ToolchainError, match=r"morpho-blue 1\.0\.0 is not installed") as caught:
        deployment.morpho_library()
    assert caught.value.next_step == "run `floodline toolchain --with morpho`"
