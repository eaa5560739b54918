"""Oracle publishers, and what can go wrong with them."""

from floodline.actors.oracle import timing, values
from floodline.actors.oracle.fault import FAULTS, Fault, FaultChoice, Update
from floodline.actors.oracle.publisher import OracleParameters, OraclePublisher

__all__ = [
    "FAULTS",
    "Fault",
    "FaultChoice",
    "OracleParameters",
    "OraclePublisher",
    "Update",
    "timing",
    "values",
]
