"""Each ingredient, broken, makes the matching law fail: the laws are not decoration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from floodline.actors.arrivals import Scale
from floodline.actors.arrivals.steady import Poisson
from floodline.campaign import engine
from floodline.foundation.errors import SubmissionError
from floodline.market.process import GeometricBrownianMotion
from floodline.measure.survival import kaplan_meier
from floodline.validation import amm, determinism, fee_market, options, queues
from floodline.validation.law import Effort
from floodline.validation.laws import chosen, hold

QUICK = Effort(quick=True)


def holds(number: str) -> bool:
    """Whether a law holds as things stand."""
    (verdict,) = hold(chosen([number]), QUICK, lambda _law: None)
    return verdict.holds


def test_an_off_by_one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    serve = queues.serve

    def a_block_late(arrived_us: Any, *arguments: Any, **named: Any) -> Any:
        """What arrived in the slot before a block misses it."""
        served = serve(arrived_us + queues.SLOT_US, *arguments, **named)
        return replace(served, wait_us=served.wait_us + queues.SLOT_US)

    monkeypatch.setattr(queues, "serve", a_block_late)
    assert not holds("V1")


def test_arrivals_that_are_five_percent_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = Poisson.times_us

    def biased(self: Poisson, rng: Any, start_us: int, end_us: int, scale: Scale) -> Any:
        times = draw(self, rng, start_us, end_us, scale)
        extra = rng.choice(times, len(times) // 20)
        return np.sort(np.concatenate([times, extra]))

    monkeypatch.setattr(Poisson, "times_us", biased)
    assert not holds("V1")


def test_arrivals_at_even_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    def even(_self: Poisson, _rng: Any, start_us: int, end_us: int, _scale: Scale) -> Any:
        rate = _self._rate.tx_per_s
        return np.linspace(start_us + 1, end_us, round(rate * (end_us - start_us) / 1e6)).astype(
            np.int64
        )

    monkeypatch.setattr(Poisson, "times_us", even)
    assert not holds("V1")


def test_a_builder_that_does_not_look_at_tips(monkeypatch: pytest.MonkeyPatch) -> None:
    serve = queues.serve

    def blind(arrived: Any, tips: Any, block_us: Any, **named: Any) -> Any:
        return serve(arrived, np.full_like(tips, 10**9), block_us, **named)

    monkeypatch.setattr(queues, "serve", blind)
    assert not holds("V3")


def test_waits_that_were_cut_off_and_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def only_the_lucky(durations_us: Any, observed: Any, probabilities: Any) -> Any:
        kept = durations_us[observed]
        return kaplan_meier(kept, np.ones(len(kept), dtype=bool), probabilities)

    monkeypatch.setattr(queues, "kaplan_meier", only_the_lucky)
    assert not holds("V2")


@pytest.mark.anvil
def test_a_flood_that_fills_a_thousandth_less(monkeypatch: pytest.MonkeyPatch) -> None:
    stuffer = fee_market.stuffer
    monkeypatch.setattr(
        fee_market, "stuffer", lambda gas, **named: stuffer(gas * 999 // 1000, **named)
    )
    assert not holds("V6")


@pytest.mark.anvil
def test_a_fee_rule_that_rises_by_a_ninth(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = engine.next_base_fee

    def by_a_ninth(*arguments: Any, **named: Any) -> int:
        return rule(*arguments, **{**named, "denominator": 9})

    monkeypatch.setattr(engine, "next_base_fee", by_a_ninth)
    with pytest.raises(SubmissionError, match="fee market"):
        holds("V6")


def test_a_price_that_moves_a_tenth_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    path = GeometricBrownianMotion.path_usd

    def wild(self: GeometricBrownianMotion, rng: Any, times_s: Any) -> Any:
        return path(self, rng, times_s * 1.21)

    monkeypatch.setattr(GeometricBrownianMotion, "path_usd", wild)
    assert not holds("V8")
    assert not holds("V10")


@pytest.mark.anvil
def test_a_draw_that_depends_on_the_order_of_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (
        "import numpy as np, floodline.foundation.seeds as s; "
        "s.Streams.stream = lambda self, name: "
        "np.random.default_rng([self.seed, hash(name) & 0xFFFFFFFF]); "
    )
    monkeypatch.setattr(determinism, "_VERB", broken + determinism._VERB)
    assert not holds("V13")


def test_an_arbitrageur_who_trades_back_to_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    amount = amm.arbitrage_amount

    def greedy(reserve_in: int, reserve_out: int, fee: int, price: float) -> int:
        return (
            amount(reserve_in, reserve_out, 0, price)
            if amount(reserve_in, reserve_out, fee, price)
            else 0
        )

    monkeypatch.setattr(amm, "arbitrage_amount", greedy)
    assert not holds("V9")


@pytest.mark.anvil
def test_a_volatility_that_is_read_a_millionth_too_high(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = options.ask

    def shifted(call: Any, harness: Any, points: Any) -> Any:
        return ask(
            call,
            harness,
            [p._replace(volatility=p.volatility + p.volatility // 10**6) for p in points],
        )

    monkeypatch.setattr(options, "ask", shifted)
    assert not holds("V12")
