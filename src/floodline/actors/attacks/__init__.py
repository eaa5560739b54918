"""Attacks on block space and on the pool, each with a trigger, from registry entries."""

from floodline.actors.attacks import pool, stuffing
from floodline.actors.attacks.attack import Attack, AttackParameters
from floodline.actors.attacks.trigger import TRIGGERS, Trigger, TriggerChoice

__all__ = [
    "TRIGGERS",
    "Attack",
    "AttackParameters",
    "Trigger",
    "TriggerChoice",
    "pool",
    "stuffing",
]
