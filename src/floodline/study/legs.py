"""The legs of a settlement, and how each of them is made ideal in a counterfactual run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from floodline.campaign.schema import Campaign, actor_enabled, actor_name
from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion

_CAPACITY: Final = 20
_LARGEST_GAS_LIMIT: Final = 1_000_000_000
_LATE_FEEDS: Final = ("delayed", "twap")
"""Values of the switch ``oracle`` whose prices are behind by design."""


@dataclass(frozen=True)
class Leg:
    """One leg of the way from a price's move to a liquidation.

    Attributes
    ----------
    name : str
        For ``--leg`` and the tables.
    description : str
        What making it ideal means.
    ideal : callable
        Returns the overrides that make it ideal in a campaign; none where it has no such leg.

    """

    name: str
    description: str
    ideal: Callable[[Campaign], list[str]]


def _named(campaign: Campaign, kind: str) -> list[str]:
    return [
        actor_name(chosen)
        for chosen in campaign.actors
        if chosen.name == kind and actor_enabled(chosen)
    ]


def _oracle(campaign: Campaign) -> list[str]:
    """Mend the publisher, and a feed that is late by design."""
    changes = [
        f"actors.{name}.{change}"
        for name in _named(campaign, "oracle")
        for change in ("deviation=0.0001", "delay_s=0", "on_pending=replace", "faults=[]")
    ]
    switches = campaign.protocol.model_dump().get("switches") or {}
    if changes and switches.get("oracle") in _LATE_FEEDS:
        changes.append("protocol.switches.oracle=push")
    return changes


def _detection(campaign: Campaign) -> list[str]:
    keepers = _named(campaign, "keepers")
    changes = [f"actors.{name}.reaction_s={{constant: 0}}" for name in keepers]
    return [*changes, "network.block_delay={constant: 0}"] if keepers else []


def _mempool(campaign: Campaign) -> list[str]:
    served = [*_named(campaign, "keepers"), *_named(campaign, "oracle")]
    fee = "{multiple: {multiple: 1000, tip_gwei: 2}}"
    changes = [f"actors.{name}.fee={fee}" for name in served]
    lane = "builder.policy={protected_lane: {roles: [keeper, oracle], share: 1}}"
    return [*changes, lane] if served else []


def _capacity(campaign: Campaign) -> list[str]:
    """Enlarge blocks; a load given as a multiple of their target keeps its gas a second."""
    limit = min(campaign.chain.gas_limit * _CAPACITY, _LARGEST_GAS_LIMIT)
    factor = limit / campaign.chain.gas_limit
    changes = [f"chain.gas_limit={limit}"]
    for chosen in campaign.actors:
        for path, load in _loads(chosen.parameters.model_dump(mode="json"), ""):
            changes.append(f"actors.{actor_name(chosen)}{path}={load / factor!r}")
    return changes


def _loads(value: Any, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "load" and isinstance(inner, int | float):
                yield f"{path}.load", float(inner)
            else:
                yield from _loads(inner, f"{path}.{key}")


LEGS: Final[dict[str, Leg]] = {
    leg.name: leg
    for leg in (
        Leg("oracle", "prices are in force at once, at every move of 0.01 %", _oracle),
        Leg("detection", "keepers see each block at once and act at once", _detection),
        Leg("mempool", "oracle and keepers have block space first and never lack fees", _mempool),
        Leg("capacity", "blocks hold twenty times as much gas, for everybody", _capacity),
    )
}
"""Every leg by name, in the order of the timeline."""


def find_legs(names: list[str]) -> list[Leg]:
    """Return legs by name, all of them where none is named.

    Raises
    ------
    CampaignError
        If there is no leg of a name, or one is named twice.

    """
    for name in names:
        if name not in LEGS:
            raise CampaignError(
                f"there is no leg called '{name}'{suggestion(name, list(LEGS))}",
                f"one of: {', '.join(LEGS)}",
            )
    if len(set(names)) < len(names):
        raise CampaignError("a leg is named twice", "name each once")
    return [LEGS[name] for name in names] if names else list(LEGS.values())
