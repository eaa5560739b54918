"""The true price: drawn on a grid, moved by nothing that happens on chain."""

import numpy as np
import pytest

from floodline.foundation.errors import CampaignError
from floodline.foundation.seeds import Streams
from floodline.market.process import PRICES, YEAR_S, draw_path_e8


def path(name, ticks=600, seed=5, **parameters):
    entry = PRICES[name]
    process = entry.build(entry.parameters(**parameters))
    rng = Streams(seed).stream("market.ETH")
    return np.array(draw_path_e8(process, rng, tick_us=1_000_000, ticks=ticks)) / 1e8


def test_a_path_begins_at_its_start_price_and_has_a_price_a_tick():
    prices = path("gbm", start_usd=3000, vol=0.9)
    assert prices[0] == 3000
    assert len(prices) == 601


def test_without_volatility_the_price_follows_its_drift_alone():
    prices = path("gbm", ticks=3600, start_usd=100, vol=0, drift=1.0)
    assert prices[-1] == pytest.approx(100 * np.exp(3600 / YEAR_S), abs=1e-8)


def test_the_variance_of_the_returns_is_that_of_the_volatility():
    prices = path("gbm", ticks=40_000, start_usd=3000, vol=0.9)
    measured = np.diff(np.log(prices)).std() * np.sqrt(YEAR_S)
    assert measured == pytest.approx(0.9, rel=0.02)  # standard error 0.35 %


def test_a_jump_at_once_moves_the_price_by_its_size_from_that_tick_on():
    plain = path("gbm", start_usd=3000, vol=0.9)
    jumped = path("jump_diffusion", start_usd=3000, vol=0.9, jumps=[{"at_s": 60, "size": -0.18}])
    np.testing.assert_allclose(jumped[:60], plain[:60], rtol=1e-9)
    np.testing.assert_allclose(jumped[60:], plain[60:] * 0.82, rtol=1e-9)


def test_a_jump_over_time_is_even_in_the_logarithm():
    prices = path(
        "jump_diffusion", start_usd=100, vol=0, jumps=[{"at_s": 100, "size": -0.19, "over_s": 200}]
    )
    assert prices[100] == 100
    assert prices[200] == pytest.approx(90, rel=1e-9)
    assert prices[300] == pytest.approx(81, rel=1e-9)


def test_random_jumps_leave_the_diffusion_as_it_was():
    plain = path("jump_diffusion", start_usd=3000, vol=0.5)
    jumpy = path(
        "jump_diffusion",
        start_usd=3000,
        vol=0.5,
        jump_rate_per_day=2000,
        jump_mean=-0.05,
        jump_sd=0.01,
    )
    ratio = np.log(jumpy / plain)
    steps = np.diff(ratio)
    assert (np.abs(steps) < 1e-9).mean() > 0.9
    assert ratio[-1] < -0.2


def test_a_file_gives_the_last_price_at_or_before_each_tick(tmp_path):
    file = tmp_path / "path.csv"
    file.write_text("# from somewhere\ntime_s,price_usd\n0,100\n2.5,90\n4,95\n")
    prices = path("csv", ticks=5, file=file, scale=2)
    assert prices.tolist() == [200, 200, 200, 180, 190, 190]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("time_s,price_usd\n0,abc\n", "data row 2"),
        ("time,price_usd\n0,1\n", "needs numbers in the columns"),
        ("time_s,price_usd\n5,1\n", "begins at 5.0 s"),
        ("time_s,price_usd\n0,1\n0,2\n", "times that rise"),
        ("time_s,price_usd\n0,-1\n", "prices above 0"),
        ("time_s,price_usd\n", "needs rows"),
    ],
)
def test_a_bad_file_is_explained(tmp_path, content, words):
    file = tmp_path / "path.csv"
    file.write_text(content)
    with pytest.raises(CampaignError, match=words):
        path("csv", file=file)


def test_a_missing_file_is_explained(tmp_path):
    with pytest.raises(CampaignError, match="cannot be read"):
        path("csv", file=tmp_path / "nowhere.csv")
