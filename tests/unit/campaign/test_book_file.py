"""A book from a CSV file: every fault with its line, and equity as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodline.campaign.book_file import BookFileError, Holding, ImportedBook, read_book
from floodline.campaign.load import load_campaign
from floodline.foundation.errors import CampaignError

GOOD = """account,market,size,leverage,margin_usd,debt_usd,entry_usd
alice,ETH,2,4,,,3100
bob,BTC,-0.5,,9000,,
carol,ETH,10,,,21000,
alice,BTC,0.1,,700,,
"""


@pytest.fixture
def book(tmp_path):
    def write(text, markets=("ETH", "BTC")):
        path = tmp_path / "positions.csv"
        path.write_text(text)
        return read_book(path, markets)

    return write


def test_positions_are_read_in_the_files_order_with_their_lines(book):
    found = book(GOOD)
    assert [(one.line, one.account, one.market, one.size) for one in found] == [
        (2, "alice", "ETH", 2.0),
        (3, "bob", "BTC", -0.5),
        (4, "carol", "ETH", 10.0),
        (5, "alice", "BTC", 0.1),
    ]
    assert found[1].size_wad == -5 * 10**17


def test_an_accounts_margin_is_the_sum_of_its_positions_equities(book, tmp_path):
    imported = ImportedBook(tmp_path / "positions.csv", tuple(book(GOOD)))
    assert imported.accounts == ["alice", "bob", "carol"]
    margins = imported.margins_usd({"ETH": 3000 * 10**8, "BTC": 60_000 * 10**8})
    alice = 2 * 3100 / 4 + 2 * (3000 - 3100) + 700
    assert margins == pytest.approx([alice, 9000, 10 * 3000 - 21000])


@given(
    size=st.floats(0.01, 1e4),
    price=st.floats(1, 1e5),
    leverage=st.floats(1.01, 50),
    side=st.booleans(),
)
def test_leverage_and_debt_say_the_same_of_a_long(size, price, leverage, side):
    by_leverage = Holding(2, "a", "ETH", size, "leverage", leverage, None).margin_usd(price)
    debt = size * price - by_leverage
    by_debt = Holding(2, "a", "ETH", size, "debt_usd", debt, None).margin_usd(price)
    assert by_debt == pytest.approx(by_leverage, rel=1e-6)
    signed = size if side else -size
    won = Holding(2, "a", "ETH", signed, "margin_usd", 10.0, price * 0.9).margin_usd(price)
    assert won == pytest.approx(10 + signed * price * 0.1)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("account,size\na,1\n", 1, "one of the columns margin_usd, leverage, debt_usd"),
        ("acount,size,leverage\na,1,2\n", 1, "did you mean 'account'"),
        ("account,leverage\na,2\n", 1, "'size' and 'collateral'"),
        ("account,size,leverage\na,1,2\n", 1, "'market' is missing"),
        ("account,market,size,leverage\na,ETH,1,2\nb,EHT,1,2\n", 3, "did you mean 'ETH'"),
        ("account,market,size,leverage\na,ETH,one,2\n", 2, "size is 'one', no number"),
        ("account,market,size,leverage\na,ETH,nan,2\n", 2, "no finite number"),
        ("account,market,size,leverage\na,ETH,0,2\n", 2, "the size is zero"),
        ("account,market,size,leverage\na,ETH,1,0\n", 2, "leverage is 0"),
        ("account,market,size,leverage\n,ETH,1,2\n", 2, "the account is empty"),
        ("account,market,size,leverage\na,ETH,1,2,9\n", 2, "more cells"),
        ("account,market,size,leverage,margin_usd\na,ETH,1,2,3\n", 2, "leverage"),
        ("account,market,size,debt_usd\na,ETH,-1,2\n", 2, "a size above zero"),
        ("account,market,size,leverage\na,ETH,1,2\na,ETH,1,2\n", 3, "already, on line 2"),
        ("account,market,size,leverage\n", 1, "no position"),
    ],
)
def test_each_fault_is_told_with_its_line(book, text, line, words):
    with pytest.raises(BookFileError) as caught:
        book(text)
    assert any(place == line and words in said for place, said in caught.value.problems)
    assert f"positions.csv:{line}: " in str(caught.value)


def test_every_fault_of_a_file_is_told_at_once(book):
    with pytest.raises(BookFileError) as caught:
        book("account,market,size,leverage\na,ETH,0,2\nb,ETH,1,x\nc,DOGE,1,2\n")
    assert [line for line, _ in caught.value.problems] == [2, 3, 4]


def test_an_account_that_is_worth_nothing_at_the_start_price_is_told(book, tmp_path):
    holdings = book("account,market,size,debt_usd\na,ETH,1,2900\nb,ETH,1,3100\n")
    with pytest.raises(BookFileError, match=r"positions\.csv:3: b has an equity of \$-100\.00"):
        ImportedBook(tmp_path / "positions.csv", tuple(holdings)).margins_usd({"ETH": 3000 * 10**8})


CAMPAIGN = """name: imported
slots: 2
market: {{ETH: {{gbm: {{start_usd: 3000, vol: 0.5}}}}}}
book: {{{book}}}
"""


def test_the_file_is_found_beside_the_campaign_and_checked_with_it(tmp_path, monkeypatch):
    place = tmp_path / "campaigns"
    place.mkdir()
    monkeypatch.chdir(tmp_path)
    (place / "positions.csv").write_text("account,size,leverage\na,1,2\nb,-1,3\n")
    (place / "c.yaml").write_text(CAMPAIGN.format(book="csv: positions.csv"))
    imported = load_campaign(place / "c.yaml").imported_book()
    assert imported is not None
    assert imported.accounts == ["a", "b"]
    (place / "positions.csv").write_text("account,size,leverage\na,1,2\nb,-1,three\n")
    with pytest.raises(CampaignError, match=r"positions\.csv:3: leverage is 'three'"):
        load_campaign(place / "c.yaml")


def test_a_book_is_read_or_drawn_but_not_both(tmp_path):
    (tmp_path / "positions.csv").write_text("account,size,leverage\na,1,2\n")
    (tmp_path / "c.yaml").write_text(CAMPAIGN.format(book="csv: positions.csv, accounts: 7"))
    with pytest.raises(CampaignError, match="leave accounts out"):
        load_campaign(tmp_path / "c.yaml")
