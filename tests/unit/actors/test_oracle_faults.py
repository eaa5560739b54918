"""Each fault of a publisher changes what it is meant to change, within its window only."""

import pytest
from fake_desk import FakeDesk, made
from pydantic import ValidationError

from floodline.actors.oracle import FAULTS

PROMPT = {"fee": {"multiple": {"tip_gwei": 1}}, "delay_s": 0, "deviation": 0.005}


def published(faults, prices, markets=("ETH",), **parameters):
    """Let the price take a value each second; return (created s, observed s, dollars) and tally."""
    desk = FakeDesk(accounts=len(markets), markets=markets)
    publisher = made("oracle", desk, **{**PROMPT, **parameters, "faults": faults})
    publisher.start()
    for second, price in enumerate(prices, start=1):
        desk.price["ETH"] = price
        desk.seconds(second)
        publisher.on_price(desk.now_us)
    desk.seconds(900)
    rows = []
    for sent in desk.sent:
        price_e8, observed_s = sent.call.data.split(b"@")
        created_s = sent.created_us / 1e6
        rows.append((created_s, int(observed_s) - desk.genesis_s, int(price_e8) / 1e8))
    return rows, publisher.tally


FALLING = [3000 * 0.99**second for second in range(1, 101)]
"""One update is due each second."""


def test_without_faults_every_second_brings_its_price():
    rows, tally = published([], FALLING)
    assert [row[:2] for row in rows] == [(s, s) for s in range(1, 101)]
    assert tally == {"due": 100, "published": 100}


def test_a_slow_publisher_creates_its_updates_late_inside_the_window():
    slow = {"delay": {"seconds": {"constant": 7}, "from_s": 50}}
    rows, tally = published([slow], FALLING)
    assert {created - observed for created, observed, _ in rows if observed < 50} == {0}
    assert {created - observed for created, observed, _ in rows if observed >= 50} == {7}
    assert tally["delayed"] == 51


def test_a_publisher_that_forgets_believes_that_it_published():
    rows, tally = published([{"drop": 0.4}], FALLING)
    assert tally["due"] == 100
    assert len(rows) == tally["published"] == 100 - tally["dropped"]
    assert 20 < tally["dropped"] < 60


def test_an_update_that_is_held_up_is_overtaken():
    rows, tally = published([{"reorder": {"share": 0.2, "by_s": 5}}], FALLING)
    observed = [row[1] for row in rows]
    assert sorted(observed) == list(range(1, 101))
    assert observed != sorted(observed)
    assert {created - seen for created, seen, _ in rows} == {0, 5}
    assert sum(created - seen == 5 for created, seen, _ in rows) == tally["held_up"]


def test_a_frozen_publisher_is_silent_and_then_catches_up_at_once():
    rows, tally = published([{"freeze": {"from_s": 20, "to_s": 60}}], FALLING)
    observed = [row[1] for row in rows]
    assert observed == [*range(1, 20), *range(60, 101)]
    assert tally["ticks_frozen"] == 40


def test_a_stuck_source_is_published_with_fresh_times_and_an_old_price():
    stuck = {"stuck": {"from_s": 20, "to_s": 60}}
    rows, _ = published([stuck], FALLING, heartbeat_s=10)
    inside = [(observed, price) for _, observed, price in rows if 20 <= observed < 60]
    assert [observed for observed, _ in inside] == [20, 30, 40, 50]
    assert {price for _, price in inside} == {round(FALLING[19], 8)}
    assert rows[-1][2] == pytest.approx(FALLING[-1])


def test_a_bias_shifts_every_price():
    rows, _ = published([{"bias": {"by": 0.05, "to_s": 50}}], FALLING)
    for _, observed, price in rows:
        assert price == pytest.approx(FALLING[observed - 1] * (1.05 if observed < 50 else 1))


def test_single_prices_are_far_off_up_or_down():
    rows, tally = published([{"outlier": {"share": 0.2, "size": {"constant": 0.3}}}], FALLING)
    ratios = [round(price / FALLING[observed - 1], 3) for _, observed, price in rows]
    assert set(ratios) == {1.0, 1.3, 0.7}
    assert sum(ratio != 1.0 for ratio in ratios) == tally["wrong"]


def test_an_outlier_never_makes_a_price_negative():
    rows, _ = published([{"outlier": {"share": 1.0, "size": {"constant": 5}}}], FALLING)
    assert min(price for _, _, price in rows) > 0


def test_a_floor_is_published_instead_of_what_lies_below_it():
    rows, tally = published([{"clamp": {"min_usd": 2000}}], FALLING)
    assert min(price for _, _, price in rows) == 2000
    assert all(
        price == pytest.approx(max(FALLING[observed - 1], 2000)) for _, observed, price in rows
    )
    assert tally["pinned"] == sum(price < 2000 for price in FALLING)
    rows, _ = published([{"clamp": {"max_usd": 2500}}], FALLING)
    assert max(price for _, _, price in rows) == 2500


def test_held_back_prices_are_revealed_at_the_end_of_their_round():
    rows, _ = published([{"late_reveal": 30}], FALLING)
    assert {created for created, _, _ in rows} == {30, 60, 90, 120}
    assert all(0 <= created - observed < 30 for created, observed, _ in rows)


def test_faults_add_up_in_their_order():
    slow = {"delay": {"seconds": {"constant": 4}}}
    rows, _ = published([{"bias": 0.1}, {"clamp": {"max_usd": 3000}}, slow], FALLING)
    created, observed, price = rows[0]
    assert (created - observed, price) == (4, 3000)


def test_a_backup_leaves_out_what_the_chain_has_already():
    desk = FakeDesk()
    publisher = made("oracle", desk, **PROMPT, only_if_needed=True)
    publisher.start()
    for second, (true, chain) in enumerate([(2900, 3000), (2800, 2802)], start=1):
        desk.price["ETH"], desk.chain_price["ETH"] = true, chain
        desk.seconds(second)
        publisher.on_price(desk.now_us)
        desk.seconds(second + 0.5)
    assert len(desk.sent) == 1
    assert publisher.tally == {"due": 2, "published": 1, "not_needed": 1}


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_outside_its_window_changes_nothing(name):
    window = {"from_s": 500, "to_s": 600}
    parameters = {"clamp": {"min_usd": 4000}, "bias": {"by": 0.5}}.get(name, {})
    rows, tally = published([{name: {**parameters, **window}}], FALLING)
    assert (rows, tally) == published([], FALLING)


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("freeze", {"from_s": 9, "to_s": 9}, "must lie after"),
        ("clamp", {}, "at least one of min_usd and max_usd"),
        ("clamp", {"min_usd": 2, "max_usd": 1}, "is above max_usd"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(name, parameters, words):
    with pytest.raises(ValidationError, match=words):
        FAULTS[name].parameters(**parameters)
