"""From the stamps that were observed to a timeline that adds up.

Raw stamps need not be in order: a keeper may act on a pending update before a block carries it,
and under a pull oracle there is no update before the liquidation itself. Each stamp is moved to
``max(previous, min(raw, t6))`` and a stamp that never was takes the previous one, so that every
part is at least zero and the parts of a liquidation add up to t6 - t0 in whole microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from floodline.campaign.record import NONE, Episode

STAMPS: Final = ("t0", "t1", "t2", "t3", "t4", "winner_sent", "t5", "t6")
"""The stamps of a liquidation in their order; an episode holds each as ``<name>_us``."""

PARTS: Final = (
    ("oracle_wait", "t0", "t1"),
    ("oracle_inclusion", "t1", "t2"),
    ("detection", "t2", "t4"),
    ("bidding", "t4", "winner_sent"),
    ("propagation", "winner_sent", "t5"),
    ("mempool", "t5", "t6"),
)
"""Name of each part, with the stamps that it lies between."""


@dataclass(frozen=True)
class Timeline:
    """Monotone stamps, as `STAMPS`, and the parts between them, in microseconds; -1 is none.

    A spell without a liquidation has stamps and parts as far as it came.
    """

    stamps_us: tuple[int, ...]
    parts_us: tuple[int, ...]
    latency_us: int


def timeline(episode: Episode) -> Timeline:
    """Return the timeline of one spell.

    Raw stamps t0=10, t1=30, t2=none, t3=20, t4=40, winner sent=60, t5=90, t6=80 become 10, 30, 30,
    30, 40, 60, 80, 80 with parts 20, 0, 10, 20, 20, 0 and latency 70.
    """
    raw = [getattr(episode, f"{name}_us") for name in STAMPS]
    cap = episode.t6_us if episode.t6_us != NONE else episode.end_us
    came = max((number for number, stamp in enumerate(raw) if stamp != NONE), default=-1)
    stamps: list[int] = []
    previous = NONE
    for number, stamp in enumerate(raw):
        if number > came:
            previous = NONE
        elif number == 0:
            previous = stamp
        elif stamp != NONE:
            previous = max(previous, min(stamp, cap))
        stamps.append(previous)
    at = dict(zip(STAMPS, stamps, strict=True))
    parts = tuple(
        at[end] - at[start] if NONE not in (at[start], at[end]) else NONE for _, start, end in PARTS
    )
    finished = NONE not in (episode.t0_us, episode.t6_us)
    if finished:
        stamps[-1] = episode.t6_us
    latency = episode.t6_us - episode.t0_us if finished else NONE
    return Timeline(tuple(stamps), parts, latency)
