"""Which variant of each mechanism a deployment has: typed switches, by name in a campaign file."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from floodline.foundation.registry import Parameters
from floodline.foundation.suggest import suggestion


class InitialMargin(StrEnum):
    """What initial margin depends on besides a position's own size."""

    FIXED = "fixed"
    OPEN_INTEREST = "open_interest"


class Switches(Parameters):
    """Variants of the mechanisms; a mechanism that is off is not deployed."""

    initial_margin: InitialMargin = Field(
        default=InitialMargin.FIXED,
        description="fixed: by the position alone; open_interest: growing with its side's open "
        "interest, from oi_scale_start to oi_scale_full (dYdX v4).",
    )


def choices(name: str) -> list[str]:
    """Return the values of a switch."""
    kind: Any = Switches.model_fields[name].annotation
    return ["false", "true"] if kind is bool else [choice.value for choice in kind]


def with_switches(switches: Switches, given: Mapping[str, str | bool]) -> Switches:
    """Return switches with some of them set.

    Raises
    ------
    ValueError
        If no switch is called so, or it has no such value; naming the nearest.

    """
    known = list(Switches.model_fields)
    for name, value in sorted(given.items()):
        if name not in known:
            raise ValueError(
                f"switch '{name}': no such switch{suggestion(name, known)}; "
                f"one of: {', '.join(known)}"
            )
        word = str(value).lower() if isinstance(value, bool) else value
        if word not in choices(name):
            raise ValueError(
                f"switch '{name}' cannot be '{word}'{suggestion(word, choices(name))}; "
                f"one of: {', '.join(choices(name))}"
            )
    return Switches.model_validate({**switches.model_dump(), **given})
