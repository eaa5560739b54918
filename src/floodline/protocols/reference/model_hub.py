"""Exact model of the oracle hub with its circuit breakers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from floodline.foundation.units import WAD
from floodline.protocols.reference.model import Tolerance
from floodline.protocols.reference.model_feeds import PullFeedModel, RoundsModel
from floodline.protocols.reference.model_math import ModelRevert, mul_wad

FEED_SCALE = 10**10
"""WAD per unit of an 8-decimal feed."""
_STEPS = 8
"""Rounds that a search goes back."""
_NOTHING = b"\0" * 20


class GuardParameters(NamedTuple):
    """Guards of one asset (Solidity ``Guards``); zero switches one off."""

    max_jump: int = 0
    """Largest relative change within `jump_seconds`, WAD."""
    jump_seconds: int = 0
    """How long a change counts as sudden, seconds."""
    max_deviation: int = 0
    """Largest relative distance from the reference, WAD."""
    max_confidence: int = 0
    """Largest confidence interval over price, WAD; only for pull feeds."""
    reference_feed: bytes | str = _NOTHING
    """Feed that the price is held against; zero for none."""
    last_good: bool = False
    """Whether a refused price is replaced by the newest one that is not refused."""


class Refusal(IntEnum):
    """Why a price is refused, numbered as in Solidity."""

    NONE = 0
    STALE = 1
    BOUNDS = 2
    JUMP = 3
    DEVIATION = 4
    UNCERTAIN = 5


@dataclass
class HubAsset:
    """What the hub knows of one asset."""

    feed: RoundsModel
    min_price: int
    """WAD USD."""
    max_price: int
    """WAD USD."""
    max_age_default: int
    """Seconds."""
    max_age_strict: int
    """Seconds."""
    guards: GuardParameters = field(default_factory=GuardParameters)
    reference: RoundsModel | None = None
    """The feed at ``guards.reference_feed``."""


@dataclass
class HubModel:
    """``GuardedOracleHub.sol``; without guards and sequencer it is ``OracleHub.sol``."""

    assets: dict[str, HubAsset] = field(default_factory=dict)
    guarded_sequencer: bool = False
    down: bool = False
    """Whether the sequencer is down."""
    status_since: int = 0
    """Since when it is as it is, seconds."""
    grace_seconds: int = 0

    def price(self, asset: str, tolerance: Tolerance, now_s: int) -> int:
        """Return the price, WAD USD, or revert as ``price`` does."""
        known = self.assets[asset]
        newest = len(known.feed.rounds) - 1
        if tolerance is Tolerance.ANY:
            return known.feed.latest.answer * FEED_SCALE
        strict = tolerance is Tolerance.STRICT
        self._require_sequencer(now_s, strict=strict)
        refusal, against = self.judge(asset, now_s, strict=strict)
        answer = known.feed.latest.answer * FEED_SCALE
        if refusal is Refusal.NONE:
            return answer
        if known.guards.last_good:
            for place in range(newest, max(newest - _STEPS, -1), -1):
                if self._judge_value(known, place, now_s)[0] is Refusal.NONE:
                    return known.feed.rounds[place].answer * FEED_SCALE
        raise {
            Refusal.STALE: ModelRevert("StalePrice", asset, known.feed.latest.observed_at, against),
            Refusal.BOUNDS: ModelRevert("PriceOutOfBounds", asset, answer),
            Refusal.JUMP: ModelRevert("PriceJumped", asset, answer, against),
            Refusal.DEVIATION: ModelRevert("PriceDeviates", asset, answer, against),
            Refusal.UNCERTAIN: ModelRevert("PriceUncertain", asset, answer, against),
        }[refusal]

    def judge(self, asset: str, now_s: int, *, strict: bool) -> tuple[Refusal, int]:
        """Return the first guard that refuses the newest price, and what it was held against."""
        known = self.assets[asset]
        max_age = known.max_age_strict if strict else known.max_age_default
        if now_s > known.feed.latest.observed_at + max_age:
            return Refusal.STALE, max_age
        return self._judge_value(known, len(known.feed.rounds) - 1, now_s)

    def _require_sequencer(self, now_s: int, *, strict: bool) -> None:
        if not self.guarded_sequencer:
            return
        if self.down:
            raise ModelRevert("SequencerDown", self.status_since)
        until = self.status_since + self.grace_seconds
        if strict and now_s < until:
            raise ModelRevert("SequencerGrace", until)

    @staticmethod
    def _judge_value(known: HubAsset, place: int, now_s: int) -> tuple[Refusal, int]:
        guards, feed = known.guards, known.feed
        price = feed.rounds[place].answer * FEED_SCALE if place >= 0 else 0
        if not known.min_price <= price <= known.max_price:
            return Refusal.BOUNDS, 0
        before = place
        while (
            place - before < _STEPS
            and before > 0
            and feed.rounds[before].landed_at > now_s - guards.jump_seconds
        ):
            before -= 1
        against = feed.rounds[before].answer * FEED_SCALE
        if guards.max_jump and abs(price - against) * WAD > guards.max_jump * against:
            return Refusal.JUMP, against
        if guards.max_deviation and known.reference is not None:
            against = known.reference.latest.answer * FEED_SCALE
            if abs(price - against) * WAD > guards.max_deviation * against:
                return Refusal.DEVIATION, against
        if guards.max_confidence and isinstance(feed, PullFeedModel):
            against = feed.confidences[place] * FEED_SCALE
            if against > mul_wad(price, guards.max_confidence):
                return Refusal.UNCERTAIN, against
        return Refusal.NONE, 0
