"""Reorganisations: everything that followed from orphaned blocks is as if they had never been."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_campaign import prepared, small
from test_determinism import run_in_a_process

from floodline.campaign.record import NONE, RunRecord
from floodline.campaign.session import Session
from floodline.foundation.units import SECOND_US
from floodline.measure.identities import check
from floodline.measure.tables import build_tables
from floodline.protocols.events import SpotPoolChanged

pytestmark = pytest.mark.anvil

Finished = Callable[[dict[str, Any]], Session]


def reorged(*at: tuple[float, int], **changes: Any) -> dict[str, Any]:
    """The small campaign with reorganisations at these times, of these depths."""
    planned = [{"at_s": at_s, "depth": depth} for at_s, depth in at]
    return small(slots=20, chain={"reorgs": {"at": planned}}, **changes)


def good_record(session: Session) -> RunRecord:
    """The run's record, after all its identities were found to hold."""
    record = session.record("complete")
    assert record is not None
    assert [i for i in check(build_tables(record)) if not i.ok] == []
    return record


def test_after_reorganisations_node_and_books_agree_on_every_account(tmp_path: Path) -> None:
    with prepared(reorged((100, 1), (150, 4), (200, 2)), tmp_path) as session:
        world, node = session.world, session.node
        addresses = [account.address for account in world.accounts]
        height = node.block().number

        def gaps() -> list[tuple[int, int]]:
            """What the setup spent: all that may lie between the node's figures and ours."""
            ours = zip(world.balances, world.nonces, strict=True)
            theirs = zip(node.balances(addresses), map(node.nonce, addresses), strict=True)
            return [(a - b, n - m) for (a, n), (b, m) in zip(theirs, ours, strict=True)]

        at_genesis = gaps()
        session.run()
        record = good_record(session)
        assert gaps() == at_genesis
        assert [row.depth for row in record.reorgs] == [1, 4, 2]
        assert len(record.blocks) == 20 - 7 == node.block().number - height
        book = world.protocol.book
        rows = np.flatnonzero(np.abs(book.size).sum(axis=1) > 0)
        on_chain = world.protocol.health(node.call, [book.addresses[row] for row in rows.tolist()])
        now_s = float(node.block().timestamp)
        mirrored = world.protocol.health_at(world.chain_prices_usd(), now_s)
        np.testing.assert_allclose(
            mirrored.equity_usd[rows], on_chain.equity_usd, rtol=0, atol=1e-6
        )


def test_a_reorganisation_leaves_the_state_of_the_block_it_returns_to(tmp_path: Path) -> None:
    """Nonces, balances, book, prices and pool right after it are those right after that block."""
    depth, until = 3, 12

    def state(session: Session) -> dict[str, Any]:
        world = session.world
        return {
            "nonces": list(world.nonces),
            "balances": list(world.balances),
            "book": pickle.dumps(world.protocol.checkpoint()),
            "prices": (list(world.prices.chain_e8), list(world.prices.updated_us)),
            "chain": [row.number for row in session.recorder.blocks] if session.recorder else [],
        }

    plain = reorged((until * 12 + 1, depth))
    seen: dict[str, Any] = {}
    with prepared(plain, tmp_path) as session:
        world = session.world
        take_back, announce = world.take_back, world.announce
        heights: dict[int, dict[str, Any]] = {}

        def spy_announce(chain_state: Any) -> None:
            heights.setdefault(chain_state.number, state(session))
            announce(chain_state)

        def spy_take_back(orphaned: Any, base_fee: int, now_us: int) -> None:
            take_back(orphaned, base_fee, now_us)
            seen["after"] = state(session)

        world.announce = spy_announce
        world.take_back = spy_take_back
        session.run()
    before, after = heights[until - depth], seen["after"]
    for part in ("nonces", "balances", "book", "prices"):
        assert after[part] == before[part], part
    assert heights[until]["nonces"] != before["nonces"]


def test_orphaned_transactions_wait_again_and_most_come_in_again(finished: Finished) -> None:
    record = good_record(finished(reorged((150, 3))))
    (row,) = record.reorgs
    orphaned = record.transactions["orphaned"] > 0
    assert row.transactions == orphaned.sum() > 300
    assert row.gas_used > 60_000_000
    assert row.included_again == (record.transactions["block"][orphaned] != NONE).sum()
    assert row.included_again > 0.5 * row.transactions
    again = record.transactions["block"][orphaned & (record.transactions["block"] != NONE)]
    assert again.min() >= row.first_block


def test_settlements_that_were_undone_are_counted_and_happen_again(finished: Finished) -> None:
    calm = [actor for actor in small()["actors"] if "flood" not in actor]
    record = good_record(finished(reorged((130, 4), actors=calm)))
    (row,) = record.reorgs
    assert row.liquidations > 0
    assert row.liquidated_usd > 1_000
    assert row.price_updates > 0
    assert row.trades > 0
    assert row.included_again > 0.9 * row.transactions
    straight = good_record(finished(small(slots=20, actors=calm)))

    def liquidated(run: RunRecord) -> set[str]:
        return {e.account for e in run.episodes if e.end == "liquidated"}

    both = liquidated(record) & liquidated(straight)
    assert len(both) > 0.8 * len(liquidated(straight))
    late = {e.account: e for e in record.episodes if e.end == "liquidated"}
    early = {e.account: e for e in straight.episodes if e.end == "liquidated"}
    undone = [name for name in both if 84 < early[name].t6_us / SECOND_US <= 130]
    assert undone
    for name in undone:
        assert late[name].t0_us == early[name].t0_us
        assert late[name].t6_us > 130 * SECOND_US


def test_no_liquidation_lies_in_a_block_that_is_not_there(finished: Finished) -> None:
    record = good_record(finished(reorged((130, 4), (200, 2))))
    sealed = {row.time_us for row in record.blocks}
    assert all(e.t6_us in sealed for e in record.episodes if e.t6_us != NONE)
    assert all(e.t2_us in sealed | {NONE} for e in record.episodes)
    times = [row.time_us for row in record.blocks]
    assert times == sorted(times)


def test_finality_comes_with_the_blocks_on_top(finished: Finished) -> None:
    plain = reorged((130, 4))
    plain["chain"]["finality_blocks"] = 3
    record = good_record(finished(plain))
    times_s = [row.time_us / SECOND_US for row in record.blocks]
    table = build_tables(record)["liquidations"]
    done = table[table["end"] == "liquidated"]
    assert len(done) > 3
    for executed_s, final_s in zip(done["t6_s"], done["t7_s"], strict=True):
        place = times_s.index(executed_s) + 3
        if place < len(times_s):
            assert final_s == times_s[place]
        else:
            assert np.isnan(final_s)


def test_reorganisations_by_chance_come_at_their_rate(finished: Finished) -> None:
    quiet = [actor for actor in small()["actors"] if "traders" in actor]
    reorgs = {"per_block": 0.25, "depth": {"uniform": {"low": 1, "high": 3}}}
    plain = small(slots=80, actors=quiet, chain={"reorgs": reorgs})
    record = good_record(finished(plain))
    assert 8 <= len(record.reorgs) <= 32
    assert {row.depth for row in record.reorgs} <= {1, 2, 3}
    assert len(record.blocks) == 80 - sum(row.depth for row in record.reorgs)


def test_a_reorganisation_deeper_than_the_chain_returns_to_genesis(finished: Finished) -> None:
    record = good_record(finished(reorged((30, 64))))
    (row,) = record.reorgs
    assert (row.depth, row.first_block) == (2, 1)


def test_private_transactions_return_to_the_private_lane(finished: Finished) -> None:
    plain = reorged((150, 2), builder={"policy": "private_lane"})
    record = good_record(finished(plain))
    assert record.reorgs[0].transactions > 0


def test_two_processes_reorganise_alike(tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    campaign = tmp_path / "small.yaml"
    reorgs = {"at": [{"at_s": 100, "depth": 3}], "per_block": 0.1}
    with campaign.open("w") as handle:
        YAML().dump(small(slots=16, chain={"reorgs": reorgs}), handle)
    assert os.environ.get("PYTHONHASHSEED") != "1"
    one = run_in_a_process(campaign, tmp_path / "one", "1")
    other = run_in_a_process(campaign, tmp_path / "other", "4242")
    assert len(one["reorgs.csv"].splitlines()) > 1
    assert one == other


MADE_ONCE = {"_interfaces", "interfaces", "_interface", "_decoder", "_artifacts", "_errors"}
FACETS = {"_facets", "_perps", "_accounts", "_reads", "calldata", "cash", "margins"}
FACETS |= {"oracle_updates", "amm", "vault", "orders", "auctions", "options", "collateral", "adl"}
OFF_CHAIN = {"_newest", "_signatures"}
"""Signed prices, which no block holds and no reorganisation takes back."""


def test_all_that_events_change_in_an_adapter_is_named_rewindable(tmp_path: Path) -> None:
    """Whatever differs between genesis and the end, and is not named, would survive a reorg."""
    switches = {"oracle": "pull", "amm": True, "vault": True}
    plain = small(slots=14, protocol={"insurance_usd": 5_000, "switches": switches})
    plain["actors"].append({"arbitrageurs": {}})
    plain["actors"].append({"providers": {"deposit_usd": 1_000}})
    with prepared(plain, tmp_path) as session:
        protocol: Any = session.world.protocol
        parts = {"adapter": (protocol, {*protocol.rewindable, *MADE_ONCE, *FACETS})}
        for part in protocol._facets.followers:
            parts[type(part).__name__] = (part, {*part.checkpoint(), *MADE_ONCE, *OFF_CHAIN})

        def frozen() -> dict[str, bytes]:
            return {
                f"{owner}.{name}": pickle.dumps(getattr(part, name))
                for owner, (part, left_out) in parts.items()
                for name in sorted(set(vars(part)) - left_out)
                if not callable(getattr(part, name))
            }

        before = frozen()
        session.run()
        after = frozen()
    assert len(parts) == 7
    assert [name for name in before if before[name] != after[name]] == []


def test_facets_go_back_with_the_adapter(tmp_path: Path) -> None:
    plain = small(slots=4, protocol={"switches": {"amm": True}})
    plain["actors"].append({"arbitrageurs": {}})
    with prepared(plain, tmp_path) as session:
        protocol: Any = session.world.protocol
        checkpoint = protocol.checkpoint()
        before = protocol.amm.output("ETH", 10**18, sells_base=True)
        protocol.apply([SpotPoolChanged(0, 0, "ETH", 10**21, 0)])
        assert protocol.amm.output("ETH", 10**18, sells_base=True) < before
        protocol.restore(checkpoint)
        assert protocol.amm.output("ETH", 10**18, sells_base=True) == before


MECHANISMS: dict[str, tuple[dict[str, str], list[dict[str, Any]]]] = {
    "median": ({"oracle": "median"}, []),
    "pull": ({"oracle": "pull"}, []),
    "delayed orders": ({"orders": "delayed"}, [{"order_keepers": {"count": 2}}]),
    "a pool and a vault": ({"oracle": "twap"}, [{"arbitrageurs": {}}]),
    "auctions": ({"liquidation": "auction"}, [{"auction_bidders": {"count": 2}}]),
}


@pytest.mark.parametrize("name", list(MECHANISMS))
def test_every_mechanism_survives_reorganisations(finished: Finished, name: str) -> None:
    switches, more = MECHANISMS[name]
    actors = [actor for actor in small()["actors"] if "flood" not in actor]
    plain = reorged((100, 2), (150, 4), actors=[*actors, *more])
    plain["protocol"] = {"insurance_usd": 5_000, "switches": switches}
    record = good_record(finished(plain))
    assert [row.depth for row in record.reorgs] == [2, 4]
    assert sum(row.included_again for row in record.reorgs) > 0
