"""The first screen: what happened, how sure it is, in sentences made from the tables' figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floodline.measure.side_by_side import format_value
from floodline.measure.timeline import PARTS
from floodline.report.figure import Run

NOT_REACHED = "not reached"


@dataclass(frozen=True)
class Verdict:
    """One judgement on a run: good, bad, or neither (None), which is told by a word of its own."""

    good: bool | None
    text: str
    word: str = "note"


@dataclass(frozen=True)
class Card:
    """One headline figure, of each run."""

    label: str
    values: tuple[str, ...]
    note: str


def verdicts(run: Run) -> list[Verdict]:
    """Return what was judged: objective, identities, whether the run came to its end."""
    summary = run.summary
    found = []
    status = str(summary.get("status", "complete"))
    if status != "complete":
        found.append(Verdict(False, f"the run is {status}: what follows is not all of it"))
    objective = summary["objective"]
    if objective is None:
        found.append(Verdict(None, "no objective was set"))
    else:
        value = objective["value"]
        shown = objective["note"] if value is None else f"{value:.4g} {objective['unit']}"
        met = "met" if objective["met"] else "not met"
        words = f"{objective['metric']} {objective['side']} {objective['bound']:g}: {met} ({shown})"
        found.append(Verdict(bool(objective["met"]), words))
    lost = summary["liveness"]
    if lost["accounts"]:
        reasons = ", ".join(lost["reasons"])
        words = (
            f"liveness lost: {lost['accounts']} accounts that should have been liquidated could "
            f"not be, from {lost['first_s']:,.0f} s on ({reasons})"
        )
        found.append(Verdict(False, words))
    identities = summary["identities"]
    broken = [item["name"] for item in identities if not item["ok"]]
    if broken:
        found.append(Verdict(False, f"identities with a residual: {', '.join(broken)}"))
    else:
        found.append(Verdict(True, f"all {len(identities)} identities balance"))
    found.append(_generator(summary))
    differs = summary.get("node", {}).get("distortions", ())
    found += [Verdict(None, f"the node's own pool, not a public network: {it}") for it in differs]
    found.append(Verdict(None, "one run of one seed: no interval; sweep seeds for one"))
    return found


def _generator(summary: dict[str, Any]) -> Verdict:
    """Return whether the load was offered as it was meant."""
    told = summary.get("node", {}).get("generator")
    if told is None:
        return Verdict(True, "virtual time: every load was offered when it was due")
    lag = f"{told['schedule_lag_p99_ms']:g} ms late at the 99th percentile"
    if told["generator_was_the_limit"]:
        return Verdict(
            False, f"the load generator was the limit: {lag}; less was offered than meant"
        )
    return Verdict(True, f"the load generator kept up: {lag}")


def cards(runs: Sequence[Run]) -> list[Card]:
    """Return the headline figures, the same ones for every run."""
    found: list[Card] = []

    def add(label: str, note: str, texts: Sequence[str]) -> None:
        found.append(Card(label, tuple(texts), note))

    liquidations = [run.summary["liquidation"] for run in runs]
    add(
        "liquidation, median",
        "from under water at the true price to liquidated",
        [_seconds(each["latency_p50_s"], each["spells"]) for each in liquidations],
    )
    add("of which the longest part", "mean of those liquidated", [_longest(run) for run in runs])
    add(
        "bad debt",
        "recorded and latent, at the end",
        [_usd(run.summary["solvency"]["bad_debt_usd"]) for run in runs],
    )
    add(
        "of open interest",
        "of its peak",
        [_percent(run.summary["solvency"]["bad_debt_ratio"]) for run in runs],
    )
    add(
        "never liquidated",
        "of those that were under water",
        [_percent(each["never_liquidated_share"]) for each in liquidations],
    )
    add(
        "base fee, peak",
        "of any block",
        [_gwei(run.summary["economics"]["base_fee"]["peak_gwei"]) for run in runs],
    )
    if any("flood" in run.summary["economics"]["by_role"] for run in runs):
        add(
            "spent by the flood",
            "base fee and tips, at the mean true price",
            [_flood(r) for r in runs],
        )
    return found


def _longest(run: Run) -> str:
    parts = run.summary["liquidation"]["parts"]
    known = [(parts[name]["mean_s"], name) for name, _, _ in PARTS if parts[name]["mean_s"]]
    if not known:
        return "-"
    seconds, name = max(known)
    return f"{name.replace('_', ' ')}, {seconds:,.0f} s"


def _flood(run: Run) -> str:
    spent = run.summary["economics"]["by_role"].get("flood")
    return _usd(spent["fees_usd"]) if spent else "-"


def _seconds(value: float | None, count: int) -> str:
    if value is None:
        return NOT_REACHED if count else "-"
    return f"{value:,.0f} s"


def _usd(value: float | None) -> str:
    return "-" if value is None else f"${value:,.0f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"


def _gwei(value: float | None) -> str:
    return f"{format_value(value, 'gwei')} gwei" if value is not None else "-"
