"""Delta hedgers push the way the price goes, the more the nearer expiry and strike are."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, row, tally, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def premium(tables: Tables) -> float:
    """What the hedgers' demand makes the next order pay, over the price."""
    return float(tables["blocks"]["skew"].abs().max()) / 300_000


def test_demand_grows_with_gamma(tmp_path: Path) -> None:
    near = attack(tmp_path, "hedgers")
    far = attack(tmp_path, "hedgers", "actors.hedgers.expiry_s=2_592_000")
    assert (won(near, "hedgers"), won(far, "hedgers")) == (True, False)
    assert tally(near, "hedgers", "wanted_usd") > 3 * tally(far, "hedgers", "wanted_usd")
    assert premium(near) > 0.02
    assert premium(near) > 3 * premium(far)
    assert row(near, "hedgers")["got"] >= 3


def test_a_cap_on_open_interest_bounds_what_they_can_do(tmp_path: Path) -> None:
    tables = attack(tmp_path, "hedgers", mitigation="oi_caps")
    assert not won(tables, "hedgers")
    assert tables["blocks"]["open_interest_usd"].max() <= 10_000_000
    assert premium(tables) < 0.02
    assert tally(tables, "hedgers", "open_reverted") > 0


OPTIONS = 60 * 380_000 * 2 / 3_000
"""Options of the campaign's accounts: twice their margin each, at 3,000 dollars."""

SMALLER = "book.margin_usd={constant: 100_000}"
"""As many options of a month as the vault's bound on vega allows, and more."""


def test_the_venues_own_options_are_hedged_to_within_the_band(tmp_path: Path) -> None:
    tables = attack(tmp_path, "option-hedgers")
    assert won(tables, "option-hedgers")
    assert row(tables, "hedgers")["got"] >= 5
    written = tables["option_greeks"].query("role == 'book'").set_index("block")["delta_true"]
    held = tables["blocks"].set_index("block")["skew"]
    assert abs(written.iloc[-1] - written.iloc[0]) > 5_000
    for block in (1, 4, 19, 20):
        grown = written[block] - written.iloc[0]
        assert held[block] == pytest.approx(-grown, abs=0.06 * OPTIONS)


def test_a_cap_leaves_a_part_of_the_options_delta_open(tmp_path: Path) -> None:
    tables = attack(tmp_path, "option-hedgers", mitigation="oi_caps")
    assert not won(tables, "option-hedgers")
    assert tally(tables, "hedgers", "open_reverted") > 0
    written = tables["option_greeks"].query("role == 'book'")["delta_true"]
    open_delta = written.iloc[-1] - written.iloc[0] + tables["blocks"]["skew"].iloc[-1]
    assert open_delta > 0.1 * OPTIONS


def test_demand_for_hedges_of_real_options_grows_with_their_gamma(tmp_path: Path) -> None:
    near = attack(tmp_path, "option-hedgers", SMALLER)
    far = attack(tmp_path, "option-hedgers", SMALLER, "book.options.far_share=1")
    for item in ("gamma_peak_usd", "wanted_usd"):
        assert tally(near, "hedgers", item) > 5 * tally(far, "hedgers", item) > 0
    gamma = near["option_greeks"].query("role == 'book'")["gamma"].abs().max()
    assert tally(near, "hedgers", "gamma_peak_usd") == pytest.approx(
        gamma * 3_000 * 3_000 / 100, rel=0.02
    )


def test_away_from_the_strike_nobody_has_to_hedge_any_more(tmp_path: Path) -> None:
    jumps = "[{at_s: 24, size: -0.15, over_s: 1}, {at_s: 60, size: -0.03, over_s: 120}]"
    change = f"market.ETH.jump_diffusion.jumps={jumps}"
    near = attack(tmp_path, "option-hedgers", SMALLER)
    away = attack(tmp_path, "option-hedgers", SMALLER, change)
    later = "role == 'hedger' and created_s > 70"
    assert len(near["transactions"].query(later)) >= 5
    assert len(away["transactions"].query(later)) == 0


@pytest.mark.parametrize(("writers", "side", "sign"), [(1, "writers", -1), (0, "buyers", 1)])
def test_hedges_of_writers_go_with_the_price_and_of_buyers_against_it(
    tmp_path: Path, writers: int, side: str, sign: int
) -> None:
    changes = (f"book.options.writer_share={writers}", f"actors.hedgers.side={side}")
    tables = attack(tmp_path, "option-hedgers", SMALLER, *changes)
    assert sign * tables["blocks"]["skew"].iloc[-1] > 1_000
