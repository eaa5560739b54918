"""The book keeps cash and positions from events, exactly and in floats alike."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.events import (
    CashMoved,
    DeficitRecorded,
    DeficitRepaired,
    Deposited,
    Liquidated,
    PositionChanged,
    Withdrawn,
)

ACCOUNTS = [bytes([number]) * 20 for number in range(6)]


@given(
    st.lists(
        st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(0, 10**24)),
        max_size=40,
    )
)
def test_moving_cash_creates_and_destroys_none(moves):
    book = Book(["ETH"])
    book.apply(CashMoved(0, 0, one, other, amount, "pnl") for one, other, amount in moves)
    assert sum(book.cash_wad) == 0
    np.testing.assert_allclose(book.cash, np.array(book.cash_wad, dtype=float) / WAD)


def test_each_kind_of_event_changes_cash_by_its_amount():
    book = Book(["ETH"])
    account = ACCOUNTS[0]
    book.apply(
        [
            Deposited(0, 0, account, 10 * WAD),
            Withdrawn(0, 1, account, 3 * WAD, 3 * WAD),
            DeficitRecorded(0, 2, account, 2 * WAD),
            DeficitRepaired(0, 3, account, WAD),
        ]
    )
    assert book.cash_wad == [8 * WAD]
    tally = book.tallies[0]
    assert (tally.deposited, tally.withdrawn) == (10 * WAD, 3 * WAD)


def test_a_position_is_what_its_last_change_says_and_totals_run_on():
    book = Book(["ETH", "BTC"])
    account = ACCOUNTS[0]
    book.apply(
        [
            PositionChanged(0, 0, account, "BTC", 2 * WAD, 60_000 * WAD, WAD, 0, 0, 5),
            PositionChanged(0, 1, account, "BTC", -WAD, 59_000 * WAD, 0, -7, 3, 5),
            Liquidated(0, 2, account, "BTC", ACCOUNTS[1], WAD, -WAD, 59_000 * WAD, 0, 0),
        ]
    )
    assert book.size.tolist() == [[0.0, -1.0]]
    assert book.entry_price.tolist() == [[0.0, 59_000.0]]
    tally = book.tallies[0]
    assert (tally.realised_pnl, tally.funding, tally.fees, tally.trades) == (-7, 3, 10, 2)
    assert tally.liquidations == 1


def test_the_book_grows_beyond_its_first_room_without_losing_anything():
    book = Book(["ETH"])
    addresses = [number.to_bytes(20, "big") for number in range(500)]
    book.apply(Deposited(0, 0, address, n * WAD) for n, address in enumerate(addresses))
    assert len(book) == 500
    assert book.cash.tolist() == [float(n) for n in range(500)]
    assert [book.index[address] for address in addresses] == list(range(500))
