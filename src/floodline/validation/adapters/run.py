"""Running the suite on one adapter without pytest, for ``floodline adapter check``."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from floodline.foundation.errors import FloodlineError
from floodline.protocols.catalogue import PROTOCOLS
from floodline.protocols.interface import ProtocolAdapter
from floodline.protocols.plugins import ensure_registered
from floodline.validation.adapters.suite import AdapterSuite, CheckFailed

PASSED: Final = "passed"
FAILED: Final = "failed"
TO_FILL_IN: Final = "to fill in"
NOT_REACHED: Final = "not reached"


@dataclass(frozen=True)
class Result:
    """One check: its statement, how it ended, and why."""

    name: str
    statement: str
    state: str
    words: str = ""


@dataclass(frozen=True)
class Report:
    """All checks of one adapter, and the gas of its operations."""

    adapter: str
    results: tuple[Result, ...]
    gas: dict[str, int]
    to_fill_in: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(result.state == PASSED for result in self.results)


def check_adapter(target: str, *, market: str = "ETH", price_usd: float = 3_000.0) -> Report:
    """Run every check of the suite on an adapter, each on the same stage.

    Parameters
    ----------
    target : str
        A registered name, or ``module:Class``.
    market : str
        The market to deploy.
    price_usd : float
        Its start price in dollars.

    Raises
    ------
    CampaignError
        If there is no such adapter.
    ToolchainError
        If Anvil, a compiler or a package is missing.

    """
    ensure_registered(target)
    chosen = {"adapter": target, "market": market, "price_usd": price_usd}
    suite: type[AdapterSuite] = type("Suite", (AdapterSuite,), chosen)
    names = [name for name in vars(AdapterSuite) if name.startswith("test_")]
    results = [_guarded("setup", "It deploys, funds accounts and opens positions.", suite)]
    gas: dict[str, int] = {}
    if results[0].state != PASSED:
        results += [
            Result(name, _statement(name), NOT_REACHED, "the setup failed") for name in names
        ]
        return Report(target, tuple(results), gas, unwritten(target))
    try:
        checks = suite()
        for name in names:
            results.append(_guarded(name, _statement(name), checks))
        gas = {kind: done.gas_used for kind, done in checks.gas_by_kind().items()}
    finally:
        suite.teardown_class()
    return Report(target, tuple(results), gas, unwritten(target))


def unwritten(target: str) -> tuple[str, ...]:
    """Return the methods of an adapter that only raise NotImplementedError."""
    found: Any = PROTOCOLS[target].build
    names = dict.fromkeys([*vars(ProtocolAdapter), *dir(found)])
    members = {name: getattr(found, name, None) for name in names}
    return tuple(
        name
        for name, member in members.items()
        if "NotImplementedError" in _names_in(getattr(member, "fget", member))
    )


def _names_in(function: Any) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ()


def _statement(name: str) -> str:
    return (getattr(AdapterSuite, name).__doc__ or "").strip()


def _guarded(name: str, statement: str, subject: Any) -> Result:
    """Run one check, or the setup, and say how it ended."""
    run: Callable[[], None] = subject.setup_class if name == "setup" else getattr(subject, name)
    try:
        if name == "setup":
            run()
        else:
            subject.setup_method()
            try:
                run()
            finally:
                subject.teardown_method()
    except CheckFailed as failure:
        return Result(name, statement, FAILED, str(failure))
    except NotImplementedError as gap:
        return Result(name, statement, TO_FILL_IN, str(gap))
    except FloodlineError as error:
        if error.exit_code == 3 and name == "setup":
            raise
        return Result(name, statement, FAILED, error.message)
    except Exception as error:  # noqa: BLE001 - somebody else's code: whatever it raises is told
        last = traceback.extract_tb(error.__traceback__)[-1]
        words = f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"
        return Result(name, statement, FAILED, words)
    return Result(name, statement, PASSED)
