"""Kinds of load: what a flood's transactions do to the block, the state and the clock."""

from floodline.actors.load import plain, state, work
from floodline.actors.load.kind import LOADS, LoadChoice, LoadKind

__all__ = ["LOADS", "LoadChoice", "LoadKind", "plain", "state", "work"]
