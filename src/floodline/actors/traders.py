"""Traders: people who open, close and cancel, at random times, whatever the network does."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from floodline.actors.base import ACTORS, Actor, ActorParameters, Bidder, Intent
from floodline.actors.desk import BlockSeen, Desk, Outcome, Sender, Sent
from floodline.actors.fees import FeeChoice
from floodline.foundation.registry import Parameters
from floodline.foundation.units import SECOND_US, wad
from floodline.market.amounts import AmountChoice
from floodline.protocols.facets import PendingOrder
from floodline.protocols.interface import Call

Wish = Literal["open", "close", "cancel"]


class Mix(Parameters):
    """Shares of the actions; they need not add up to one."""

    open: float = Field(default=0.5, ge=0, description="Share of opening orders.")
    close: float = Field(default=0.3, ge=0, description="Share of closing orders.")
    cancel: float = Field(
        default=0.2, ge=0, description="Share of cancellations of waiting orders."
    )

    @model_validator(mode="after")
    def _not_all_zero(self) -> Mix:
        if self.open + self.close + self.cancel <= 0:
            raise ValueError("at least one share must be above 0")
        return self


class TradersParameters(ActorParameters):
    """Parameters of a population of traders."""

    accounts: int = Field(default=40, ge=1, le=20_000, description="Number of traders.")
    rate_per_s: float = Field(
        default=1.0, gt=0, le=1000, description="Mean number of actions a second, of all together."
    )
    mix: Mix = Field(default=Mix(), description="Shares of opening, closing, cancelling.")
    margin_usd: AmountChoice = Field(
        default={"lognormal": {"median": 5000, "sigma": 0.8}},
        validate_default=True,
        description="Collateral of each trader, in dollars.",
    )
    leverage: AmountChoice = Field(
        default={"lognormal": {"median": 5, "sigma": 0.5}},
        validate_default=True,
        description="Notional of an opening order over the trader's collateral.",
    )
    long_share: float = Field(default=0.5, ge=0, le=1, description="Share of orders that are long.")
    slippage: float = Field(
        default=0.01, gt=0, lt=1, description="Accepted distance from the chain's price at sending."
    )
    fee: FeeChoice = Field(
        default="multiple", validate_default=True, description="How the traders' wallets bid."
    )


@ACTORS.register(
    "traders",
    TradersParameters,
    description="A population that opens, closes and cancels orders at Poisson times.",
)
class Traders(Actor):
    """Poisson traders, each with an account of its own and at most one position a market."""

    role: ClassVar[str] = "trader"

    def __init__(self, parameters: TradersParameters, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._parameters = parameters
        self._bidder = Bidder(desk, parameters.fee.build())
        self._waiting: dict[int, Intent] = {}
        self._times = desk.stream("arrivals")
        self._choices = desk.stream("choices")
        self._leverage = parameters.leverage.build()
        self._margins = parameters.margin_usd.build().sample(
            desk.stream("margins"), parameters.accounts
        )

    @property
    def sender_count(self) -> int:
        """One account a trader."""
        return self._parameters.accounts

    def deposits_usd(self) -> list[float]:
        """Each trader's collateral."""
        return [float(margin) for margin in self._margins]

    def start(self) -> None:
        """Schedule the first action."""
        self._schedule_next(self.desk.now_us)

    def _schedule_next(self, now_us: int) -> None:
        gap_s = self._times.exponential(1 / self._parameters.rate_per_s)
        self.desk.at(now_us + max(1, round(gap_s * SECOND_US)), self._act)

    def _act(self, now_us: int) -> None:
        if now_us >= self.desk.end_us:
            return
        mix = self._parameters.mix
        draws: list[float] = self._choices.random(4).tolist()
        leverage = float(self._leverage.sample(self._choices, 1)[0])
        point = draws[0] * (mix.open + mix.close + mix.cancel)
        if point < mix.open:
            done = self._open_in_time(draws, leverage)
            wish: Wish = "open"
        elif point < mix.open + mix.close:
            done = self._close(draws)
            wish = "close"
        else:
            done = self._cancel(draws)
            wish = "cancel"
        self.count(wish if done else f"{wish}_not_possible")
        self._schedule_next(now_us)

    def _pick(self, draws: list[float], *, with_position: bool) -> tuple[int, Sender, str] | None:
        markets = self.desk.protocol.markets
        market = markets[int(draws[1] * len(markets))]
        book = self.desk.protocol.book
        column = book.market_index[market]
        able = []
        for position, sender in enumerate(self.accounts):
            if sender.index in self._waiting or self._is_bound(sender):
                continue
            row = book.index.get(sender.address)
            size = book.size_wad[row][column] if row is not None else 0
            if bool(size) == with_position:
                able.append((position, sender))
        if not able:
            return None
        position, sender = able[int(draws[2] * len(able))]
        return position, sender, market

    def _open_in_time(self, draws: list[float], leverage: float) -> bool:
        """Open now, smaller, or later, as the strategy's reading of the network says."""
        view = self.desk.fee_view()
        pace = self._bidder.strategy.pace(view)
        if not pace.delay_blocks:
            if pace.share < 1:
                self.count("sized_down")
            return self._open(draws, leverage * pace.share)
        slot_us = round(view.gas_target / self.desk.target_gas_per_s * SECOND_US)
        later_us = self.desk.now_us + pace.delay_blocks * slot_us
        self.count("held_back")
        if later_us < self.desk.end_us:
            self.desk.at(later_us, partial(self._open_later, draws, leverage))
        return True

    def _open_later(self, draws: list[float], leverage: float, _now_us: int) -> None:
        self._open_in_time(draws, leverage)

    def _open(self, draws: list[float], leverage: float) -> bool:
        picked = self._pick(draws, with_position=False)
        if picked is None:
            return False
        position, sender, market = picked
        price = self.desk.chain_price_usd(market)
        sign = 1 if draws[3] < self._parameters.long_share else -1
        margin = float(self._margins[position])
        protocol = self.desk.protocol
        skew = float(protocol.book.size[:, protocol.book.market_index[market]].sum())
        least, most = protocol.allowed_notional_usd(market, margin, sign, skew, price)
        notional = min(margin * leverage, 0.9 * most)
        limit = price * (1 + sign * self._parameters.slippage)
        size = sign * wad(f"{notional / price:.6f}")
        if notional <= least:
            return False
        self._send(sender, self.desk.protocol.open(market, size, wad(f"{limit:.8f}")))
        return True

    def _close(self, draws: list[float]) -> bool:
        picked = self._pick(draws, with_position=True)
        if picked is None:
            return False
        _, sender, market = picked
        book = self.desk.protocol.book
        size = book.size_wad[book.index[sender.address]][book.market_index[market]]
        sign = -1 if size > 0 else 1
        limit = self.desk.chain_price_usd(market) * (1 + sign * self._parameters.slippage)
        call = self.desk.protocol.close(sender.address, market, wad(f"{limit:.8f}"))
        if call is None:
            return False
        self._send(sender, call)
        return True

    def _cancel(self, draws: list[float]) -> bool:
        cancellable = [i for i in self._bidder.waiting if not i.call.kind.startswith("cancel")]
        if not cancellable:
            return self._cancel_order(draws)
        intent = cancellable[int(draws[1] * len(cancellable))]
        sender = next(s for s in self.accounts if s.index == intent.current.sender)
        nothing = Call(to=sender.address, data=b"", gas_limit=21_000, kind="cancel")
        self._bidder.supersede(intent, nothing)
        return True

    def _order_of(self, sender: Sender) -> PendingOrder | None:
        """Return the trader's order that waits on chain, where orders take two steps."""
        orders = self.desk.protocol.orders
        return None if orders is None else orders.waits_for(sender.address)

    def _is_bound(self, sender: Sender) -> bool:
        """Whether an order on chain keeps the trader from another one."""
        order = self._order_of(sender)
        return order is not None and self._now_s() <= order.expires_s

    def _now_s(self) -> int:
        return self.desk.genesis_s + self.desk.now_us // SECOND_US

    def _cancel_order(self, draws: list[float]) -> bool:
        """Give up an order that waits on chain and may be cancelled by now."""
        orders = self.desk.protocol.orders
        if orders is None:
            return False
        found = [
            (sender, order)
            for sender in self.accounts
            if sender.index not in self._waiting
            and (order := self._order_of(sender)) is not None
            and self._now_s() >= order.cancellable_s
        ]
        if not found:
            return False
        sender, order = found[int(draws[1] * len(found))]
        self._send(sender, orders.cancel(sender.address, order.market))
        return True

    def _send(self, sender: Sender, call: Call) -> None:
        self._waiting[sender.index] = self._bidder.send(sender.index, call)

    def on_block(self, block: BlockSeen) -> None:
        """Bid again for what waits, where the strategy does."""
        self.count("bumped", self._bidder.bump(block))

    def on_outcome(self, sent: Sent, outcome: Outcome) -> None:
        """Let a trader act again once its order has come to an end."""
        if self._bidder.settle(sent, outcome) is not None:
            self._waiting.pop(sent.sender, None)
            self.count(f"order_{outcome.state}")
