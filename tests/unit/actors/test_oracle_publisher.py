"""An update is due by deviation or by heartbeat, and is published after its delay."""

from fake_desk import FakeDesk, included, lost, made

WALLET = {"fee": {"multiple": {"tip_gwei": 1}}}


def started(desk, **parameters):
    publisher = made("oracle", desk, **{**WALLET, **parameters})
    publisher.start()
    return publisher


def tick(desk, publisher, at_s, price=None, market="ETH"):
    if price is not None:
        desk.price[market] = price
    desk.seconds(at_s)
    publisher.on_price(desk.now_us)


def test_a_small_move_is_not_published_and_a_deviation_is_after_the_delay():
    desk = FakeDesk()
    publisher = started(desk, deviation=0.005, delay_s=6)
    tick(desk, publisher, 10, 3000 * 1.0049)
    desk.seconds(30)
    assert desk.sent == []
    tick(desk, publisher, 31, 3000 * 0.995)
    desk.seconds(36.9)
    assert desk.sent == []
    desk.seconds(37)
    (sent,) = desk.sent
    assert sent.created_us == 37_000_000
    assert sent.call.data == f"{round(2985 * 1e8)}@{desk.genesis_s + 31}".encode()
    assert desk.updates == [(37_000_000, "ETH", round(2985 * 1e8))]


def test_the_deviation_counts_from_the_last_published_price():
    desk = FakeDesk()
    publisher = started(desk, deviation=0.005, delay_s=0)
    for second, price in ((1, 3016), (2, 3020), (3, 3030), (4, 3031.1)):
        tick(desk, publisher, second, price)
    desk.seconds(10)
    assert [sent.call.data.split(b"@")[0] for sent in desk.sent] == [
        b"301600000000",
        b"303110000000",
    ]


def test_a_quiet_price_is_published_at_its_heartbeat():
    desk = FakeDesk()
    publisher = started(desk, heartbeat_s=100, delay_s=0)
    for second in range(1, 251):
        tick(desk, publisher, second)
    assert [sent.created_us // 1_000_000 for sent in desk.sent] == [100, 200]


def test_updates_queue_behind_one_that_waits_or_replace_it():
    for on_pending, replaced in (("queue", {}), ("replace", {1: 0})):
        desk = FakeDesk()
        publisher = started(desk, delay_s=0, on_pending=on_pending)
        tick(desk, publisher, 1, 2900)
        tick(desk, publisher, 2, 2800)
        desk.seconds(3)
        assert len(desk.sent) == 2
        assert desk.replaced == replaced
        assert (desk.sent[1].nonce == desk.sent[0].nonce) == (on_pending == "replace")


def test_a_lost_update_is_published_again_at_the_next_tick():
    desk = FakeDesk()
    publisher = started(desk, delay_s=0)
    tick(desk, publisher, 1, 2900)
    desk.seconds(2)
    publisher.on_outcome(desk.sent[0], lost())
    tick(desk, publisher, 3)
    desk.seconds(4)
    assert len(desk.sent) == 2
    publisher.on_outcome(desk.sent[1], included())
    assert publisher.tally == {"due": 2, "published": 2, "lost": 1, "landed": 1}


def test_each_market_has_a_publisher_of_its_own():
    desk = FakeDesk(accounts=2, markets=("ETH", "BTC"))
    publisher = started(desk, delay_s=0)
    assert publisher.sender_count == 2
    tick(desk, publisher, 1, 2700, "BTC")
    desk.seconds(2)
    assert [(sent.sender, sent.call.market) for sent in desk.sent] == [(1, "BTC")]
