"""VolSurface: publishers, trades' impact, bounds, age; every number against the model."""

import pytest
from conftest import ANY, DEFAULT, STRICT, event_of, reverts

from floodline.foundation.units import WAD, wad
from floodline.protocols.reference.model_surface import SurfaceModel, SurfaceState
from floodline.protocols.reference.profile_options import SURFACE

SPOT = wad(3_000)
PARAMETERS = SURFACE.parameters()
START = SURFACE.start()


@pytest.fixture
def surface(deploy, owner, oracle_publisher, trader, chain):
    """A surface whose market is the trader, with the profile's start published."""
    contract = deploy("VolSurface", tuple(PARAMETERS), [oracle_publisher])
    contract.setMarket(trader, sender=owner)
    contract.push(tuple(START), chain.blocks.head.timestamp, sender=oracle_publisher)
    return contract


@pytest.fixture
def model(surface, chain):
    twin = SurfaceModel(PARAMETERS)
    twin.push(START, surface.observedAt(), chain.blocks.head.timestamp)
    return twin


def points(now):
    return [
        (wad(strike), now + seconds)
        for strike in (900, 2_400, 2_700, 3_000, 3_300, 4_000, 9_000)
        for seconds in (1, 60, 3_600, 7 * 86_400, 30 * 86_400, 200 * 86_400)
    ]


def test_every_point_is_the_models_to_the_last_digit(surface, model, chain):
    now = chain.blocks.head.timestamp
    found, rate = surface.volatilities(SPOT, points(now), DEFAULT)
    assert found == [model.volatility(SPOT, key, now) for key in points(now)]
    assert rate == START.rate
    assert min(found) >= PARAMETERS.min_volatility
    assert max(found) <= PARAMETERS.max_volatility
    assert len(set(found)) > len(found) // 2


def test_a_base_that_moves_too_far_inside_a_window_halts_trading_and_nothing_else(
    surface, trader, owner, oracle_publisher, later
):
    """From 80 %: 88 % passes at a limit of 10 %, 88.1 % does not, and a new window begins there."""
    rules = PARAMETERS._replace(max_move=wad("0.1"), move_seconds=3_600, halt_seconds=60)
    surface.setParameters(tuple(rules), sender=owner)

    def push(base):
        state = tuple(START._replace(base=wad(base)))
        return surface.push(state, later(), sender=oracle_publisher)

    assert not push("0.8").decode_logs(surface.VolatilityBreakerTripped)
    assert not push("0.88").decode_logs(surface.VolatilityBreakerTripped)
    tripped = event_of(push("0.8801"), surface.VolatilityBreakerTripped)
    assert (tripped.before, tripped.base) == (wad("0.8"), wad("0.8801"))
    assert tripped.until == surface.haltedUntil()
    key = (wad(3_000), tripped.until + 86_400)
    with reverts(surface.VolatilityHalted, until=tripped.until):
        surface.move(SPOT, key, wad(1), sender=trader)
    with reverts(surface.VolatilityHalted, until=tripped.until):
        surface.preview(SPOT, key, wad(1))
    assert surface.volatilities(SPOT, [key], STRICT)[0][0] > 0, "liquidations go on"
    later(60)
    surface.move(SPOT, key, wad(1), sender=trader)
    tripped = event_of(
        surface.move(SPOT, key, wad(50), sender=trader), surface.VolatilityBreakerTripped
    )
    assert tripped.before == wad("0.8801"), "a trade can trip it too"


def test_without_a_limit_nothing_halts(surface, trader, oracle_publisher, later):
    surface.push(tuple(START._replace(base=wad("1.9"))), later(), sender=oracle_publisher)
    surface.move(SPOT, (wad(3_000), later() + 86_400), wad(1), sender=trader)
    assert surface.haltedUntil() == 0


def test_the_worked_number_of_the_documentation(surface, chain):
    now = chain.blocks.head.timestamp
    ((found,), _) = surface.volatilities(SPOT, [(wad(2_700), now + 7 * 86_400)], ANY)
    assert round(found / WAD, 4) == 1.0352


def test_a_trade_moves_the_base_and_its_own_strike(surface, model, trader, chain):
    now = chain.blocks.head.timestamp
    key, other = (wad(3_300), now + 9 * 86_400), (wad(2_700), now + 9 * 86_400)
    before = surface.volatilities(SPOT, [key, other], ANY)[0]
    promised, _ = surface.preview(SPOT, key, wad(10))
    receipt = surface.move(SPOT, key, wad(10), sender=trader)
    model.move(SPOT, key, wad(10), receipt.timestamp)
    assert surface.baseImpact() == model.base_impact == wad("0.02")
    assert surface.factorImpact(key) == model.factor_impact[key] == wad("0.015")
    after = surface.volatilities(SPOT, [key, other], ANY)[0]
    moved = chain.blocks.head.timestamp
    assert after == [model.volatility(SPOT, item, moved) for item in (key, other)]
    assert after[0] / before[0] > after[1] / before[1] > 1
    assert promised == pytest.approx(after[0], rel=1e-6)
    surface.move(SPOT, key, -wad(10), sender=trader)
    assert surface.baseImpact() == surface.factorImpact(key) == 0


def test_an_update_forgets_the_trades_before_it(surface, trader, oracle_publisher, later, chain):
    key = (wad(3_300), chain.blocks.head.timestamp + 9 * 86_400)
    surface.move(SPOT, key, wad(10), sender=trader)
    surface.push(tuple(START), later(), sender=oracle_publisher)
    assert surface.baseImpact() == surface.factorImpact(key) == 0
    assert surface.round() == 2


def test_no_trade_can_carry_the_base_out_of_its_bounds(surface, trader, chain):
    now = chain.blocks.head.timestamp
    key = (wad(3_000), now + 30 * 86_400)
    surface.move(SPOT, key, wad(10**6), sender=trader)
    ((high,), _) = surface.volatilities(SPOT, [key], ANY)
    surface.move(SPOT, key, -wad(2 * 10**6), sender=trader)
    ((low,), _) = surface.volatilities(SPOT, [key], ANY)
    assert (low, high) == (PARAMETERS.min_volatility, PARAMETERS.max_volatility)


def test_old_volatility_is_refused_for_trading_and_shown_for_reading(surface, trader, later, chain):
    observed = surface.observedAt()
    key = (wad(3_000), chain.blocks.head.timestamp + 30 * 86_400)
    later(PARAMETERS.heartbeat + 1)
    refused = {"observedAt": observed, "maxAge": PARAMETERS.heartbeat}
    with reverts(surface.StaleVolatility, **refused):
        surface.volatilities(SPOT, [key], DEFAULT)
    with reverts(surface.StaleVolatility, **refused):
        surface.move(SPOT, key, wad(1), sender=trader)
    with reverts(surface.StaleVolatility, **refused):
        surface.preview(SPOT, key, wad(1))
    assert surface.volatilities(SPOT, [key], ANY)[0][0] > 0


def test_only_publishers_push_newer_observations_inside_the_bounds(
    surface, stranger, oracle_publisher, later
):
    now = later()
    with reverts(surface.Unauthorized, caller=stranger.address):
        surface.push(tuple(START), now, sender=stranger)
    with reverts(surface.SurfaceNotNewer):
        surface.push(tuple(START), surface.observedAt(), sender=oracle_publisher)
    with reverts(surface.SurfaceInFuture):
        surface.push(tuple(START), now + 1_000, sender=oracle_publisher)
    for change in (
        {"base": PARAMETERS.max_base + 1},
        {"base": PARAMETERS.min_base - 1},
        {"slope": -10 * WAD - 1},
        {"smile": 10 * WAD + 1},
        {"rate": WAD + 1},
    ):
        with reverts(surface.OutOfBounds):
            surface.push(tuple(START._replace(**change)), now, sender=oracle_publisher)


def test_only_its_market_moves_the_surface_and_the_market_is_named_once(
    surface, owner, stranger, chain
):
    key = (wad(3_000), chain.blocks.head.timestamp + 30 * 86_400)
    with reverts(surface.Unauthorized, caller=stranger.address):
        surface.move(SPOT, key, wad(1), sender=stranger)
    with reverts(surface.SurfaceMarketFixed):
        surface.setMarket(stranger, sender=owner)
    with reverts(surface.OwnableUnauthorizedAccount):
        surface.setPublisher(stranger, True, sender=stranger)


def test_parameters_are_bounded(surface, owner):
    for change in (
        {"min_base": 0},
        {"max_base": PARAMETERS.min_base - 1},
        {"min_factor": 2 * WAD},
        {"max_volatility": 100 * WAD},
        {"term_power": WAD + 1},
        {"standard_size": 0},
        {"heartbeat": 59},
    ):
        with reverts(surface.OutOfBounds):
            surface.setParameters(tuple(PARAMETERS._replace(**change)), sender=owner)
    assert SurfaceState(*surface.state()) == START
