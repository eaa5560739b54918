"""Each ingredient, broken, makes the matching law fail: the laws are not decoration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from floodline.actors.arrivals import Poisson
from floodline.market.process import GeometricBrownianMotion
from floodline.validation import determinism, queues
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

    def biased(self: Poisson, rng: Any, start_us: int, end_us: int, mean_gas: float) -> Any:
        times = draw(self, rng, start_us, end_us, mean_gas)
        extra = rng.choice(times, len(times) // 20)
        return np.sort(np.concatenate([times, extra]))

    monkeypatch.setattr(Poisson, "times_us", biased)
    assert not holds("V1")


def test_arrivals_at_even_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    def even(_self: Poisson, _rng: Any, start_us: int, end_us: int, _mean_gas: float) -> Any:
        rate = _self._parameters.tx_per_s
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
