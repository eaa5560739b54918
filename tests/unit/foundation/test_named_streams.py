"""Random streams depend on the seed and on their own name, and on nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from floodline.foundation.seeds import Streams


def draws(seed, name):
    return Streams(seed).stream(name).integers(0, 2**60, 8).tolist()


@given(st.integers(0, 2**63 - 1), st.text(min_size=1, max_size=40))
def test_a_stream_draws_the_same_whatever_was_asked_for_before(seed, name):
    streams = Streams(seed)
    streams.stream("something else").random(100)
    assert streams.stream(name).integers(0, 2**60, 8).tolist() == draws(seed, name)


@given(st.text(max_size=20), st.text(max_size=20))
def test_two_names_give_two_streams(one, other):
    if one != other:
        assert draws(7, one) != draws(7, other)


def test_two_seeds_give_two_streams():
    assert draws(1, "market.ETH") != draws(2, "market.ETH")


def test_the_draws_of_a_stream_are_fixed_for_good():
    """A change here changes every run that was ever published."""
    generator = Streams(7).stream("actors.flood.arrivals")
    assert isinstance(generator.bit_generator, np.random.PCG64)
    assert generator.integers(0, 1_000_000, 4).tolist() == [494988, 842324, 828868, 3320]


def test_a_replicate_shares_market_and_book_and_draws_all_else_anew() -> None:
    def draws(replicate: int, name: str) -> list[float]:
        return Streams(7, replicate).stream(name).random(4).tolist()

    for name in ("market.ETH", "book.margins"):
        assert draws(0, name) == draws(1, name) == draws(2, name)
    other = {tuple(draws(replicate, "network.delay")) for replicate in (0, 1, 2)}
    assert len(other) == 3
