"""The publisher of volatility and the bot that settles options."""

from fake_desk import FakeDesk

from floodline.actors.catalogue import ACTORS
from floodline.actors.desk import Outcome
from floodline.protocols.interface import Call


class FakeOptions:
    def __init__(self):
        self.due = []
        self.pushed = []

    def push_volatility(self, market, base, observed_s):
        self.pushed.append((market, base, observed_s))
        return Call(b"v" * 20, b"", 150_000, "push_volatility", market=market)

    def upkeep(self, now_s):
        return self.due


def actor(kind, **parameters):
    desk = FakeDesk()
    desk.protocol.options = FakeOptions()
    entry = ACTORS[kind]
    made = entry.build(entry.parameters(**parameters), desk=desk)
    made.start()
    return made, desk


def test_volatility_is_pushed_at_the_interval_with_the_time_it_was_observed():
    _, desk = actor("volatility", interval_s=100, delay_s=3, vol_of_vol=0)
    desk.seconds(250)
    assert [sent.created_us // 10**6 for sent in desk.sent] == [3, 103, 203]
    assert desk.protocol.options.pushed == [
        ("ETH", 0.8, desk.genesis_s + second) for second in (0, 100, 200)
    ]


def test_where_there_are_no_options_nothing_is_published():
    desk = FakeDesk()
    desk.protocol.options = None
    for kind in ("volatility", "option_keepers"):
        entry = ACTORS[kind]
        made = entry.build(entry.parameters(), desk=desk)
        made.start()
        desk.seal(made)
    desk.seconds(900)
    assert desk.sent == []


def test_a_keeper_sends_what_is_due_once_until_it_is_done():
    keeper, desk = actor("option_keepers")
    desk.protocol.options.due = [Call(b"x" * 20, b"", 10**6, "settle_series", market="ETH")]
    desk.seal(keeper)
    desk.seal(keeper)
    assert [sent.call.kind for sent in desk.sent] == ["settle_series"]
    keeper.on_outcome(desk.sent[0], Outcome("included", "", 2, 90_000))
    desk.seal(keeper)
    assert len(desk.sent) == 2


def test_what_reverted_is_tried_again_some_blocks_later():
    keeper, desk = actor("option_keepers")
    desk.protocol.options.due = [Call(b"x" * 20, b"", 10**6, "settle_series", market="ETH")]
    desk.seal(keeper)
    keeper.on_outcome(desk.sent[0], Outcome("reverted", "ExpiryRoundsPending", 1, 50_000))
    for _ in range(4):
        desk.seal(keeper)
    assert len(desk.sent) == 1
    desk.seal(keeper)
    assert len(desk.sent) == 2
