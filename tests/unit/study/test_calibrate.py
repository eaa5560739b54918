"""The calm baseline is fitted to a trace, and what is fitted gives the trace's moments back."""

import numpy as np
import pytest

from floodline.actors.background import BackgroundParameters
from floodline.actors.demand import ElasticDemand
from floodline.foundation.errors import CampaignError
from floodline.measure.fullness import fullness_moments
from floodline.study.calibrate import fit_background, read_fullness, simulate


def shipped():
    given = BackgroundParameters()
    return ElasticDemand(given.elasticity, given.price_sd, given.burst)


def test_the_shipped_demand_has_mainnets_mean_spread_and_memory():
    """340 mainnet blocks from 21,527,387: mean 1.029, sd 0.847, lag-1 correlation -0.10 (V11)."""
    found = fullness_moments(simulate(shipped(), 4000, np.random.default_rng(3)))
    assert found.in_envelope
    assert 1 <= found.mean <= 1.06
    assert found.sd == pytest.approx(0.85, abs=0.1)
    assert found.lag1 == pytest.approx(-0.10, abs=0.07)
    assert found.empty_share + found.full_share > 0.5


def test_the_demand_that_made_a_trace_is_nearer_to_it_than_others_are():
    trace = simulate(ElasticDemand(16, 0.2, 2.0), 3000, np.random.default_rng(8))
    told = []
    fits = fit_background(trace, blocks=300, seed=1, told=told.append)
    assert len(told) == len(fits) == 144
    assert [fit.distance for fit in fits] == sorted(fit.distance for fit in fits)
    rank = [(fit.elasticity, fit.price_sd, fit.burst) for fit in fits].index((16, 0.2, 2.0))
    assert rank < 36


@pytest.mark.parametrize("header", ["fullness_of_target", "base_fee_gwei"])
def test_a_trace_of_fullness_or_of_base_fees_is_read(tmp_path, header):
    file = tmp_path / "blocks.csv"
    values = [8.0 * (1.125 if n % 2 else 1.0) for n in range(40)]
    file.write_text("\n".join([f"block,{header}", *(f"{n},{v}" for n, v in enumerate(values))]))
    found = read_fullness(file, None)
    if header == "base_fee_gwei":
        assert found[:2] == pytest.approx([2.0, 1 - 8 / 9])
        assert len(found) == 39
    else:
        assert found.tolist() == values


@pytest.mark.parametrize(
    ("text", "words"),
    [("block\n1\n", "needs numbers"), ("fullness_of_target\n1\n", "too few")],
)
def test_a_trace_that_does_not_do_is_told(tmp_path, text, words):
    file = tmp_path / "blocks.csv"
    file.write_text(text)
    with pytest.raises(CampaignError, match=words):
        read_fullness(file, None)
    with pytest.raises(CampaignError, match="cannot be read"):
        read_fullness(tmp_path / "none.csv", None)
