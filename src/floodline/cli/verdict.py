"""Verdicts and figures of finished runs, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floodline.cli.output import say_table


@dataclass(frozen=True)
class Verdict:
    """One judgement on a run.

    Attributes
    ----------
    good : bool
        Whether it is in the run's favour.
    subject, words : str
        What was judged, and how it came out.

    """

    good: bool
    subject: str
    words: str

    def __str__(self) -> str:
        return f"{self.subject:<11}{self.words}"


def verdicts(summary: Mapping[str, Any]) -> list[Verdict]:
    """Return the verdicts of a run's summary: its status, its objective, its identities."""
    found = []
    status = summary.get("status", "complete")
    if status != "complete":
        found.append(Verdict(False, "run", str(status).upper()))
    objective = summary["objective"]
    if objective is not None:
        found.append(_objective(objective))
    lost = summary.get("liveness") or {}
    if lost.get("accounts"):
        found.append(_liveness(lost))
    generator = summary.get("node", {}).get("generator", {})
    if generator.get("generator_was_the_limit"):
        words = (
            f"LIMITED THE RUN  schedule lag p99 {generator['schedule_lag_p99_ms']:.0f} ms, bound "
            f"{generator['schedule_lag_limit_ms']:.0f} ms; {generator['dropped_late']} dropped late"
        )
        found.append(Verdict(False, "generator", words))
    identities = summary["identities"]
    broken = [identity for identity in identities if not identity["ok"]]
    if not broken:
        words = f"HOLD  all {len(identities)} conservation identities balance"
        found.append(Verdict(True, "identities", words))
    found += [
        Verdict(
            False,
            "identities",
            f"BROKEN  {identity['name']}: residual {identity['residual']} "
            f"{identity.get('unit', '')} {identity.get('where', '')}".rstrip(),
        )
        for identity in broken
    ]
    return found


def _liveness(lost: Mapping[str, Any]) -> Verdict:
    reasons = ", ".join(f"{reason} ({count})" for reason, count in lost["reasons"].items())
    words = (
        f"LOST  {lost['accounts']} accounts could not be liquidated from {lost['first_s']:.0f} s "
        f"on, {lost['open_at_end']} of them to the end: {reasons}"
    )
    ways = "; ".join(lost["unblocks"].values())
    return Verdict(False, "liveness", f"{words}; what would free them: {ways}" if ways else words)


def _objective(objective: Mapping[str, Any]) -> Verdict:
    value = objective["value"]
    shown = f"{value:.6g}" if value is not None else objective["note"] or "none"
    unit = "" if objective["unit"] in {"ratio", "count"} else f" {objective['unit']}"
    good = bool(objective["met"])
    words = (
        f"{'MET' if good else 'MISSED'}  {objective['metric']} is {shown}{unit}, "
        f"wanted {objective['side']} {objective['bound']:.6g}{unit}"
    )
    return Verdict(good, "objective", words)


def comparison(runs: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Print runs side by side, a section at a time."""
    from floodline.measure.side_by_side import side_by_side  # noqa: PLC0415 - heavy

    rows = []
    section = ""
    for row in side_by_side(runs):
        rows.append(
            [row.section if row.section != section else "", row.label, *row.texts, row.unit]
        )
        section = row.section
    columns = ["", "", *[name for name, _ in runs], "unit"]
    say_table("", columns, rows, right=range(2, 2 + len(runs)))
