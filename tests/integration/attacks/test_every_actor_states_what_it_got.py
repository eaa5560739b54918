"""Every kind of actor states in its rows what it tried to do, and what it got."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from attack_campaign import attack, falling, run

from floodline.actors.catalogue import ACTORS
from floodline.measure.attempts import ATTACKERS
from floodline.measure.tables import Tables

pytestmark = pytest.mark.anvil

Made = Callable[[Path], Tables]


def preset(name: str, *changes: str, mitigation: str = "") -> Made:
    """An attack's preset."""
    return lambda folder: attack(folder, name, *changes, mitigation=mitigation)


def campaign(*actors: dict[str, Any], **more: Any) -> Made:
    """A campaign of its own, run once."""
    made: list[Tables] = []

    def tables(folder: Path) -> Tables:
        if not made:
            made.append(run(folder, *actors, **more))
        return made[0]

    return tables


OPTIONS: Final = campaign(
    {"oracle": {"heartbeat_s": 24}},
    {"volatility": {}},
    {"option_keepers": {}},
    {"option_traders": {"accounts": 6, "view_sd": 0.4}},
    slots=22,
    book={"accounts": 8, "options": {"share": 1, "far_share": 0}},
    protocol={
        "switches": {"options": True},
        "overrides": {
            "listing_near": 150,
            "option_cutoff": 0,
            "expiry_grace": 12,
            "expiry_window": 60,
        },
    },
)
TOKENS: Final = campaign(
    {"oracle": {}},
    {"keepers": {"count": 1}},
    {"collateral_sellers": {}},
    {"arbitrageurs": {"count": 1}},
    slots=20,
    market=falling(-0.12),
    book={
        "accounts": 24,
        "long_share": 0.9,
        "leverage": {"constant": 9},
        "collateral": {"share": 0.8, "part": 0.5},
    },
    protocol={"insurance_usd": 5_000, "switches": {"collateral": "multi"}},
)
TRIP: Final = {"at_s": 30, "side": "long", "for_s": 60}
RUNS: Final[dict[str, Made]] = {
    "amm_providers": preset("liquidity-pulled"),
    "arbitrageurs": preset("spot-arbitrage"),
    "auction_bidders": preset("auction-sniper"),
    "auction_sniper": preset("auction-sniper"),
    "back_runner": preset("back-runner"),
    "background": campaign({"oracle": {}}, background={}, slots=3),
    "caretakers": preset("vault-run"),
    "churn": preset("churn"),
    "collateral_sellers": TOKENS,
    "deleveragers": preset("shared-losses", mitigation="pro_rata_adl"),
    "eviction": preset("eviction"),
    "flood": preset("tip-ladder"),
    "hedgers": preset("option-hedgers"),
    "insiders": campaign({"oracle": {}}, {"insiders": {"trips": [TRIP]}}),
    "keepers": preset("keeper-strike", mitigation="gas_in_reward"),
    "nonce_gap": preset("nonce-gap"),
    "option_keepers": OPTIONS,
    "option_traders": OPTIONS,
    "oracle": preset("toxic-flow"),
    "oracle_front_runner": preset("oracle-front-runner"),
    "order_keepers": preset("window-stuffing", mitigation="private_settlement"),
    "providers": preset("vault-run"),
    "quitters": preset("self-fulfilling-exit", "actors.flood.to_s=150", "slots=40"),
    "runners": preset("withdrawal-run"),
    "sandwich": preset("sandwich"),
    "sequencer": campaign(
        {"oracle": {}},
        {"sequencer": {"outages": [{"at_s": 20, "for_s": 30}]}},
        protocol={"switches": {"sequencer_guard": True}},
    ),
    "settlement_sandwich": preset("settlement-sandwich"),
    "steward": preset("leverage-in-congestion", mitigation="deep_pool_margin"),
    "stuffing": preset("stuffing"),
    "toxic_flow": preset("toxic-flow"),
    "traders": preset("crowded-side"),
    "volatility": OPTIONS,
}
"""A run for each kind of actor in which it gets something."""

NOTHING_TO_GET: Final = frozenset({"churn"})
"""Kinds that get nothing into a block, and mean to."""


def test_there_is_a_run_for_every_kind() -> None:
    assert sorted(RUNS) == sorted(ACTORS)


@pytest.mark.parametrize("kind", RUNS)
def test_it_states_what_it_tried_and_what_it_got(tmp_path: Path, kind: str) -> None:
    tables = RUNS[kind](tmp_path)
    mine = tables["actors"].query("kind == @kind")
    assert len(mine) > 4
    stated = mine[mine["item"].isin(["tried", "got"])].set_index("item")["amount"].map(int)
    assert sorted(stated.index) == ["got", "tried"], "each once, whoever counts it"
    assert stated["tried"] >= 1
    assert 0 <= stated["got"] <= stated["tried"]
    assert (stated["got"] >= 1) == (kind not in NOTHING_TO_GET)


@pytest.mark.parametrize("kind", RUNS)
def test_who_attacks_states_it_with_what_it_cost_and_earned(tmp_path: Path, kind: str) -> None:
    tables = RUNS[kind](tmp_path)
    mine = tables["actors"].query("kind == @kind")
    found = tables["attacks"].query("kind == @kind")
    assert len(found) == (mine["role"].iloc[0] in ATTACKERS)
    counted = mine.set_index("item")["amount"].map(int)
    for row in found.to_dict("records"):
        assert (row["tried"], row["got"]) == (counted["tried"], counted["got"])
        assert int(row["spent_wei"]) == counted["fees_wei"]
