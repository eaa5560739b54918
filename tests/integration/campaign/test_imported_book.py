"""A book from a CSV file, opened in the contracts of two protocols."""

from __future__ import annotations

import pytest
from small_campaign import prepared, small

from floodline.campaign.book_file import BookFileError
from floodline.foundation.errors import ToolchainError
from floodline.foundation.units import WAD
from floodline.toolchain.packages import find_package, pin

pytestmark = [pytest.mark.anvil]
LONGS = "account,collateral,debt_usd\nvault-7,10,21000\nvault-9,2.5,6000\n"
BOTH = "account,size,leverage,entry_usd\nann,2,4,3100\nben,-1.5,5,\n"


def campaign(tmp_path, text, adapter):
    path = tmp_path / "positions.csv"
    path.write_text(text)
    return small(book={"csv": str(path)}, protocol={"adapter": adapter}, actors=[], slots=3)


def equities(session):
    book = session.world.protocol.book
    names = session.world.monitor._labels
    accounts = [one for one in book.addresses if names[one] in {"vault-7", "vault-9", "ann", "ben"}]
    health = session.world.protocol.health(session.node.call, accounts)
    sizes = {names[one]: book.size_wad[book.index[one]][0] for one in accounts}
    return sizes, dict(zip((names[one] for one in accounts), health.equity_usd, strict=True))


@pytest.mark.parametrize("adapter", ["reference", "morpho"])
def test_collateral_and_debt_become_positions_of_that_equity(tmp_path, adapter):
    if adapter == "morpho":
        try:
            find_package(pin("morpho"))
        except ToolchainError as missing:
            pytest.skip(missing.message)
    with prepared(campaign(tmp_path, LONGS, adapter), tmp_path) as session:
        sizes, equity = equities(session)
    assert sizes == {"vault-7": 10 * WAD, "vault-9": 25 * WAD // 10}
    # The reference protocol takes a fee and a premium for opening: below 0.1 % of notional.
    assert equity["vault-7"] == pytest.approx(9_000, abs=30 if adapter == "reference" else 0.02)
    assert equity["vault-9"] == pytest.approx(1_500, abs=8 if adapter == "reference" else 0.02)


def test_longs_and_shorts_with_leverage_and_entry_prices(tmp_path):
    with prepared(campaign(tmp_path, BOTH, "reference"), tmp_path) as session:
        sizes, equity = equities(session)
    assert sizes == {"ann": 2 * WAD, "ben": -15 * WAD // 10}
    assert equity["ann"] == pytest.approx(2 * 3100 / 4 - 200, abs=8)
    assert equity["ben"] == pytest.approx(900, abs=6)


def test_a_position_that_the_protocol_does_not_allow_is_told_with_its_line(tmp_path):
    plain = campaign(tmp_path, "account,size,leverage\na,1,2\nb,1,60\n", "reference")
    refusal = r"positions\.csv:3: 'reference' allows a margin of \$50\.00"
    with pytest.raises(BookFileError, match=refusal), prepared(plain, tmp_path):
        pass
