"""Profiles: complete, sourced, inside the contracts' bounds, and in the order of the ABI."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest

from floodline.foundation.units import FEED, wad
from floodline.foundation.workspace import project_root
from floodline.protocols.reference.model_parameters import (
    AssetConfiguration,
    KeeperParameters,
    LiquidationParameters,
    MarketParameters,
)
from floodline.protocols.reference.overrides import parameter_names
from floodline.protocols.reference.profiles import PROFILES, Profile, asset_id, rows
from floodline.protocols.reference.switches import Switches, with_switches

STRUCTS = {
    "AssetConfiguration": AssetConfiguration,
    "MarketParameters": MarketParameters,
    "LiquidationParameters": LiquidationParameters,
    "KeeperParameters": KeeperParameters,
}


@pytest.fixture(params=sorted(PROFILES))
def profile(request: pytest.FixtureRequest) -> Profile:
    return PROFILES[request.param]


@pytest.mark.parametrize("name", sorted(STRUCTS))
def test_structs_have_the_fields_of_solidity_in_the_same_order(name: str) -> None:
    source = (project_root() / "contracts/types/Types.sol").read_text(encoding="utf-8")
    body = re.search(rf"struct {name} \{{(.*?)\n\}}", source, re.DOTALL)
    assert body is not None
    members = re.findall(r"^\s+\w+ (\w+);", body.group(1), re.MULTILINE)
    snake = [re.sub(r"([A-Z])", lambda match: "_" + match.group(1).lower(), m) for m in members]
    assert snake == list(STRUCTS[name]._fields)


def test_every_number_has_a_unit_and_a_source(profile: Profile) -> None:
    listed = rows(profile)
    assert {key.rpartition(".")[2] for key, *_ in listed} == set(parameter_names(profile))
    assert all(unit and len(source) > 10 for _, _, unit, source in listed)


def test_market_fields_stand_in_the_order_of_the_struct(profile: Profile) -> None:
    for market in profile.markets.values():
        assert tuple(field.name for field in fields(market)) == MarketParameters._fields
        parameters = market.parameters()
        assert parameters.taker_fee == market.taker_fee.value
        assert parameters.fund_fee_share == market.fund_fee_share.value
        assert parameters.max_side_size < parameters.skew_scale
        assert 0 < parameters.min_initial_ratio <= parameters.max_initial_ratio <= wad(1)
    penalties = {"bad_practice": wad("0.1"), "high_leverage": wad("0.002")}
    expected = penalties.get(profile.name, wad("0.025"))
    assert profile.liquidation.parameters().penalty_ratio == expected


def test_the_strict_age_is_not_below_the_heartbeat_of_a_push_feed(profile: Profile) -> None:
    oracle = profile.oracle
    assert oracle.heartbeat.value <= oracle.max_age_strict.value <= oracle.max_age_default.value


def test_feed_and_hub_have_the_same_bounds_around_the_start_price(profile: Profile) -> None:
    assert profile.oracle.bounds_e8(3_000 * FEED) == (300 * FEED, 30_000 * FEED)
    configuration = profile.oracle.asset_configuration(b"\x11" * 20, 3_000 * FEED)
    assert configuration[1:3] == (wad(300), wad(30_000))


def test_an_asset_id_is_the_name_padded_to_a_word() -> None:
    assert asset_id("ETH") == b"ETH" + bytes(29)


def test_initial_margin_scales_with_open_interest_only_where_the_switch_says(
    profile: Profile,
) -> None:
    scaled = with_switches(profile.switches, {"initial_margin": "open_interest"})
    assert replace(profile, switches=scaled).market_parameters("ETH").oi_scale_full == wad(
        50_000_000
    )
    assert profile.market_parameters("ETH").oi_scale_full == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"inital_margin": "fixed"}, "no such switch.*did you mean 'initial_margin'"),
        ({"initial_margin": "open-interest"}, "did you mean 'open_interest'"),
        ({"initial_margin": True}, "cannot be 'true'; one of: fixed, open_interest"),
    ],
)
def test_a_wrong_switch_is_explained(given: dict[str, str | bool], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        with_switches(Switches(), given)


def test_profiles_differ_where_their_descriptions_say() -> None:
    base, aggressive, conservative = (
        PROFILES[name] for name in ("base", "aggressive", "conservative")
    )
    margins = [
        (p.min_initial_ratio, p.min_initial_ratio * p.maintenance_scalar // wad(1))
        for p in (q.markets["ETH"].parameters() for q in (base, aggressive, conservative))
    ]
    assert margins == [
        (wad("0.05"), wad("0.03")),
        (wad("0.02"), wad("0.0056")),
        (wad("0.10"), wad("0.065")),
    ]
    keepers = [p.keeper.parameters(asset_id("ETH")) for p in (base, aggressive, conservative)]
    assert [keeper.cap_enabled for keeper in keepers] == [False, True, False]
    assert [keeper.reimburse_tip for keeper in keepers] == [False, False, True]


def test_high_leverage_has_the_margins_of_gmx_and_closes_all() -> None:
    profile = PROFILES["high_leverage"]
    market = profile.markets["ETH"].parameters()
    assert market.min_initial_ratio == wad("0.01")
    assert market.min_initial_ratio * market.maintenance_scalar // wad(1) == wad("0.005")
    assert profile.liquidation.parameters().close_factor == wad(1)
