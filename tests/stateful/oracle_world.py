"""Every kind of feed, a pool and the guarded hub on a chain, with their models beside them."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from driver import Chain, Outcome

from floodline.chain.accounts import Account
from floodline.chain.rpc import RpcFailure
from floodline.foundation.units import FEED, wad
from floodline.protocols.reference.model import Tolerance
from floodline.protocols.reference.model_amm import AmmModel
from floodline.protocols.reference.model_feeds import (
    DelayedFeedModel,
    MedianFeedModel,
    PullFeedModel,
    PushFeedModel,
    RoundsModel,
    TwapFeedModel,
)
from floodline.protocols.reference.model_hub import GuardParameters, HubAsset, HubModel, Refusal
from floodline.protocols.reference.model_math import ModelRevert
from floodline.protocols.reference.model_parameters import AssetConfiguration
from floodline.protocols.reference.profiles import asset_id
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice

ETHER, USDC = 10**18, 10**6
START_E8 = 3_000 * FEED
PUBLISHERS = ("first_publisher", "second_publisher", "third_publisher")
PROVIDERS = ("first_provider", "second_provider")
FEEDS = ("PUSH", "CLAMP", "PULL", "DELAY", "MEDIAN", "TWAP")
POOL_FEE = 3 * 10**15
UPDATE_FEE = 1_000
MAX_UPDATE_AGE = 180
HOP_S = 600
MAX_REPORT_AGE = 120
WINDOW_S, PERIOD_S = 300, 30
GRACE_S = 300
MAX_AGE_DEFAULT, MAX_AGE_STRICT = 1_800, 600
GUARDS = {
    "PUSH": GuardParameters(max_jump=wad("0.1"), jump_seconds=15),
    "CLAMP": GuardParameters(),
    "PULL": GuardParameters(
        max_jump=wad("0.1"), jump_seconds=15, max_confidence=wad("0.01"), last_good=True
    ),
    "DELAY": GuardParameters(),
    "MEDIAN": GuardParameters(max_deviation=wad("0.05")),
    "TWAP": GuardParameters(max_jump=wad("0.02"), jump_seconds=60, last_good=True),
}


@dataclass
class Models:
    """All that the models know; copied to go back to the start."""

    pool: AmmModel
    feeds: dict[str, RoundsModel]
    hub: HubModel
    now_s: int = 0
    last_signed_s: int = 0


class OracleWorld:
    """Deployed once; `restart` goes back to the state right after construction."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        account = chain.accounts.account
        self.owner = account("owner")
        self.people = {name: account(name) for name in (*PUBLISHERS, *PROVIDERS, "stranger")}
        self.signers = [account("price signer", number) for number in range(3)]
        chain.fund([self.owner, *self.people.values()])
        self.names = {person.address: name for name, person in self.people.items()}
        self.happened: Counter[str] = Counter()
        self.reverts: Counter[str] = Counter()
        self.compared = 0
        """Actions whose success, or error with all its values, was the model's."""
        self._deploy()
        self._start = copy.deepcopy(self.models)
        self._snapshot = chain.node.snapshot()
        self._start_s = chain.now_s

    def restart(self) -> None:
        self.chain.node.revert(self._snapshot)
        self._snapshot = self.chain.node.snapshot()
        self.chain.now_s = self._start_s
        self.models = copy.deepcopy(self._start)

    def feed(self, name: str) -> Any:
        """Return a feed's model."""
        return self.models.feeds[name]

    # ---- actions --------------------------------------------------------------------------------

    def act(
        self,
        kind: str,
        sender: str,
        contract: str,
        to: bytes,
        function: str,
        *arguments: object,
        on_model: Callable[[int], object],
        value: int = 0,
        after_s: int = 1,
    ) -> Any:
        """Do one thing on both sides and return the model's result, None after a revert."""
        person = self.owner if sender == "owner" else self.people[sender]
        data = self.chain.interfaces[contract].encode(function, *arguments)
        outcome = self.chain.send(person, to, data, value=value, after_s=after_s)
        self.models.now_s = outcome.block.timestamp
        before = copy.deepcopy(self.models)
        self.compared += 1
        try:
            result = on_model(self.models.now_s)
        except ModelRevert as revert:
            self.models = before
            self._same_error(kind, outcome, revert)
            return None
        assert outcome.ok, f"{kind}: chain reverted with {outcome.error}{outcome.arguments}"
        self.happened[kind] += 1
        return result

    def wait(self, seconds: int) -> None:
        self.chain.now_s += seconds
        self.models.now_s = self.chain.node.seal(self.chain.now_s).timestamp
        self.happened["wait"] += 1

    def sign(self, answer: int, confidence: int, publish_s: int, previous_s: int) -> SignedPrice:
        """Publish a price off chain."""
        self.models.last_signed_s = max(self.models.last_signed_s, publish_s)
        return SignedPrice(answer, confidence, publish_s, previous_s)

    def signatures(self, price: SignedPrice, signers: list[Account] | None = None) -> bytes:
        chosen = self.signers[:2] if signers is None else signers
        return PriceSigners(chosen, self.addresses["PULL"], self.chain.node.chain_id).sign(price)

    # ---- agreement ------------------------------------------------------------------------------

    def compare_pool(self) -> None:
        pool, models = self.pool, self.models
        reserves, price, cumulative, supply = self._read(
            ("SpotAmm", pool, "reserves"),
            ("SpotAmm", pool, "spotPrice"),
            ("SpotAmm", pool, "cumulativePrice"),
            ("SpotAmm", pool, "totalSupply"),
        )
        assert tuple(reserves) == (models.pool.base, models.pool.quote)
        assert price == models.pool.spot_price()
        assert cumulative == models.pool.cumulative_price(models.now_s)
        assert supply == models.pool.supply

    def compare_feeds(self) -> None:
        """The newest round of every feed, and what waits in it."""
        asked = [(self.kinds[name], self.addresses[name], "latestRoundData") for name in FEEDS]
        pull, delayed, median = (self.addresses[name] for name in ("PULL", "DELAY", "MEDIAN"))
        asked += [
            ("PullFeed", pull, "earnedFees"),
            ("DelayedFeed", delayed, "queued"),
            ("DelayedFeed", delayed, "dueAt"),
            ("MedianFeed", median, "usedUpTo"),
        ]
        *rounds, earned, queued, due_at, used = self._read(*asked)
        for name, found in zip(FEEDS, rounds, strict=True):
            model = self.feed(name)
            latest = model.latest
            expected = (len(model.rounds), latest.answer, latest.observed_at, latest.landed_at)
            assert tuple(found)[:4] == expected, name
        assert earned == self.feed("PULL").earned
        assert (tuple(queued), due_at) == (self.feed("DELAY").queued, self.feed("DELAY").due_at)
        assert used == self.feed("MEDIAN").used_up_to

    def compare_hub(self) -> None:
        """Every price at every tolerance, or the very same refusal."""
        hub, models = self.hub, self.models
        interface = self.chain.interfaces["GuardedOracleHub"]
        asked = [(name, tolerance) for name in FEEDS for tolerance in Tolerance]
        answers = self.chain.node.call_many(
            [(hub, interface.encode("price", asset_id(name), int(how))) for name, how in asked]
            + [(hub, interface.encode("refusalOf", asset_id(name), False)) for name in FEEDS]
        )
        for (name, how), answer in zip(asked, answers, strict=False):
            expected, refused = self._expected_price(name, how)
            if refused is not None:
                assert isinstance(answer, RpcFailure), f"{name} {how}: model {refused}"
                found = interface.decode_revert(answer.data)
                given = tuple(self._named(value) for value in found.arguments.values())
                assert (found.name, given) == (refused.name, refused.arguments)
                self.reverts[refused.name] += 1
                continue
            assert isinstance(answer, bytes), f"{name} {how}: {answer}"
            assert interface.decode_output("price", answer) == expected, (name, how)
        for name, answer in zip(FEEDS, answers[len(asked) :], strict=True):
            refusal, _ = models.hub.judge(name, models.now_s, strict=False)
            assert interface.decode_output("refusalOf", answer) == refusal, name
            if refusal is not Refusal.NONE:
                self.happened[f"refused {name}"] += 1

    def _expected_price(self, name: str, how: Tolerance) -> tuple[int, ModelRevert | None]:
        try:
            return self.models.hub.price(name, how, self.models.now_s), None
        except ModelRevert as revert:
            return 0, revert

    def price(self, name: str, tolerance: Tolerance) -> int | None:
        """Return what the chain's hub says, None where it refuses."""
        interface = self.chain.interfaces["GuardedOracleHub"]
        data = interface.encode("price", asset_id(name), int(tolerance))
        (answer,) = self.chain.node.call_many([(self.hub, data)])
        if not isinstance(answer, bytes):
            return None
        return int(interface.decode_output("price", answer))

    def _read(self, *asked: tuple[str, bytes, str]) -> list[Any]:
        interfaces = self.chain.interfaces
        answers = self.chain.node.call_many(
            [(to, interfaces[kind].encode(function)) for kind, to, function in asked]
        )
        return [
            interfaces[kind].decode_output(function, answer)
            for (kind, _, function), answer in zip(asked, answers, strict=True)
            if isinstance(answer, bytes)
        ]

    def _same_error(self, kind: str, outcome: Outcome, revert: ModelRevert) -> None:
        assert outcome.error == revert.name, f"{kind}: chain {outcome.error}, model {revert}"
        found = tuple(self._named(value) for value in outcome.arguments)
        assert found == revert.arguments, f"{kind}: {revert.name}"
        self.reverts[revert.name] += 1

    def _named(self, value: object) -> object:
        if isinstance(value, bytes):
            return self.names.get(value, value.rstrip(b"\0").decode("latin-1"))
        return value

    # ---- deployment -----------------------------------------------------------------------------

    def _own(self, contract: str, to: bytes, function: str, *arguments: object) -> Outcome:
        data = self.chain.interfaces[contract].encode(function, *arguments)
        outcome = self.chain.send(self.owner, to, data)
        assert outcome.ok, f"{contract}.{function}: {outcome.error}{outcome.arguments}"
        return outcome

    def _deploy(self) -> None:
        chain, owner = self.chain, self.owner
        self.weth, self.usdc = chain.deploy(owner, "MockWETH"), chain.deploy(owner, "MockUSDC")
        self.pool = chain.deploy(owner, "SpotAmm", self.weth, self.usdc, POOL_FEE)
        for person in (owner, *self.people.values()):
            for kind, token in (("MockWETH", self.weth), ("MockUSDC", self.usdc)):
                self._own(kind, token, "mint", person.address, 10**28)
                approve = chain.interfaces[kind].encode("approve", self.pool, 2**256 - 1)
                assert chain.send(person, token, approve).ok
        pool = AmmModel(18, 6, POOL_FEE)
        deep = (1_000 * ETHER, 3_000_000 * USDC, 0)
        added = self._own("SpotAmm", self.pool, "addLiquidity", *deep, owner.address)
        pool.add("owner", *deep, added.block.timestamp)
        self.models = Models(pool, {}, HubModel())
        self._deploy_feeds(pool)
        self._deploy_hub()
        first = [("PushFeed", "PUSH"), ("ClampedPushFeed", "CLAMP")]
        for kind, name in first:
            now = chain.now_s
            self.act(
                *("first price", PUBLISHERS[0], kind, self.addresses[name], "transmit"),
                *(START_E8, now),
                on_model=lambda now_s, name=name, seen=now: self.feed(name).transmit(
                    START_E8, seen, now_s
                ),
            )
        self.happened.clear()

    def _deploy_feeds(self, pool: AmmModel) -> None:
        chain, owner = self.chain, self.owner
        publishers = [self.people[name].address for name in PUBLISHERS]
        signers = [signer.address for signer in self.signers]
        wide, narrow = (START_E8 // 100, START_E8 * 100), (START_E8 // 2, START_E8 * 2)
        push = chain.deploy(*(owner, "PushFeed", "push", *wide, 3_600, 5 * 10**15, publishers))
        clamp = chain.deploy(
            *(owner, "ClampedPushFeed", "clamp", *narrow, 3_600, 5 * 10**15, publishers)
        )
        self.addresses = {
            "PUSH": push,
            "CLAMP": clamp,
            "PULL": chain.deploy(owner, "PullFeed", "pull", signers, 2, UPDATE_FEE, MAX_UPDATE_AGE),
            "DELAY": chain.deploy(owner, "DelayedFeed", "delayed", push, HOP_S),
            "MEDIAN": chain.deploy(owner, "MedianFeed", "median", publishers, 2, MAX_REPORT_AGE),
            "TWAP": chain.deploy(owner, "TwapFeed", "average", self.pool, WINDOW_S, PERIOD_S),
        }
        twap = TwapFeedModel(pool=pool, window_s=WINDOW_S, period_s=PERIOD_S)
        twap.observe(chain.now_s)
        source = PushFeedModel(min_answer=wide[0], max_answer=wide[1])
        self.models.feeds = {
            "PUSH": source,
            "CLAMP": PushFeedModel(min_answer=narrow[0], max_answer=narrow[1], clamps=True),
            "PULL": PullFeedModel(update_fee=UPDATE_FEE, max_update_age=MAX_UPDATE_AGE),
            "DELAY": DelayedFeedModel(source=source, hop_s=HOP_S),
            "MEDIAN": MedianFeedModel(
                publishers=list(PUBLISHERS), quorum=2, max_report_age=MAX_REPORT_AGE
            ),
            "TWAP": twap,
        }
        self.kinds = {
            "PUSH": "PushFeed",
            "CLAMP": "ClampedPushFeed",
            "PULL": "PullFeed",
            "DELAY": "DelayedFeed",
            "MEDIAN": "MedianFeed",
            "TWAP": "TwapFeed",
        }

    def _deploy_hub(self) -> None:
        chain, models = self.chain, self.models
        self.hub = chain.deploy(self.owner, "GuardedOracleHub")
        self.sequencer = chain.deploy(self.owner, "SequencerDouble", self.owner.address)
        models.hub = HubModel(
            guarded_sequencer=True, status_since=chain.now_s, grace_seconds=GRACE_S
        )
        self._own("GuardedOracleHub", self.hub, "setSequencer", self.sequencer, GRACE_S)
        bounds = (wad(1_000), wad(9_000))
        for name in FEEDS:
            given = AssetConfiguration(
                self.addresses[name], *bounds, MAX_AGE_DEFAULT, MAX_AGE_STRICT
            )
            self._own("GuardedOracleHub", self.hub, "configureAsset", asset_id(name), given)
            guards = GUARDS[name]
            reference = None
            if guards.max_deviation:
                guards = guards._replace(reference_feed=self.addresses["PUSH"])
                reference = models.feeds["PUSH"]
            self._own("GuardedOracleHub", self.hub, "setGuards", asset_id(name), guards)
            models.hub.assets[name] = HubAsset(
                models.feeds[name], *bounds, MAX_AGE_DEFAULT, MAX_AGE_STRICT, guards, reference
            )
