"""``floodline validate``: hold the machine against closed forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

from floodline.cli.output import GREEN, RED, note, say, say_json, say_table

if TYPE_CHECKING:  # the laws bring numpy and scipy with them
    from floodline.validation.law import Finding


def validate(only: Sequence[str], *, quick: bool, as_json: bool) -> int:
    """Run the laws and show formula, value, interval, tolerance and verdict; 1 if one fails.

    Raises
    ------
    CampaignError
        If there is no law of a number given.
    ToolchainError, NodeError
        If a tool is missing or a node fails.

    """
    from floodline.validation import laws  # noqa: PLC0415 - heavy
    from floodline.validation.law import Effort, Verdict  # noqa: PLC0415

    effort = Effort(quick)
    wanted = laws.chosen(only)
    verdicts: list[Verdict] = laws.hold(
        wanted, effort, lambda law: note(f"{law.number} {law.title} ...")
    )
    good = all(verdict.holds for verdict in verdicts)
    if as_json:
        say_json(
            {
                "ok": good,
                "quick": quick,
                "seed": effort.seed,
                "laws": [_plain(verdict) for verdict in verdicts],
            }
        )
        return 0 if good else 1
    rows = []
    for verdict in verdicts:
        law = verdict.law
        rows.append([law.number, "ok" if verdict.holds else "FAILED", law.title, "", "", "", ""])
        rows.append(["", "", f"  {law.formula}", "", "", "", ""])
        rows += [
            [
                "",
                "" if finding.holds else "FAILED",
                f"    {finding.case}",
                _expected(finding),
                f"{finding.measured:.6g} {finding.unit}".strip(),
                _interval(finding.low, finding.high),
                _tolerance(finding),
            ]
            for finding in verdict.findings
        ]
    say_table(
        "Laws",
        ["law", "", "system", "formula", "measured", "interval", "tolerance"],
        rows,
        right=[3, 4, 6],
    )
    count = sum(len(verdict.findings) for verdict in verdicts)
    if good:
        hold = "1 law holds" if len(verdicts) == 1 else f"{len(verdicts)} laws hold"
        say(f"{hold} in {count} figures", GREEN)
        return 0
    failed = ", ".join(verdict.law.number for verdict in verdicts if not verdict.holds)
    say(f"the machine breaks {failed}", RED)
    return 1


def _expected(finding: Finding) -> str:
    if finding.bounds is not None:
        return f"{finding.bounds[0]:.4g} .. {finding.bounds[1]:.4g}"
    return f"{finding.expected:.6g}"


def _tolerance(finding: Finding) -> str:
    if finding.bounds is not None:
        return "inside"
    return f"{finding.tolerance:.3g}" if finding.tolerance else "exact"


def _interval(low: float, high: float) -> str:
    return f"{low:.6g} .. {high:.6g}" if isfinite(low) and isfinite(high) else ""


def _plain(verdict: Any) -> dict[str, Any]:
    """Return a verdict as JSON data; an interval that a law has not is null."""
    findings = []
    for finding in verdict.findings:
        plain = asdict(finding)
        for key in ("low", "high"):
            plain[key] = plain[key] if isfinite(plain[key]) else None
        findings.append({**plain, "ok": finding.holds})
    law = verdict.law
    return {
        "number": law.number,
        "title": law.title,
        "formula": law.formula,
        "ok": verdict.holds,
        "findings": findings,
    }
