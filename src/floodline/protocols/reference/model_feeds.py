"""Exact models of the price feeds: push, pull, delayed, median and time-weighted average."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from floodline.protocols.reference.model_amm import AmmModel
from floodline.protocols.reference.model_math import ModelRevert
from floodline.protocols.reference.signed_prices import SignedPrice

_MAX_ANSWER = 2**127 - 1
_ANSWER_SCALE = 10**10
"""WAD over the feeds' 8 decimals."""


class ModelRound(NamedTuple):
    """One round of a feed."""

    answer: int
    """8 decimals."""
    observed_at: int
    """Seconds."""
    landed_at: int
    """Seconds."""


@dataclass
class RoundsModel:
    """A feed's rounds, the first at place 0, as ``RoundHistory.sol`` keeps them."""

    rounds: list[ModelRound] = field(default_factory=list)

    @property
    def latest(self) -> ModelRound:
        """The newest round; all zero before the first."""
        return self.rounds[-1] if self.rounds else ModelRound(0, 0, 0)

    def append(self, answer: int, observed_at: int, now_s: int) -> None:
        """Bring a round in force."""
        if observed_at > now_s:
            raise ModelRevert("ObservationInFuture", observed_at, now_s)
        if observed_at <= self.latest.observed_at:
            raise ModelRevert("ObservationNotNewer", observed_at, self.latest.observed_at)
        self.rounds.append(ModelRound(answer, observed_at, now_s))


def require_positive(answer: int) -> None:
    """Revert unless a feed can hold the answer."""
    if not 0 < answer <= _MAX_ANSWER:
        raise ModelRevert("AnswerNotPositive", answer)


@dataclass
class PushFeedModel(RoundsModel):
    """``PushFeed.sol``, and ``ClampedPushFeed.sol`` where `clamps` is true."""

    min_answer: int = 1
    max_answer: int = _MAX_ANSWER
    clamps: bool = False

    def transmit(self, answer: int, observed_at: int, now_s: int) -> None:
        """Publish a price with 8 decimals."""
        if answer <= 0:
            raise ModelRevert("AnswerNotPositive", answer)
        if self.clamps:
            answer = min(max(answer, self.min_answer), self.max_answer)
        elif not self.min_answer <= answer <= self.max_answer:
            raise ModelRevert("AnswerOutOfBounds", answer, self.min_answer, self.max_answer)
        self.append(answer, observed_at, now_s)


@dataclass
class PullFeedModel(RoundsModel):
    """``PullFeed.sol``; signatures are taken as good unless told otherwise.

    Parameters
    ----------
    update_fee : int
        Wei.
    max_update_age : int
        Seconds.

    """

    update_fee: int = 0
    max_update_age: int = 1
    confidences: list[int] = field(default_factory=list)
    """By round, 8 decimals."""
    credit: dict[str, int] = field(default_factory=dict)
    """Paid ahead by consumer, wei."""
    earned: int = 0
    """Fees earned, wei."""

    def update(
        self, sender: str, value: int, price: SignedPrice, now_s: int, *, signer: object = None
    ) -> bool:
        """Store a price if it is newer; return whether it was.

        `signer` is the address that the feed does not admit, where one of the signatures is bad.
        """
        credit = self.credit.get(sender, 0) + value
        if price.publish_time <= self.latest.observed_at:
            self.credit[sender] = credit
            return False
        if credit < self.update_fee:
            raise ModelRevert("InsufficientFee", credit, self.update_fee)
        if now_s > price.publish_time + self.max_update_age:
            raise ModelRevert("UpdateTooOld", price.publish_time, self.max_update_age)
        self._verify(price, signer)
        self.append(price.answer, price.publish_time, now_s)
        self.confidences.append(price.confidence)
        self.credit[sender] = credit - self.update_fee
        self.earned += self.update_fee
        return True

    def first_in_window(
        self, price: SignedPrice, start_s: int, end_s: int, *, signer: object = None
    ) -> int:
        """Return the answer of a price that is the first one published in a window."""
        inside = start_s <= price.publish_time <= end_s
        if price.previous_publish_time >= start_s or not inside:
            raise ModelRevert(
                "NotFirstInWindow",
                price.previous_publish_time,
                price.publish_time,
                start_s,
                end_s,
            )
        self._verify(price, signer)
        return price.answer

    @staticmethod
    def _verify(price: SignedPrice, signer: object) -> None:
        require_positive(price.answer)
        if price.confidence > price.answer or price.previous_publish_time >= price.publish_time:
            raise ModelRevert("InvalidConfiguration")
        if signer is not None:
            raise ModelRevert("InvalidSigner", signer)


@dataclass
class DelayedFeedModel(RoundsModel):
    """``DelayedFeed.sol``: Maker's oracle security module."""

    source: RoundsModel = field(default_factory=RoundsModel)
    hop_s: int = 3_600
    queued: tuple[int, int] = (0, 0)
    """Answer and observation time."""
    hop_start_s: int = 0
    frozen: bool = False

    @property
    def due_at(self) -> int:
        """When the next poke is allowed, seconds."""
        return self.hop_start_s + self.hop_s

    def poke(self, now_s: int) -> None:
        """Bring the queued price in force and queue the source's newest."""
        if self.frozen:
            raise ModelRevert("Frozen")
        if now_s < self.due_at:
            raise ModelRevert("PokedTooEarly", self.due_at)
        newest = self.source.latest
        if newest.observed_at == 0:
            raise ModelRevert("SourceEmpty")
        if not self.rounds:
            self.append(newest.answer, newest.observed_at, now_s)
        elif self.queued[1] > self.latest.observed_at:
            self.append(*self.queued, now_s)
        self.queued = (newest.answer, newest.observed_at)
        self.hop_start_s = now_s - now_s % self.hop_s

    def void(self) -> None:
        """Drop what is queued and freeze."""
        self.queued = (0, 0)
        self.frozen = True


def median_down(values: list[int]) -> int:
    """Return the middle value, or the mean of the two middle ones rounded down.

    Of 2,990, 3,000, 3,010 and 2,000 it is 2,995.
    """
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) // 2


@dataclass
class MedianFeedModel(RoundsModel):
    """``MedianFeed.sol``: a round is the median of a quorum of unused reports."""

    publishers: list[str] = field(default_factory=list)
    quorum: int = 1
    max_report_age: int = 60
    reports: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Answer and observation time by publisher."""
    used_up_to: int = 0
    """Newest observation that a round has used, seconds."""

    def transmit(self, publisher: str, answer: int, observed_at: int, now_s: int) -> bool:
        """Report a price; return whether it completed a round."""
        if publisher not in self.publishers:
            raise ModelRevert("Unauthorized", publisher)
        require_positive(answer)
        if observed_at > now_s:
            raise ModelRevert("ObservationInFuture", observed_at, now_s)
        last = self.reports.get(publisher, (0, 0))[1]
        if observed_at <= last:
            raise ModelRevert("ObservationNotNewer", observed_at, last)
        if now_s > observed_at + self.max_report_age:
            raise ModelRevert("ReportTooOld", observed_at, self.max_report_age)
        self.reports[publisher] = (answer, observed_at)
        waiting = [
            report
            for report in self.reports.values()
            if report[1] > self.used_up_to and now_s <= report[1] + self.max_report_age
        ]
        if len(waiting) < self.quorum:
            return False
        times = sorted(time_s for _, time_s in waiting)
        self.used_up_to = times[-1]
        median = median_down([answer for answer, _ in waiting])
        self.append(median, times[(len(times) - 1) // 2], now_s)
        return True


@dataclass
class TwapFeedModel(RoundsModel):
    """``TwapFeed.sol``: the pool's average over at least a window."""

    pool: AmmModel = field(default_factory=lambda: AmmModel(18, 6, 0))
    window_s: int = 900
    period_s: int = 60
    observations: list[tuple[int, int]] = field(default_factory=list)
    """Accumulator and time of each observation."""

    def observe(self, now_s: int) -> None:
        """Note the pool's accumulator, as the constructor does."""
        self.observations.append((self.pool.cumulative_price(now_s), now_s))

    def poke(self, now_s: int) -> int:
        """Average since the youngest observation that is a window old; zero when it is too early.

        600 s at 3,000 and then 300 s at 2,700 give 2,900 over a window of 900 s.
        """
        pause = self.period_s if self.rounds else 1
        if now_s < self.observations[-1][1] + pause:
            return 0
        old = [seen for seen in self.observations if seen[1] + self.window_s <= now_s]
        cumulative, since = old[-1] if old else self.observations[0]
        self.observe(now_s)
        answer = (self.observations[-1][0] - cumulative) // (now_s - since) // _ANSWER_SCALE
        require_positive(answer)
        self.append(answer, now_s, now_s)
        return answer
