"""Bots that die and are started again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydantic import Field

from floodline.actors.desk import Desk
from floodline.foundation.registry import Parameters
from floodline.foundation.units import to_us
from floodline.market.amounts import AmountChoice


class DeathParameters(Parameters):
    """When bots die, and when they are back."""

    per_hour: float = Field(
        default=0.0, ge=0, description="Deaths an hour of each bot that lives, at random times."
    )
    at_s: tuple[float, ...] = Field(
        default=(),
        description="Times, in seconds after genesis, at which all bots of the group die together: "
        "a common cause such as a provider that fails.",
    )
    restart_s: AmountChoice | None = Field(
        default=None,
        description="Seconds until a dead bot is back, drawn anew each time; null: never.",
    )


class Lifetimes:
    """Which bots of a group live.

    A dead bot does nothing: it sees no block, sends nothing, bids for nothing that waits. What it
    had sent goes on by itself, and it takes up where it left when it is back.

    Parameters
    ----------
    parameters : DeathParameters
        When they die and come back. With a hazard of 2 an hour a bot lives 1,800 s in the mean.
    count : int
        Number of bots.
    desk : Desk
        The group's.
    note : callable
        Told ``died`` and ``restarted`` each time.

    """

    def __init__(
        self, parameters: DeathParameters, count: int, desk: Desk, note: Callable[[str], None]
    ) -> None:
        self._parameters = parameters
        self._desk = desk
        self._alive = [True] * count
        self._hazards: list[np.random.Generator] = [
            desk.stream(f"deaths.{number}") for number in range(count)
        ]
        self._restart = None if parameters.restart_s is None else parameters.restart_s.build()
        self._restarts = desk.stream("restarts")
        self._note = note

    def start(self) -> None:
        """Schedule the first deaths."""
        for number in range(len(self._alive)):
            self._draw_death(number)
        for at_s in self._parameters.at_s:
            if to_us(at_s) >= self._desk.now_us:
                self._desk.at(to_us(at_s), self._all_die)

    def lives(self, number: int) -> bool:
        """Return whether a bot lives now."""
        return self._alive[number]

    def _draw_death(self, number: int) -> None:
        if not self._parameters.per_hour:
            return
        life_s = float(self._hazards[number].exponential(3600 / self._parameters.per_hour))
        due_us = self._desk.now_us + max(1, to_us(life_s))
        if due_us <= self._desk.end_us:
            self._desk.at(due_us, lambda _: self._die(number))

    def _all_die(self, _now_us: int) -> None:
        for number in range(len(self._alive)):
            self._die(number)

    def _die(self, number: int) -> None:
        if not self._alive[number]:
            return
        self._alive[number] = False
        self._note("died")
        if self._restart is None:
            return
        down_s = float(self._restart.sample(self._restarts, 1)[0])
        due_us = self._desk.now_us + max(1, to_us(down_s))
        if due_us <= self._desk.end_us:
            self._desk.at(due_us, lambda _: self._come_back(number))

    def _come_back(self, number: int) -> None:
        self._alive[number] = True
        self._note("restarted")
        self._draw_death(number)
