"""The liquidation timeline, told as stories."""

import numpy as np
import pytest

from floodline.campaign.monitor import Execution, Monitor, shortfalls
from floodline.campaign.record import NONE
from floodline.foundation.units import WAD
from floodline.protocols.book import Book
from floodline.protocols.events import DeficitCovered, Liquidated, PositionChanged
from floodline.protocols.interface import Exposure, Health

TRADER = b"t" * 20
OTHER = b"o" * 20
KEEPER = b"k" * 20
LABELS = {TRADER: "trader-0", OTHER: "trader-1", KEEPER: "keeper-0"}


class Threshold:
    """A protocol in which a long of one is under water below its entry price."""

    def __init__(self, *accounts):
        self.book = Book(["ETH"])
        self.markets = ["ETH"]
        for account in accounts:
            self.hold(account, 1)

    def hold(self, account, size, entry=100):
        self.book.apply(
            [PositionChanged(0, 0, account, "ETH", size * WAD, entry * WAD, 0, 0, 0, 0)]
        )

    def health_at(self, prices_usd, time_s):
        del time_s
        size = np.abs(self.book.size[:, 0])
        equity = size * (prices_usd[0] - self.book.entry_price[:, 0])
        return Health(equity, np.zeros(len(size)), size * prices_usd[0])

    def exposures(self, row, prices_usd):
        size = abs(float(self.book.size[row, 0]))
        return [Exposure("ETH", size * prices_usd[0])] if size else []


def monitor_of(*accounts):
    protocol = Threshold(*accounts)
    return protocol, Monitor(protocol, LABELS)


def tick(monitor, at_us, price):
    monitor.on_tick(at_us, 0.0, np.array([float(price)]))


def liquidated(monitor, protocol, at_us, price, remaining=0, arrived_us=0, account=TRADER):
    event = Liquidated(0, 0, account, "ETH", KEEPER, WAD, remaining * WAD, 95 * WAD, WAD, 0)
    protocol.hold(account, remaining)
    monitor.on_execution(
        at_us, Execution(event, 0, arrived_us - 1, arrived_us), np.array([float(price)])
    )
    tick(monitor, at_us, price)


def stamps(episode):
    return [getattr(episode, f"t{n}_us") for n in range(7)]


def test_a_whole_story_leaves_every_stamp():
    protocol, monitor = monitor_of(TRADER)
    tick(monitor, 10, 101)
    tick(monitor, 20, 99)
    monitor.on_update_created(26, 0.0, np.array([98.0]))
    monitor.on_chain_health(36, [0], [True])
    monitor.on_decision(TRADER, 37)
    monitor.on_attempt(TRADER, 38)
    monitor.on_attempt(TRADER, 39)
    tick(monitor, 48, 98)
    liquidated(monitor, protocol, 48, 98, arrived_us=40)
    (episode,) = monitor.episodes
    assert stamps(episode) == [20, 26, 36, 37, 38, 40, 48]
    assert episode.winner_sent_us == 39
    assert (episode.end, episode.attempts, episode.wrongful, episode.partial) == (
        "liquidated",
        2,
        False,
        False,
    )
    assert (episode.execution_price_usd, episode.true_price_usd) == (95.0, 98.0)
    assert episode.true_price_t0_usd == 99.0


def test_an_update_that_would_not_help_is_not_the_one():
    _, monitor = monitor_of(TRADER)
    tick(monitor, 20, 99)
    monitor.on_update_created(21, 0.0, np.array([100.5]))
    monitor.on_update_created(25, 0.0, np.array([99.5]))
    monitor.finish(30, np.array([99.0]))
    assert monitor.episodes[0].t1_us == 25


def test_an_account_that_nobody_liquidates_stays_open_to_the_end():
    _, monitor = monitor_of(TRADER)
    tick(monitor, 20, 99)
    monitor.finish(60, np.array([90.0]))
    (episode,) = monitor.episodes
    assert (episode.end, episode.end_us, episode.t0_us, episode.t6_us) == ("open", 60, 20, NONE)


def test_a_price_that_comes_back_in_time_ends_the_spell_as_recovered():
    _, monitor = monitor_of(TRADER)
    tick(monitor, 20, 99)
    tick(monitor, 30, 101)
    tick(monitor, 40, 99)
    monitor.finish(50, np.array([99.0]))
    assert [(e.end, e.t0_us, e.end_us) for e in monitor.episodes] == [
        ("recovered", 20, 30),
        ("open", 40, 50),
    ]


def test_a_spell_goes_on_while_the_contracts_still_allow_the_liquidation():
    _, monitor = monitor_of(TRADER)
    tick(monitor, 20, 99)
    monitor.on_chain_health(24, [0], [True])
    tick(monitor, 30, 101)
    assert monitor.episodes == []
    monitor.on_chain_health(36, [0], [False])
    tick(monitor, 40, 101)
    assert [episode.end for episode in monitor.episodes] == ["recovered"]


def test_a_trader_who_closes_ends_the_spell_as_closed():
    protocol, monitor = monitor_of(TRADER, OTHER)
    tick(monitor, 20, 99)
    protocol.hold(TRADER, 0)
    tick(monitor, 30, 99)
    assert [(e.account, e.end) for e in monitor.episodes] == [("trader-0", "closed")]


def test_who_was_healthy_at_the_true_price_was_liquidated_wrongfully():
    protocol, monitor = monitor_of(TRADER)
    tick(monitor, 10, 105)
    monitor.on_chain_health(12, [0], [True])
    monitor.on_attempt(TRADER, 13)
    tick(monitor, 24, 105)
    liquidated(monitor, protocol, 24, 105, arrived_us=14)
    (episode,) = monitor.episodes
    assert episode.wrongful
    assert episode.t0_us == NONE


def test_a_recovered_account_that_a_stale_price_liquidates_is_wrongful_too():
    protocol, monitor = monitor_of(TRADER)
    tick(monitor, 10, 99)
    monitor.on_chain_health(12, [0], [True])
    tick(monitor, 24, 105)
    liquidated(monitor, protocol, 24, 105)
    assert [(e.wrongful, e.t0_us) for e in monitor.episodes] == [(True, NONE)]


def test_a_part_that_is_left_under_water_begins_a_spell_at_the_blocks_time():
    protocol, monitor = monitor_of(TRADER)
    tick(monitor, 20, 99)
    tick(monitor, 24, 98)
    liquidated(monitor, protocol, 24, 98, remaining=1)
    monitor.on_chain_health(24, [0], [True])
    monitor.finish(36, np.array([98.0]))
    first, second = monitor.episodes
    assert (first.partial, first.t0_us, first.t6_us) == (True, 20, 24)
    assert (second.end, second.t0_us, second.t2_us) == ("open", 24, 24)


def test_two_liquidations_of_an_account_in_one_block_are_one_episode():
    protocol, monitor = monitor_of(TRADER)
    tick(monitor, 20, 99)
    tick(monitor, 24, 98)
    for remaining in (1, 0):
        event = Liquidated(0, 0, TRADER, "ETH", KEEPER, WAD, remaining * WAD, 95 * WAD, WAD, 0)
        monitor.on_execution(24, Execution(event, 3 * WAD, 21, 21), np.array([98.0]))
    protocol.hold(TRADER, 0)
    tick(monitor, 24, 98)
    (episode,) = monitor.episodes
    assert episode.notional_usd == pytest.approx(190)
    assert (episode.reward_usd, episode.shortfall_usd, episode.partial) == (2.0, 6.0, False)


def test_attempts_at_a_stale_price_count_towards_the_spell_that_follows():
    protocol, monitor = monitor_of(TRADER)
    tick(monitor, 5, 101)
    monitor.on_chain_health(6, [0], [True])
    monitor.on_decision(TRADER, 7)
    monitor.on_attempt(TRADER, 8)
    tick(monitor, 10, 99)
    tick(monitor, 18, 99)
    liquidated(monitor, protocol, 18, 99, arrived_us=9)
    assert stamps(monitor.episodes[0]) == [10, NONE, 6, 7, 8, 9, 18]


def test_shortfalls_are_found_by_transaction_and_account():
    events = [
        DeficitCovered(3, 0, TRADER, 5, 5, 0, 0, 0),
        DeficitCovered(3, 1, TRADER, 2, 2, 0, 0, 0),
        DeficitCovered(4, 0, OTHER, 1, 1, 0, 0, 0),
    ]
    assert shortfalls(events) == {(3, TRADER): 7, (4, OTHER): 1}
