"""What a shell may complete after a flag or a verb; each looks it up when it is asked."""

from __future__ import annotations

from collections.abc import Iterable


def kinds(incomplete: str) -> list[str]:
    """Return the kinds of things that ``floodline list`` knows."""
    from floodline.cli.catalogue import KINDS  # noqa: PLC0415

    return _beginning(KINDS, incomplete)


def runs(incomplete: str) -> list[str]:
    """Return the names of the runs in ``data/runs``."""
    from floodline.foundation.errors import FloodlineError  # noqa: PLC0415
    from floodline.study.folder import list_runs  # noqa: PLC0415

    try:
        return _beginning([run.name for run in list_runs()], incomplete)
    except FloodlineError:  # a damaged folder: nothing to propose, and no place for words
        return []


def metrics(incomplete: str) -> list[str]:
    """Return the names of the metrics."""
    from floodline.measure.objective import METRICS  # noqa: PLC0415

    return _beginning(METRICS, incomplete)


def mitigations(incomplete: str) -> list[str]:
    """Return the names of the mitigations."""
    from floodline.study.mitigations import MITIGATIONS  # noqa: PLC0415

    return _beginning(MITIGATIONS, incomplete)


def _beginning(names: Iterable[str], start: str) -> list[str]:
    return [name for name in names if name.startswith(start)]
