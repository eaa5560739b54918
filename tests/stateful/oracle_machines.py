"""A spot pool, every kind of feed over it, and the guarded hub over those: three layers."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from oracle_world import (
    ETHER,
    FEEDS,
    MAX_AGE_DEFAULT,
    MAX_AGE_STRICT,
    MAX_UPDATE_AGE,
    PROVIDERS,
    PUBLISHERS,
    START_E8,
    UPDATE_FEE,
    USDC,
    OracleWorld,
)

from floodline.protocols.reference.model import Tolerance
from floodline.protocols.reference.model_hub import Refusal
from floodline.protocols.reference.model_math import ModelRevert
from floodline.protocols.reference.signed_prices import SignedPrice

providers = st.sampled_from(PROVIDERS)
publishers = st.sampled_from(PUBLISHERS)
moves = st.one_of(st.integers(-300, 300), st.sampled_from([-2_500, -1_100, 1_100, 2_000, 30_000]))
ages = st.sampled_from([0, 0, 1, 10, 130, 200])


class PoolMachine(RuleBasedStateMachine):
    """Sales, liquidity and time."""

    def __init__(self, world: OracleWorld) -> None:
        super().__init__()
        self.world = world
        world.restart()

    @rule(
        seller=providers,
        sells_base=st.booleans(),
        size=st.one_of(st.integers(0, 10), st.integers(1, 80 * ETHER)),
        tight=st.sampled_from([False, False, True]),
        after_s=st.sampled_from([1, 12, 100]),
    )
    def swap(self, seller: str, sells_base: bool, size: int, tight: bool, after_s: int) -> None:
        world = self.world
        token = world.weth if sells_base else world.usdc
        amount = size if sells_base else size * 3_000 * USDC // ETHER
        limit = 2**100 if tight else 0
        base, quote = world.models.pool.base, world.models.pool.quote
        out = world.act(
            *("swap", seller, "SpotAmm", world.pool, "swapExactIn"),
            *(token, amount, limit, world.people[seller].address),
            on_model=lambda now_s: world.models.pool.swap(
                amount, limit, now_s, sells_base=sells_base
            ),
            after_s=after_s,
        )
        if out is not None:
            assert world.models.pool.base * world.models.pool.quote >= base * quote

    @rule(provider=providers, base=st.integers(0, 300 * ETHER), skew=st.sampled_from([1, 2_000, 9]))
    def add(self, provider: str, base: int, skew: int) -> None:
        world = self.world
        given = (base, skew * base * USDC // ETHER, 0)
        world.act(
            *("add", provider, "SpotAmm", world.pool, "addLiquidity"),
            *(*given, world.people[provider].address),
            on_model=lambda now_s: world.models.pool.add(provider, *given, now_s),
        )

    @rule(provider=providers, percent=st.sampled_from([1, 50, 100, 101]))
    def remove(self, provider: str, percent: int) -> None:
        world = self.world
        shares = world.models.pool.shares.get(provider, 0) * percent // 100
        held = world.models.pool.shares.get(provider, 0)
        if shares > held:
            return
        before = world.models.pool.spot_price()
        gone = world.act(
            *("remove", provider, "SpotAmm", world.pool, "removeLiquidity"),
            *(shares, 0, 0, world.people[provider].address),
            on_model=lambda now_s: world.models.pool.remove(provider, shares, 0, 0, now_s),
        )
        if gone:
            assert abs(world.models.pool.spot_price() - before) <= before // 10**9

    @rule(seconds=st.sampled_from([1, 15, 60, 400, 2_000]))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)

    @invariant()
    def pool_and_model_agree(self) -> None:
        self.world.compare_pool()


class FeedMachine(PoolMachine):
    """Publishers, relayers and pokes on top."""

    @rule(
        feed=st.sampled_from(["PUSH", "PUSH", "CLAMP"]),
        publisher=st.sampled_from([*PUBLISHERS, "stranger"]),
        basis_points=moves,
        age_s=st.sampled_from([0, 0, 0, 5, -3]),
    )
    def push(self, feed: str, publisher: str, basis_points: int, age_s: int) -> None:
        world = self.world
        answer = self._moved(feed, basis_points)
        observed = world.chain.now_s + 1 - age_s

        def on_model(now_s: int) -> None:
            if publisher == "stranger":
                raise ModelRevert("Unauthorized", publisher)
            world.feed(feed).transmit(answer, observed, now_s)

        world.act(
            *("push", publisher, world.kinds[feed], world.addresses[feed], "transmit"),
            *(answer, observed),
            on_model=on_model,
        )

    @rule(publisher=publishers, basis_points=moves, age_s=ages)
    def report(self, publisher: str, basis_points: int, age_s: int) -> None:
        world = self.world
        answer = self._moved("PUSH", basis_points)
        observed = world.chain.now_s + 1 - age_s
        completed = world.act(
            *("report", publisher, "MedianFeed", world.addresses["MEDIAN"], "transmit"),
            *(answer, observed),
            on_model=lambda now_s: world.feed("MEDIAN").transmit(
                publisher, answer, observed, now_s
            ),
        )
        world.happened["median"] += bool(completed)

    @rule(
        basis_points=moves,
        confidence_bp=st.sampled_from([1, 5, 150, 20_000]),
        age_s=st.sampled_from([0, 0, 0, 20, MAX_UPDATE_AGE + 1, -5]),
        value=st.sampled_from([0, UPDATE_FEE, UPDATE_FEE, UPDATE_FEE, 3 * UPDATE_FEE]),
        forged=st.sampled_from([False, False, False, False, True]),
    )
    def carry(
        self, basis_points: int, confidence_bp: int, age_s: int, value: int, forged: bool
    ) -> None:
        """Anybody carries a signed price in; an older one than is stored costs nothing."""
        world = self.world
        answer = self._moved("PULL", basis_points)
        publish_s = world.chain.now_s + 1 - age_s
        price = SignedPrice(answer, answer * confidence_bp // 10_000, publish_s, publish_s - 2)
        stranger = world.people["stranger"]
        signers = sorted([world.signers[0], stranger], key=lambda one: one.address)
        signatures = world.signatures(price, signers if forged else None)
        stored = world.act(
            *("carry", "stranger", "PullFeed", world.addresses["PULL"], "update"),
            *(tuple(price), signatures),
            on_model=lambda now_s: world.feed("PULL").update(
                "stranger", value, price, now_s, signer="stranger" if forged else None
            ),
            value=value,
        )
        if stored is False:
            world.happened["already there"] += 1

    @rule(age_s=st.integers(0, 30), gap_s=st.integers(1, 6), window_s=st.integers(0, 8))
    def settle_at_the_first_price(self, age_s: int, gap_s: int, window_s: int) -> None:
        """Of the prices in a window only the first passes, whatever was published."""
        world = self.world
        start = world.chain.now_s - age_s
        publish_s = start + window_s // 2
        price = SignedPrice(START_E8, 0, publish_s, publish_s - gap_s)
        world.act(
            *("first in window", "stranger", "PullFeed", world.addresses["PULL"]),
            *("firstInWindow", tuple(price), world.signatures(price), start, start + window_s),
            on_model=lambda _now_s: world.feed("PULL").first_in_window(
                price, start, start + window_s
            ),
        )

    @rule()
    def hop(self) -> None:
        world = self.world
        world.act(
            *("hop", "stranger", "DelayedFeed", world.addresses["DELAY"], "poke"),
            on_model=lambda now_s: world.feed("DELAY").poke(now_s),
        )

    @rule(frozen=st.booleans())
    def freeze(self, frozen: bool) -> None:
        world = self.world
        world.act(
            *("freeze", "owner", "DelayedFeed", world.addresses["DELAY"], "setFrozen", frozen),
            on_model=lambda _now_s: setattr(world.feed("DELAY"), "frozen", frozen),
        )

    @rule()
    def void(self) -> None:
        world = self.world
        world.act(
            *("void", "owner", "DelayedFeed", world.addresses["DELAY"], "void"),
            on_model=lambda _now_s: world.feed("DELAY").void(),
        )

    @rule(after_s=st.sampled_from([1, 31, 300, 300, 400]))
    def average(self, after_s: int) -> None:
        world = self.world
        answer = world.act(
            *("average", "stranger", "TwapFeed", world.addresses["TWAP"], "poke"),
            on_model=lambda now_s: world.feed("TWAP").poke(now_s),
            after_s=after_s,
        )
        world.happened["too early to average"] += answer == 0

    @invariant()
    def feeds_and_models_agree(self) -> None:
        self.world.compare_feeds()

    @invariant()
    def publish_times_only_grow(self) -> None:
        for name in FEEDS:
            times = [one.observed_at for one in self.world.feed(name).rounds]
            assert times == sorted(set(times)), name
            assert all(one.observed_at <= one.landed_at for one in self.world.feed(name).rounds)

    def _moved(self, feed: str, basis_points: int) -> int:
        last = self.world.feed(feed).latest.answer or START_E8
        moved = last + last * basis_points // 10_000
        return min(max(moved, START_E8 // 4), START_E8 * 4)


class HubMachine(FeedMachine):
    """The hub's guards and the sequencer on top."""

    @initialize()
    def every_feed_has_a_price(self) -> None:
        """All feeds start at the pool's price, so that the guards have something to refuse."""
        self.push("PUSH", PUBLISHERS[0], 0, 0)
        self.push("CLAMP", PUBLISHERS[0], 0, 0)
        self.report(PUBLISHERS[0], 0, 0)
        self.report(PUBLISHERS[1], 0, 0)
        self.carry(0, 1, 0, UPDATE_FEE, forged=False)
        self.hop()
        self.average(1)

    @rule(down=st.sampled_from([True, False, False, False]))
    def sequencer(self, down: bool) -> None:
        world = self.world

        def on_model(now_s: int) -> None:
            if world.models.hub.down != down:
                world.models.hub.down = down
                world.models.hub.status_since = now_s

        world.act(
            *("sequencer", "owner", "SequencerDouble", world.sequencer, "setStatus", down),
            on_model=on_model,
        )

    @rule(feed=st.sampled_from(FEEDS))
    def write_down_the_breaker(self, feed: str) -> None:
        world = self.world
        world.act(
            *("report breaker", "stranger", "GuardedOracleHub", world.hub, "report"),
            feed.encode().ljust(32, b"\0"),
            on_model=lambda now_s: world.models.hub.judge(feed, now_s, strict=False),
        )

    @invariant()
    def hub_and_model_agree(self) -> None:
        self.world.compare_hub()

    @invariant()
    def no_price_is_used_that_is_older_than_tolerated(self) -> None:
        """Said without the model's judgement: from rounds, clock and limits alone."""
        world = self.world
        for name in ("PUSH", "CLAMP", "DELAY", "MEDIAN"):
            for how, limit in (
                (Tolerance.DEFAULT, MAX_AGE_DEFAULT),
                (Tolerance.STRICT, MAX_AGE_STRICT),
            ):
                age = world.models.now_s - world.feed(name).latest.observed_at
                if age > limit:
                    assert world.price(name, how) is None, (name, how)
        if world.models.hub.down:
            assert world.price("PUSH", Tolerance.DEFAULT) is None
            refusal, _ = world.models.hub.judge("PUSH", world.models.now_s, strict=False)
            world.happened["down with a good price"] += refusal is Refusal.NONE
