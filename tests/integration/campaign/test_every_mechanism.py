"""Every value of every switch, reached from a campaign file, shows what it is known for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matrix_campaign import Left, run, tiny

from floodline.actors.catalogue import ACTORS
from floodline.foundation.units import WAD
from floodline.protocols import events
from floodline.protocols.reference.switches import Switches, choices

pytestmark = pytest.mark.anvil

MECHANISMS = Path(__file__).resolve().parents[3] / "docs" / "mechanisms.md"
OPTION_BOOK = {"options": {"share": 0.6, "legs": 2, "perpetual_share": 0.3}}
Shows = Callable[[Left], bool]


class Case:
    """One campaign, the switch values that it stands for, and how it shows them."""

    def __init__(self, name: str, stands_for: str, plain: dict[str, Any], *shows: Shows) -> None:
        self.name = name
        self.stands_for = {tuple(one.split("=")) for one in stands_for.split()}
        self.plain = plain
        self.shows = shows


def silent_oracle() -> dict[str, Any]:
    return {"oracle": {"deviation": 0.9, "heartbeat_s": 86_400}}


BOUND = {"lower_bound": 0.9}
YOUNG = {"max_age_default": 120, "max_age_strict": 120}
JUMPS = {"max_jump": 0.02, "jump_seconds": 40}
JOIN = {"open": 1, "close": 0, "cancel": 0}
EXPIRING: dict[str, Any] = {
    "crash": 0.1,
    "slots": 20,
    "book": OPTION_BOOK,
    "oracle": {"oracle": {"heartbeat_s": 24}},
    "overrides": {
        "listing_near": 330,
        "option_cutoff": 0,
        "expiry_grace": 12,
        "expiry_window": 60,
    },
}
SETTLING = ({"option_keepers": {}}, {"option_traders": {"accounts": 6, "view_sd": 0.4}})


def _of(left: Left, kind: type[events.ProtocolEvent]) -> list[Any]:
    return [event for event in left.events if isinstance(event, kind)]


def _open_interest_usd(left: Left) -> float:
    return float(left.tables["blocks"]["open_interest_usd"].iloc[-1])


def _highest_leverage(left: Left) -> float:
    """Return the largest first order over what its account had paid in."""
    paid: dict[bytes, int] = {}
    found: dict[bytes, float] = {}
    for event in left.events:
        if isinstance(event, events.Deposited):
            paid[event.account] = paid.get(event.account, 0) + event.amount_wad
        elif isinstance(event, events.Traded) and event.account in paid:
            notional = abs(event.size_delta_wad) * event.fill_price_wad // WAD
            found.setdefault(event.account, notional / paid[event.account])
    return max(found.values())


def _traded_at_an_older_price(left: Left) -> bool:
    """Whether a fill's price was another than the newest on chain."""
    newest = 3_000 * 10**8
    for event in left.events:
        if isinstance(event, events.PriceUpdated):
            newest = event.price_e8
        elif isinstance(event, events.Traded) and event.oracle_price_wad * 10**8 // WAD != newest:
            return True
    return False


CASES = [
    Case(
        "plain",
        "orders=immediate fund=what_it_has liquidation=chunks initial_margin=fixed "
        "margin=isolated collateral=usdc oracle=push breaker=false sequencer_guard=false "
        "amm=false vault=false options=false volatility_breaker=false adl=none",
        tiny({}, crash=0.3),
        lambda left: left.count(events.Traded) > 16,
        lambda left: left.count(events.Liquidated) > 3,
        lambda left: left.done["open"] > 0 and left.done["push_price"] > 1,
        lambda left: (
            {row.stage for row in _of(left, events.LossStagePaid)} == {"fund", "backer", "haircut"}
        ),
        lambda left: left.contracts.isdisjoint(
            {"OptionMarket", "LPVault", "SpotAmm", "CollateralVault", "AutoDeleverager"}
        ),
    ),
    Case(
        "delayed orders",
        "orders=delayed",
        tiny({"orders": "delayed"}, {"order_keepers": {"count": 1}}),
        lambda left: left.count(events.OrderCommitted) > 3,
        lambda left: left.count(events.OrderSettled) > 1,
    ),
    Case(
        "a fund that reverts",
        "fund=all_or_nothing",
        tiny({"fund": "all_or_nothing"}, crash=0.3),
        lambda left: "InsufficientFund" in left.reasons,
    ),
    Case(
        "auction by phases",
        "liquidation=auction",
        tiny(
            {"liquidation": "auction"},
            {"auction_bidders": {"count": 1, "required_margin": {"constant": 0.0}}},
        ),
        lambda left: left.count(events.AuctionStarted) > 3,
        lambda left: left.count(events.AuctionBid) > 0,
    ),
    Case(
        "auction by steps",
        "liquidation=clipper",
        tiny(
            {"liquidation": "clipper"},
            {"auction_bidders": {"count": 1, "required_margin": {"constant": 0.0}}},
            overrides={"clipper_step_seconds": 12, "clipper_cut": 0.8},
        ),
        lambda left: left.count(events.AuctionBid) > 0,
        lambda left: any(one.emptied for one in _of(left, events.AuctionEnded)),
    ),
    Case(
        "margin that grows with open interest",
        "initial_margin=open_interest",
        tiny(
            {"initial_margin": "open_interest"},
            {"traders": {"name": "crowd", "accounts": 20, "rate_per_s": 1.0, "mix": JOIN}},
            crash=0.0,
            book={"accounts": 0},
            overrides={"oi_scale_start": 5_000, "oi_scale_full": 100_000},
        ),
        lambda left: 0 < _open_interest_usd(left) < 300_000,
    ),
    Case(
        "scenario margin",
        "margin=portfolio options=true",
        tiny({"margin": "portfolio", "options": True}, book=OPTION_BOOK),
        lambda left: sum(one.is_portfolio for one in _of(left, events.MarginChosen)) >= 24,
        lambda left: left.count(events.OptionTraded) > 8,
        lambda left: left.capabilities.portfolio_margin,
        lambda left: _highest_leverage(left) < 4.5,
    ),
    Case(
        "scenario margin under a cap",
        "margin=capped options=true",
        tiny({"margin": "capped", "options": True}, book=OPTION_BOOK),
        lambda left: sum(one.is_portfolio for one in _of(left, events.MarginChosen)) >= 24,
        lambda left: left.capabilities.portfolio_margin,
        lambda left: _highest_leverage(left) > 4.5,
    ),
    Case(
        "tokens as margin",
        "collateral=multi",
        tiny(
            {"collateral": "multi"},
            {"arbitrageurs": {}},
            {"collateral_sellers": {}},
            book={"collateral": {"share": 1.0, "part": 0.9}},
        ),
        lambda left: left.count(events.CollateralChanged) >= 16,
        lambda left: left.count(events.CollateralSold) > 0,
    ),
    Case(
        "pulled prices",
        "oracle=pull",
        tiny({"oracle": "pull"}, oracle=silent_oracle()),
        lambda left: left.done["push_price"] == 0,
        lambda left: left.count(events.PriceUpdated) > 3,
        lambda left: left.done["liquidate"] > 0,
    ),
    Case(
        "a delayed feed",
        "oracle=delayed",
        tiny({"oracle": "delayed"}, overrides={"hop_seconds": 48}),
        lambda left: left.count(events.PriceQueued) > 1,
    ),
    Case(
        "a median",
        "oracle=median",
        tiny({"oracle": "median"}, {"oracle": {"name": "second", "delay_s": 20}}),
        lambda left: left.done["push_price"] > left.count(events.PriceUpdated),
    ),
    Case(
        "an average of the pool",
        "oracle=twap",
        tiny(
            {"oracle": "twap"},
            {"arbitrageurs": {}},
            overrides={"twap_window": 48, "twap_period": 12},
        ),
        lambda left: left.tables["prices"]["chain_usd"].iloc[-1] < 2_900,
        lambda left: left.tables["prices"]["chain_usd"].iloc[-1] > 2_400,
    ),
    Case(
        "a bound that refuses",
        "feed_bounds=refuse",
        tiny({"feed_bounds": "refuse"}, overrides=BOUND),
        lambda left: "AnswerOutOfBounds" in left.reasons,
    ),
    Case(
        "a bound that clamps",
        "feed_bounds=clamp",
        tiny({"feed_bounds": "clamp"}, overrides=BOUND),
        lambda left: left.tables["prices"]["chain_usd"].min() == 2_700,
        lambda left: left.tables["prices"]["true_usd"].min() < 2_500,
    ),
    Case(
        "a breaker",
        "breaker=true fallback=revert",
        tiny({"breaker": True}, overrides=JUMPS),
        lambda left: "PriceJumped" in left.reasons,
    ),
    Case(
        "a breaker that falls back",
        "fallback=last_good",
        tiny({"breaker": True, "fallback": "last_good"}, overrides=JUMPS),
        _traded_at_an_older_price,
    ),
    Case(
        "an outage of the sequencer",
        "sequencer_guard=true",
        tiny(
            {"sequencer_guard": True},
            {"sequencer": {"outages": [{"at_s": 24, "for_s": 36}]}},
            overrides={"grace_seconds": 60},
        ),
        lambda left: {"SequencerDown", "SequencerGrace"} <= left.reasons,
    ),
    Case(
        "old prices refused",
        "staleness_guard=true",
        tiny({}, oracle=silent_oracle(), overrides=YOUNG),
        lambda left: "StalePrice" in left.reasons,
    ),
    Case(
        "old prices taken",
        "staleness_guard=false",
        tiny({"staleness_guard": False}, oracle=silent_oracle(), overrides=YOUNG),
        lambda left: "StalePrice" not in left.reasons,
        lambda left: (left.tables["trades"]["time_s"] > 130).any(),
    ),
    Case(
        "spot pools",
        "amm=true",
        tiny({"amm": True}, {"arbitrageurs": {}}),
        lambda left: left.done["swap"] > 1,
        lambda left: left.count(events.SpotPoolChanged) > 2,
    ),
    Case(
        "a vault that hedges options",
        "vault=true",
        tiny(
            {"vault": True, "options": True},
            {"providers": {"count": 2, "deposit_usd": 50_000}},
            {"caretakers": {}},
            crash=0.1,
            book=OPTION_BOOK,
            overrides={
                "vault_deposit_delay": 12,
                "vault_redemption_delay": 24,
                "hedge_interval": 60,
            },
        ),
        lambda left: left.count(events.VaultRequestProcessed) > 1,
        lambda left: left.count(events.VaultHedged) > 0,
    ),
    Case(
        "a breaker on volatility",
        "volatility_breaker=true",
        tiny(
            {"options": True, "volatility_breaker": True},
            {"volatility": {"interval_s": 24, "start": 1.2}},
            SETTLING[1],
        ),
        lambda left: "VolatilityHalted" in left.reasons,
    ),
    Case(
        "expiry at an average",
        "expiry_price=twap",
        tiny({"options": True}, *SETTLING, **EXPIRING),
        lambda left: {one.source for one in _of(left, events.ExpiryPriceFixed)} == {"twap"},
        lambda left: left.count(events.OptionSettled) > 0,
    ),
    Case(
        "expiry at landing",
        "expiry_price=landing",
        tiny(
            {"options": True, "expiry_price": "landing"},
            *SETTLING,
            **EXPIRING,
        ),
        lambda left: {one.source for one in _of(left, events.ExpiryPriceFixed)} == {"landing"},
        lambda left: left.count(events.OptionSettled) > 0,
    ),
    *(
        Case(
            f"deleveraging: {rule}",
            f"adl={rule}",
            tiny(
                {"adl": rule},
                {"deleveragers": {}},
                crash=0.3,
                book={"accounts": 30, "long_share": 0.6},
            ),
            lambda left: left.count(events.DeleveragingOpened) > 0,
            lambda left: left.count(events.Deleveraged) > 0,
        )
        for rule in ("queue", "pro_rata")
    ),
    Case(
        "the gate after a deficit",
        "",
        tiny({}, {"runners": {"count": 3}}, crash=0.3),
        lambda left: left.count(events.DeficitRecorded) > 0,
        lambda left: "WithdrawalGated" in left.reasons,
    ),
    Case(
        "a way out without the gate",
        "",
        tiny({}, {"runners": {"count": 3}}, crash=0.3, overrides={"gate_seconds": 0}),
        lambda left: left.count(events.DeficitRecorded) > 0,
        lambda left: "WithdrawalGated" not in left.reasons,
        lambda left: left.count(events.Withdrawn) > 0,
    ),
    Case(
        "bad practice",
        "",
        tiny({}, crash=0.3, profile="bad_practice"),
        lambda left: "InsufficientFund" in left.reasons,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_reached_and_shows_its_effect(case: Case, tmp_path: Path) -> None:
    left = run(case.plain, tmp_path)
    failed = [place for place, shows in enumerate(case.shows) if not shows(left)]
    assert failed == [], (left.done, left.reasons)


def test_every_value_of_every_switch_has_a_campaign() -> None:
    shown = set().union(*(case.stands_for for case in CASES))
    every = {(name, value) for name in Switches.model_fields for value in choices(name)}
    assert every - shown == set()


def test_every_mechanism_that_is_described_names_what_exists() -> None:
    """The table's switches are switches, its values their values, its actors registered."""
    rows = [line.split("|") for line in MECHANISMS.read_text().splitlines() if "contracts/" in line]
    assert len(rows) > 30
    for row in rows:
        column = row[3]
        for name, value in re.findall(r"`(\w+): (\w+)`", column):
            if name != "profile":
                assert value in choices(name), row[1]
        for actor in re.findall(r"actor `(\w+)`", column):
            assert actor in ACTORS, row[1]
