"""Who pays what is left: a haircut for everybody, or winners in proportion to their size."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import attack, won

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def paid(tables: Tables, stage: str) -> int:
    return sum(map(int, tables["deficits"][f"{stage}_wad"])) // 10**18


def test_what_fund_and_backer_leave_is_everybodys_haircut(tmp_path: Path) -> None:
    tables = attack(tmp_path, "shared-losses")
    assert won(tables, "shared-losses")
    assert paid(tables, "haircut") > 10_000
    assert paid(tables, "adl") == 0


def test_winners_pay_it_in_proportion_where_they_are_deleveraged(tmp_path: Path) -> None:
    tables = attack(tmp_path, "shared-losses", mitigation="pro_rata_adl")
    assert not won(tables, "shared-losses")
    assert paid(tables, "adl") > 10_000
    everybodys = paid(attack(tmp_path, "shared-losses"), "haircut")
    assert paid(tables, "haircut") < everybodys - 10_000


def test_deleveraging_does_not_end_a_run_that_a_hole_has_begun(tmp_path: Path) -> None:
    tables = attack(tmp_path, "withdrawal-run", mitigation="pro_rata_adl")
    assert won(tables, "withdrawal-run")
    assert paid(tables, "haircut") > 10_000
