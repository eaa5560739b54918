"""When an attack strikes: always, by the clock, or on what the attacker sees happen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from floodline.actors.desk import BlockSeen, Desk
from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters, Registry
from floodline.foundation.units import to_us


class Trigger(ABC):
    """Tells whether the attack is on; asked once a second, in order of time."""

    def on_block(self, block: BlockSeen) -> None:
        """Take note of a block that reached the attacker."""
        del block

    @abstractmethod
    def is_on(self, desk: Desk) -> bool:
        """Return whether to attack now."""


TRIGGERS: Final[Registry[Trigger]] = Registry("trigger")
TriggerChoice = Annotated[Chosen[Trigger], ChoiceOf(TRIGGERS)]


class TimesParameters(Parameters):
    """Parameters of a window in time, once or again and again."""

    from_s: float = Field(default=0.0, ge=0, description="Begin, in seconds after genesis.")
    for_s: float | None = Field(
        default=None, gt=0, description="Length in seconds; to the run's end if left out."
    )
    every_s: float | None = Field(
        default=None,
        gt=0,
        description="Again after this many seconds: settlement windows, funding times.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.every_s is not None and (self.for_s is None or self.for_s >= self.every_s):
            raise ValueError("every_s needs a for_s that is shorter")
        return self


@TRIGGERS.register(
    "times", TimesParameters, description="By the clock: one window, or one in each period."
)
class Times(Trigger):
    """From 290 s for 20 s every 300 s: around the end of each five minutes."""

    def __init__(self, parameters: TimesParameters) -> None:
        self._from_us = to_us(parameters.from_s)
        self._for_us = None if parameters.for_s is None else to_us(parameters.for_s)
        self._every_us = None if parameters.every_s is None else to_us(parameters.every_s)

    def is_on(self, desk: Desk) -> bool:
        """Return whether the clock stands in a window."""
        since = desk.now_us - self._from_us
        if since < 0 or self._for_us is None:
            return since >= 0
        return (since if self._every_us is None else since % self._every_us) < self._for_us


class _ForAWhile(Trigger):
    """On for a while from each moment at which something is seen."""

    def __init__(self, for_s: float) -> None:
        self._for_us = to_us(for_s)
        self._until_us = -1

    @abstractmethod
    def seen(self, desk: Desk) -> bool:
        """Return whether what the trigger waits for is there now."""

    def is_on(self, desk: Desk) -> bool:
        """Return whether it was seen within the last while."""
        if self.seen(desk):
            self._until_us = desk.now_us + self._for_us
        return desk.now_us < self._until_us


class PendingCallParameters(Parameters):
    """Parameters of a trigger on a pending call."""

    kind: str = Field(
        default="push_price",
        description="Kind of call to wait for: push_price for an oracle update, the protocol's "
        "name for the start of an auction or a settlement.",
    )
    for_s: float = Field(
        default=24.0, gt=0, description="Seconds for which it strikes from each sight of one."
    )


@TRIGGERS.register(
    "pending_call",
    PendingCallParameters,
    description="While a call of one kind is pending: an oracle update, an auction's start.",
)
class PendingCall(_ForAWhile):
    """Strikes when such a call shows in the public pool; what goes by a private lane it misses."""

    def __init__(self, parameters: PendingCallParameters) -> None:
        super().__init__(parameters.for_s)
        self._kind = parameters.kind

    def seen(self, desk: Desk) -> bool:
        """Return whether one is pending."""
        return bool(desk.pending(self._kind))


class LiquidatableParameters(Parameters):
    """Parameters of a trigger on liquidatable accounts."""

    least_usd: float = Field(
        default=0.0, ge=0, description="Least liquidatable notional, in dollars."
    )
    for_s: float = Field(
        default=36.0, gt=0, description="Seconds for which it strikes from each such block."
    )


@TRIGGERS.register(
    "liquidatable",
    LiquidatableParameters,
    description="When a block leaves accounts that may be liquidated: an auction's fast phase.",
)
class Liquidatable(_ForAWhile):
    """Strikes while liquidations are due, to keep them out."""

    def __init__(self, parameters: LiquidatableParameters) -> None:
        super().__init__(parameters.for_s)
        self._least = parameters.least_usd
        self._due_usd = 0.0

    def on_block(self, block: BlockSeen) -> None:
        """Add up what may be liquidated."""
        self._due_usd = sum(candidate.notional_usd for candidate in block.candidates)

    def seen(self, desk: Desk) -> bool:
        """Return whether enough is due."""
        del desk
        return self._due_usd > 0 and self._due_usd >= self._least


class PriceFallParameters(Parameters):
    """Parameters of a trigger on the true price."""

    share: float = Field(
        default=0.05, gt=0, lt=1, description="Fall of the true price from its highest so far."
    )
    market: str | None = Field(
        default=None, description="The market watched; the first if left out."
    )
    for_s: float = Field(
        default=120.0, gt=0, description="Seconds for which it strikes from the fall on."
    )


@TRIGGERS.register(
    "price_fall",
    PriceFallParameters,
    description="When the true price has fallen: before the chain's oracle follows.",
)
class PriceFall(_ForAWhile):
    """From 3,000 to 2,850 dollars is a fall of 0.05. The highest is counted anew after a strike."""

    def __init__(self, parameters: PriceFallParameters) -> None:
        super().__init__(parameters.for_s)
        self._parameters = parameters
        self._highest = 0.0

    def seen(self, desk: Desk) -> bool:
        """Return whether the fall has just been reached."""
        market = self._parameters.market or desk.protocol.markets[0]
        price = desk.true_price_usd(market)
        self._highest = max(self._highest, price)
        if price > self._highest * (1 - self._parameters.share):
            return False
        self._highest = price
        return True
