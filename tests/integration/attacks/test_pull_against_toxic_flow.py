"""What a pull oracle needs beside it, against those who leave the newest price out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from attack_campaign import attack, row

pytestmark = pytest.mark.anvil

PAGE: Final = Path(__file__).parents[3] / "docs" / "attacks.md"
SLOW_PUBLISHER: Final = (
    "actors.oracle.fee={multiple: {multiple: 2, tip_gwei: 0.01}}",
    "actors.toxic_flow.watch_s=5",
)
OPENING: Final = "mix: {open: 1, close: 0, cancel: 0}"
TRADERS: Final = (
    f"actors.+={{traders: {{accounts: 40, rate_per_s: 0.3, {OPENING}, slippage: 0.05}}}}",
)


def window(seconds: int) -> tuple[str, ...]:
    """No order at a price that is older than this."""
    ages = ("pull_age_default", "pull_age_strict")
    return (
        "protocol.switches.staleness_guard=true",
        *(f"protocol.overrides.{age}={seconds}" for age in ages),
    )


BESIDE: Final[dict[str, tuple[str, ...]]] = {
    "nothing": (),
    "a fee of 1 %": ("protocol.overrides.taker_fee=0.01",),
    "prices of 60 s at most": window(60),
    "prices of 24 s at most": window(24),
    "prices of 2 s at most": window(2),
    "orders that settle a block later": (
        "protocol.switches.orders=delayed",
        "actors.+={order_keepers: {count: 2}}",
    ),
}
"""What stands beside the pull oracle."""


def earned(folder: Path, beside: str, *more: str) -> float:
    changes = (*SLOW_PUBLISHER, *BESIDE[beside], *more)
    tables = attack(folder, "toxic-flow", *changes, mitigation="pull_oracle")
    found = row(tables, "toxic_flow")
    assert found["tried"] >= 1
    return float(found["net_usd"])


def served(folder: Path, beside: str) -> float:
    """Share of the others' orders that were filled, of all that came to an end."""
    changes = (*SLOW_PUBLISHER, *BESIDE[beside], *TRADERS)
    tables = attack(folder, "toxic-flow", *changes, mitigation="pull_oracle")
    if len(tables["orders"]):
        mine = tables["orders"].query("account.str.startswith('traders')")
        return float((mine["state"] == "settled").sum() / (mine["state"] != "pending").sum())
    sent = tables["transactions"].query("actor == 'traders'")["status"]
    return float((sent == "included").sum() / sent.isin(["included", "reverted"]).sum())


@pytest.mark.parametrize("beside", BESIDE)
def test_the_page_says_what_each_leaves_to_be_earned(tmp_path: Path, beside: str) -> None:
    alone, among = earned(tmp_path, beside), earned(tmp_path, beside, *TRADERS)
    line = f"| {beside} | {round(alone):,} | {round(among):,} | {served(tmp_path, beside):.0%} |"
    text = PAGE.read_text(encoding="utf-8")
    assert line in text, f"put this there:\n{line}"


def test_orders_that_settle_later_leave_nothing_and_serve_everybody_else(tmp_path: Path) -> None:
    beside = "orders that settle a block later"
    assert earned(tmp_path, beside) < 0
    assert earned(tmp_path, beside, *TRADERS) < 0
    assert served(tmp_path, beside) > 0.9


def test_a_window_of_two_blocks_is_enough_only_while_nobody_else_brings_a_price(
    tmp_path: Path,
) -> None:
    """What others bring along is fresh, and who leaves his own price out trades at it."""
    beside = "prices of 24 s at most"
    assert earned(tmp_path, beside) < 0
    assert 50_000 < earned(tmp_path, beside, *TRADERS) < earned(tmp_path, "nothing", *TRADERS)


def test_a_window_shorter_than_a_slot_turns_everybody_away(tmp_path: Path) -> None:
    beside = "prices of 2 s at most"
    assert earned(tmp_path, beside, *TRADERS) < 0
    assert served(tmp_path, beside) == 0


def test_a_fee_of_half_the_jump_leaves_about_half(tmp_path: Path) -> None:
    left = earned(tmp_path, "a fee of 1 %") / earned(tmp_path, "nothing")
    assert 0.3 < left < 0.6
