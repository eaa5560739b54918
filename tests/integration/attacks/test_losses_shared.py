"""Who pays what is left: a haircut for everybody, or winners in proportion to their size."""

from __future__ import annotations

from pathlib import Path

import pytest
from attack_campaign import falling, run

from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil


def crashed(folder: Path, mitigation: str = "") -> Tables:
    actors = [{"oracle": {}}, {"keepers": {"count": 2, "only_if_profitable": False}}]
    return run(
        folder,
        *actors,
        slots=16,
        market=falling(-0.3, at_s=30),
        book={"accounts": 30, "leverage": {"constant": 12}, "long_share": 0.6},
        protocol={"insurance_usd": 1_000, "overrides": {"vault_loss_share": 0}},
        mitigation=mitigation,
    )


def paid(tables: Tables, stage: str) -> int:
    return sum(map(int, tables["deficits"][f"{stage}_wad"])) // 10**18


def test_what_fund_and_backer_leave_is_everybodys_haircut(tmp_path: Path) -> None:
    tables = crashed(tmp_path)
    assert paid(tables, "haircut") > 10_000
    assert paid(tables, "adl") == 0


def test_winners_pay_it_in_proportion_where_they_are_deleveraged(tmp_path: Path) -> None:
    tables = crashed(tmp_path, "pro_rata_adl")
    assert paid(tables, "adl") > 10_000
    assert paid(tables, "haircut") < paid(crashed(tmp_path), "haircut") - 10_000
