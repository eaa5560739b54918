"""Load arrives by its process: the moments are those that theory gives, and nothing waits."""

from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.integrate import trapezoid

from floodline.actors.arrivals import ARRIVALS, Scale
from floodline.foundation.errors import CampaignError
from floodline.foundation.units import SECOND_US

SCALE = Scale(mean_gas=100_000, target_gas_per_s=1_250_000)
RATE = 20.0
WINDOW_S = 12
RUNS = 2000

EVERY_RANDOM_PROCESS = {
    "poisson": {"tx_per_s": RATE},
    "deterministic": {"tx_per_s": RATE},
    "on_off": {"tx_per_s": RATE, "on_s": 5, "off_s": 15},
    "hawkes": {"tx_per_s": RATE, "branching": 0.6, "decay_s": 3},
    "ramp": {"tx_per_s": RATE, "over_s": 20},
    "step": {"tx_per_s": RATE, "steps": [{"at_s": 6, "factor": 3}]},
    "sine": {"tx_per_s": RATE, "period_s": 10},
}


def process(kind, **parameters):
    entry = ARRIVALS[kind]
    return entry.build(entry.parameters(**parameters))


def counts(kind, window_s=WINDOW_S, runs=RUNS, start_s=0, **parameters):
    """The number that arrives within a window, in many independent runs."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(runs):
        one = process(kind, **parameters)
        if start_s:
            one.times_us(rng, 0, start_s * SECOND_US, SCALE)
        end_us = (start_s + window_s) * SECOND_US
        found.append(len(one.times_us(rng, start_s * SECOND_US, end_us, SCALE)))
    return np.array(found)


def agree(found, mean, variance):
    """Hold sample moments against theory, at five standard errors.

    The variance of a sample variance is about (kurtosis - 1) variance^2 / n; the kurtosis is taken
    from the sample.
    """
    n = len(found)
    assert abs(found.mean() - mean) < 5 * (variance / n) ** 0.5 + 1e-9
    kurtosis = ((found - found.mean()) ** 4).mean() / max(found.var(), 1e-9) ** 2
    assert abs(found.var(ddof=1) - variance) < 5 * variance * ((kurtosis - 1) / n) ** 0.5 + 1e-9


@pytest.mark.parametrize("kind", EVERY_RANDOM_PROCESS)
def test_windows_neither_overlap_nor_leave_gaps(kind):
    rng = np.random.default_rng(3)
    one = process(kind, **EVERY_RANDOM_PROCESS[kind])
    edges = [0, 7, 1_000_000, 1_500_000, 4_000_000, 30_000_000]
    total = 0
    for start, end in pairwise(edges):
        times = one.times_us(rng, start, end, SCALE)
        assert times.dtype == np.int64
        assert (np.diff(times) >= 0).all()
        assert ((times > start) & (times <= end)).all()
        total += len(times)
    assert total > 150


@pytest.mark.parametrize(
    "rate", [{"tx_per_s": 20}, {"gas_per_s": 2_000_000}, {"load": 1.6}], ids=lambda r: next(iter(r))
)
def test_a_rate_means_the_same_in_each_of_its_units(rate):
    assert ARRIVALS["poisson"].parameters(**rate).per_s(SCALE) == pytest.approx(20)


def test_exactly_one_rate_is_given():
    for rates in ({}, {"tx_per_s": 1, "gas_per_s": 1}, {"tx_per_s": 1, "load": 1}):
        with pytest.raises(ValidationError, match="exactly one"):
            process("poisson", **rates)


def test_poisson_arrivals_have_a_variance_equal_to_their_mean():
    agree(counts("poisson", tx_per_s=RATE), 240, 240)


def test_deterministic_arrivals_are_equally_spaced_and_the_cut_into_windows_does_not_matter():
    clock = process("deterministic", tx_per_s=7)
    rng = np.random.default_rng(0)
    whole = clock.times_us(rng, 0, 10 * SECOND_US, SCALE)
    cut = [clock.times_us(rng, a, b, SCALE) for a, b in pairwise([0, 142_857, 3_000_001, 10**7])]
    assert len(whole) == 70
    np.testing.assert_array_equal(whole, np.concatenate(cut))
    assert set(np.diff(whole).tolist()) == {142_857, 142_858}


def test_on_off_arrivals_vary_as_a_markov_modulated_process_does():
    on_s, off_s, share = 5.0, 15.0, 0.1
    found = counts("on_off", tx_per_s=RATE, on_s=on_s, off_s=off_s, off_share=share)
    p = on_s / (on_s + off_s)
    burst = RATE / (p + share * (1 - p))
    d, k, t = burst * (1 - share), 1 / on_s + 1 / off_s, WINDOW_S
    variance = RATE * t + 2 * p * (1 - p) * d**2 * (t / k - (1 - np.exp(-k * t)) / k**2)
    assert variance > 20 * RATE * t
    agree(found, RATE * t, variance)


def hawkes_variance(rate, n, decay_s, t):
    """Variance of the number in (0, t] of a Hawkes process that begins with its mean intensity.

    The intensity's variance obeys V' = -2k V + (n b)^2 rate from V(0) = 0, with b = 1/decay and k =
    b (1 - n); a pair of times s < u contributes exp(-k (u - s)) (V(s) + n b rate).
    """
    b = 1 / decay_s
    k = b * (1 - n)
    s = np.linspace(0, t, 200_001)
    v = (n * b) ** 2 * rate / (2 * k) * (1 - np.exp(-2 * k * s))
    inner = (v + n * b * rate) * (1 - np.exp(-k * (t - s))) / k
    return rate * t + 2 * trapezoid(inner, s)


@pytest.mark.parametrize(("n", "decay_s"), [(0.0, 3.0), (0.5, 2.0), (0.8, 4.0)])
def test_a_hawkes_process_clusters_as_its_branching_ratio_says(n, decay_s):
    found = counts("hawkes", tx_per_s=RATE, branching=n, decay_s=decay_s, runs=1500)
    agree(found, RATE * WINDOW_S, hawkes_variance(RATE, n, decay_s, WINDOW_S))


def test_a_hawkes_variance_tends_to_the_mean_over_one_minus_n_squared():
    assert hawkes_variance(10, 0.6, 0.1, 1000) / 10_000 == pytest.approx(6.25, rel=0.01)


def test_the_events_of_a_hawkes_process_do_not_depend_on_the_cut_into_windows():
    whole = process("hawkes", tx_per_s=RATE).times_us(
        np.random.default_rng(5), 0, 30 * SECOND_US, SCALE
    )
    one, rng = process("hawkes", tx_per_s=RATE), np.random.default_rng(5)
    cut = [one.times_us(rng, a, a + SECOND_US, SCALE) for a in range(0, 30 * SECOND_US, SECOND_US)]
    np.testing.assert_array_equal(whole, np.concatenate(cut))


@pytest.mark.parametrize(
    ("kind", "parameters", "start_s", "mean"),
    [
        ("ramp", {"over_s": 24}, 0, RATE * 12 * 0.25),
        ("ramp", {"over_s": 24, "from_share": 0.5}, 12, RATE * 12 * 0.875),
        ("ramp", {"over_s": 10}, 30, RATE * 12),
        ("step", {"steps": [{"at_s": 6, "factor": 3}]}, 0, RATE * (6 + 18)),
        ("step", {"steps": [{"at_s": 2, "factor": 0}, {"at_s": 8, "factor": 1}]}, 0, RATE * 6),
        ("sine", {"amplitude": 1, "period_s": 12}, 0, RATE * 12),
        ("sine", {"amplitude": 1, "period_s": 24}, 0, RATE * (12 + 24 / np.pi)),
    ],
)
def test_a_shape_brings_a_poisson_number_with_the_mean_that_lies_under_it(
    kind, parameters, start_s, mean
):
    found = counts(kind, start_s=start_s, tx_per_s=RATE, **parameters)
    agree(found, mean, mean)


def test_steps_must_rise():
    with pytest.raises(ValidationError, match="must rise"):
        process("step", load=1, steps=[{"at_s": 9, "factor": 1}, {"at_s": 3, "factor": 2}])


@pytest.fixture
def recorded(tmp_path):
    file = tmp_path / "load.csv"
    file.write_text("# a recorded load\ntime_s,n\n0,3\n1.5,1\n1.5,0\n4,2\n")
    return file


def test_a_trace_offers_what_was_recorded_at_the_recorded_times(recorded):
    rng = np.random.default_rng(1)
    trace = process("trace", file=recorded)
    cut = [trace.times_us(rng, a * 10**6, (a + 1) * 10**6, SCALE) for a in range(6)]
    assert np.concatenate(cut).tolist() == [1, 1_500_000, 1_500_000, 4_000_000]
    fast = process("trace", file=recorded, speed=2)
    assert fast.times_us(rng, 0, 10**7, SCALE).tolist() == [1, 750_000, 750_000, 2_000_000]


def test_a_trace_of_counts_spreads_them_over_their_second(recorded):
    rng = np.random.default_rng(1)
    trace = process("trace", file=recorded, count_column="n")
    cut = [trace.times_us(rng, a * 10**6, (a + 1) * 10**6, SCALE) for a in range(6)]
    assert [len(times) for times in cut] == [3, *map(len, cut[1:3]), 0, 2, 0]
    assert sum(map(len, cut)) == 6
    times = np.concatenate(cut)
    assert (np.diff(times) >= 0).all()
    assert len(set(times[:3].tolist())) == 3


def test_a_scaled_trace_has_the_scaled_mean_and_the_variance_of_its_fractions(recorded):
    found = counts("trace", file=recorded, count_column="n", scale=2.25)
    agree(found, 6 * 2.25, (0.75 * 0.25) + (0.25 * 0.75) + 0.5 * 0.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time_s\n3\n2\n", "never fall"),
        ("when\n3\n", "'time_s'"),
        ("time_s\n", "needs rows"),
    ],
)
def test_a_trace_that_cannot_be_read_says_what_is_wrong(tmp_path, text, words):
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(CampaignError, match=words):
        process("trace", file=file)
    with pytest.raises(CampaignError, match="cannot be read"):
        process("trace", file=tmp_path / "none.csv")
