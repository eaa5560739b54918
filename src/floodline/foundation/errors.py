"""One tree of errors; each says what was wrong, where, and what to do next."""

from __future__ import annotations

from typing import ClassVar


class FloodlineError(Exception):
    """A fault that Floodline understands and explains.

    Parameters
    ----------
    message : str
        What was wrong and where.
    next_step : str, optional
        What the person should do now; printed on a line of its own.

    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}\n  next: {self.next_step}" if self.next_step else self.message


class CampaignError(FloodlineError):
    """The campaign file, a flag, or a path given by the user is wrong."""

    exit_code = 2


class ToolchainError(FloodlineError):
    """solc, Anvil, Node or an npm package is missing, broken, or of a version that does not fit."""

    exit_code = 3


class NodeError(FloodlineError):
    """The Ethereum node could not start, died, or answered with nonsense."""

    exit_code = 3


class SubmissionError(NodeError):
    """A transaction could not be handed to the node, or a block does not hold what was meant."""


class IdentityViolation(FloodlineError):  # noqa: N818 - the word of the field is violation
    """A conservation identity left a residual: the run's numbers cannot be trusted."""


class AnalysisError(FloodlineError):
    """A table is missing, damaged, or does not support the question asked of it."""

    exit_code = 2


class Interrupted(FloodlineError):  # noqa: N818 - not a fault
    """The person pressed Ctrl-C, or the process was asked to stop."""

    exit_code = 130
