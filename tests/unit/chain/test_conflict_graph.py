"""The longest chain of conflicting transactions, and what a state diff says of growth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from floodline.chain.tracing import Location, critical_path_gas, state_changes

A, B, C = ("0xa", ""), ("0xb", ""), ("0xc", "0x1")
NONE: frozenset[Location] = frozenset()


def touching(gas: int, reads: Sequence[Location] = (), writes: Sequence[Location] = ()) -> Any:
    return gas, frozenset(reads), frozenset(writes)


def test_an_empty_block_has_no_path() -> None:
    assert critical_path_gas([]) == 0


def test_strangers_do_not_wait_for_each_other() -> None:
    assert critical_path_gas([touching(21_000, writes=[A]), touching(50_000, writes=[B])]) == 50_000


def test_writers_of_one_place_wait_in_line() -> None:
    assert critical_path_gas([touching(21_000, writes=[A])] * 3) == 63_000


def test_readers_do_not_disturb_each_other() -> None:
    assert critical_path_gas([touching(100, reads=[A])] * 5) == 100


def test_a_reader_waits_for_the_writer_before_it_and_a_writer_for_the_readers() -> None:
    block = [touching(5, writes=[A]), touching(7, reads=[A]), touching(11, writes=[A])]
    assert critical_path_gas(block) == 23
    assert critical_path_gas([touching(7, reads=[A]), touching(5, writes=[A])]) == 12


places = st.frozensets(st.sampled_from([A, B, C]), max_size=2)


@given(st.lists(st.tuples(st.integers(1, 9), places, places), max_size=8))
def test_the_path_is_the_longest_over_all_pairs_that_conflict(block: list[Any]) -> None:
    longest = [0] * len(block)
    for later, (gas, reads, writes) in enumerate(block):
        waits = [
            longest[earlier]
            for earlier in range(later)
            if block[earlier][2] & (reads | writes) or block[earlier][1] & writes
        ]
        longest[later] = max(waits, default=0) + gas
    assert critical_path_gas(block) == max(longest, default=0)


class ToldNode:
    """Answers with state diffs that a test wrote."""

    def __init__(self, diffs: list[Mapping[str, Any]]) -> None:
        self.diffs = diffs

    def state_diffs(self, number: int) -> list[Mapping[str, Any]]:
        return self.diffs

    def prestates(self, tx_hashes: Sequence[bytes]) -> list[Mapping[str, Any]]:
        return []


def account(nonce: Any = "=", code: Any = "=", **storage: Any) -> dict[str, Any]:
    return {"balance": "=", "nonce": nonce, "code": code, "storage": storage}


def test_growth_counts_slots_accounts_and_code_and_leaves_the_producer_out() -> None:
    zero, one, two = (f"0x{number:064x}" for number in range(3))
    diff = {
        "0xproducer": account(nonce={"+": "0x0"}),
        "0xold": account(
            s1={"*": {"from": zero, "to": one}},
            s2={"*": {"from": one, "to": two}},
            s3={"*": {"from": one, "to": zero}},
            s4={"*": {"from": zero, "to": two}},
        ),
        "0xnew": account(nonce={"+": "0x1"}, code={"+": "0x600055"}, s1={"+": one}),
        "0xread": account(),
    }
    (change,) = state_changes(ToldNode([diff]), 1, "0xproducer")
    assert (change.new_slots, change.freed_slots, change.new_accounts) == (3, 1, 1)
    assert change.new_bytes == 64 * (3 - 1) + 104 + 3
    assert change.written == frozenset(
        {*product(["0xold"], ["s1", "s2", "s3", "s4"]), ("0xnew", ""), ("0xnew", "s1")}
    )
