"""What every attack on block space or the pool is: a trigger, and something done once a second."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Final

from pydantic import Field

from floodline.actors.attacks.trigger import TriggerChoice
from floodline.actors.base import Actor, ActorParameters
from floodline.actors.desk import BlockSeen, Desk
from floodline.foundation.units import SECOND_US

_WATCH_US: Final = 1 * SECOND_US


class AttackParameters(ActorParameters):
    """Parameters that every attack has."""

    when: TriggerChoice = Field(
        default="times", validate_default=True, description="When it strikes."
    )


class Attack(Actor):
    """Looks once a second whether to strike, and then acts.

    The tally counts the strikes (``strikes``) and the seconds that they lasted (``on_s``).
    """

    role: ClassVar[str] = "flood"

    def __init__(self, parameters: Any, desk: Desk) -> None:
        super().__init__(parameters, desk)
        self._trigger = parameters.when.build()
        self._on = False

    def start(self) -> None:
        """Begin to watch."""
        self._watch(self.desk.now_us)

    def _watch(self, now_us: int) -> None:
        on = self._trigger.is_on(self.desk)
        if on:
            self.count("on_s")
            if not self._on:
                self.count("strikes")
            self.strike(now_us, first=not self._on)
        self._on = on
        if now_us + _WATCH_US < self.desk.end_us:
            self.desk.at(now_us + _WATCH_US, self._watch)

    @abstractmethod
    def strike(self, now_us: int, *, first: bool) -> None:
        """Act; called once a second while the attack is on, `first` at the beginning of each."""

    def on_block(self, block: BlockSeen) -> None:
        """Let the trigger see the block."""
        self._trigger.on_block(block)
