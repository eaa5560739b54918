"""Order flow: people who act on what others are about to do, or on what everybody can see."""

from floodline.actors.flow import (
    amm_providers,
    back_runner,
    front_runner,
    hedgers,
    quitters,
    runners,
    sandwich,
    settlement_sandwich,
    sniper,
    toxic_flow,
)

__all__ = [
    "amm_providers",
    "back_runner",
    "front_runner",
    "hedgers",
    "quitters",
    "runners",
    "sandwich",
    "settlement_sandwich",
    "sniper",
    "toxic_flow",
]
