"""Arrival processes: when load is offered. Open loop: the schedule never waits for the chain."""

from floodline.actors.arrivals import excited, shaped, steady, switching, trace
from floodline.actors.arrivals.process import ARRIVALS, ArrivalChoice, ArrivalProcess
from floodline.actors.arrivals.rate import Rate, Scale

__all__ = [
    "ARRIVALS",
    "ArrivalChoice",
    "ArrivalProcess",
    "Rate",
    "Scale",
    "excited",
    "shaped",
    "steady",
    "switching",
    "trace",
]
