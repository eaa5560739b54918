"""Made studies of every kind, with tables of few rows, as their commands leave them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from floodline.report.study_view import StudyView

CAMPAIGN = {
    "name": "dam",
    "chain": {"mempool": "model"},
    "objective": {"metric": "bad_debt_usd", "below": 1000.0, "above": None},
}
COMMAND = ("floodline", "asks", "dam.yaml")


def trials(settings: list[dict[str, Any]], **changes: Any) -> pd.DataFrame:
    """One complete run for each setting."""
    rows = [
        {
            "trial": f"{number:024x}",
            "point": number // 2,
            "seed": 1 + number % 2,
            **setting,
            "status": "complete",
            "error": "",
            "outcome_hash": "ab" * 32,
            "identities_ok": True,
            "objective_value": 500.0 + 400 * number,
            "objective_met": number < 2,
            "bad_debt_usd": 500.0 + 400 * number,
            **changes,
        }
        for number, setting in enumerate(settings)
    ]
    return pd.DataFrame(rows)


def study(verb: str, design: dict[str, Any], **answers: pd.DataFrame) -> StudyView:
    """A study with these answers and four trials over one key."""
    settings = [{"load": load} for load in (1.0, 1.0, 2.0, 2.0)]
    whole = {"verb": verb, "name": "dam", "campaign": CAMPAIGN, **design}
    return StudyView(f"{verb}-dam", verb, whole, COMMAND, trials(settings), dict(answers))


def breakpoint_study(verdict: str = "found") -> StudyView:
    found = verdict == "found"
    load = pd.DataFrame(
        [
            {
                "key": "flood.load",
                "verdict": verdict,
                "load": 1.7321 if found else np.nan,
                "low": 1.5 if found else np.nan,
                "high": 2.25 if found else np.nan,
                "slope": 9.0 if found else np.nan,
                "logarithmic": False,
                "trials": 8,
            }
        ]
    )
    shares = pd.DataFrame(
        {
            "load": [1.0, 1.5, 2.0, 3.0],
            "trials": [2, 2, 2, 2],
            "failed": [0, 1, 1, 2],
            "share": [0.0, 0.5, 0.5, 1.0],
            "low": [0.0, 0.01, 0.01, 0.16],
            "high": [0.84, 0.99, 0.99, 1.0],
        }
    )
    return study("breakpoint", {}, breaking_load=load, breakpoint=shares)


def frontier_study(floor: float = 60.0) -> StudyView:
    rows = [
        {
            "congestion": congestion,
            "delay": delay,
            "tolerance": tolerance,
            "leverage": 12 / congestion - delay / 60 + tolerance,
            "low": 2.5,
            "high": np.inf if congestion == 1 else 15.0,
            "never_failed": congestion == 1,
            "trials": 36,
            "floor": floor,
            "margin_tax_pct": 100 * (congestion - 1) / 12,
        }
        for congestion in (1.0, 2.0)
        for delay in (6.0, 60.0)
        for tolerance in (0.05, 0.25)
    ]
    varies = [f"--vary {text}" for text in ("leverage=2:18", "flood.load=1,2", "delay_s=6,60")]
    return study("frontier", {"varies": varies}, frontier=pd.DataFrame(rows))


def attribution_study() -> StudyView:
    legs = [
        ("oracle", "leg", 900.0),
        ("mempool", "leg", 300.0),
        ("oracle x mempool", "interaction", -50.0),
    ]
    rows = [
        {
            "metric": metric,
            "legs": name,
            "kind": kind,
            "value": value,
            "low": value - 40,
            "high": value + 40,
            "of_total": value / 1200,
            "seeds": 8,
        }
        for metric in ("bad_debt_usd", "time_under_margin_mean_s")
        for name, kind, value in legs
    ]
    return study("attribute", {}, attribution=pd.DataFrame(rows))


def comparison_study() -> StudyView:
    full = {
        "metric": "bad_debt_usd",
        "condition": "reserved_lane",
        "pairs": 8,
        "baseline_mean": 148_913.2,
        "condition_mean": 15_480.0,
        "difference": -133_433.2,
        "low": -170_000.0,
        "high": -95_164.0,
        "relative": -0.896,
        "effect_size": -3.2,
        "lower_share": 1.0,
        "noise_floor": 12_211.6,
        "clear": True,
    }
    weak = {**full, "condition": "adaptive", "difference": 7465.0, "low": -242.2, "clear": False}
    empty = dict.fromkeys(full, np.nan) | {
        "metric": "bad_debt_usd",
        "condition": "hopeless",
        "pairs": 1,
    }
    table = pd.DataFrame([full, weak, empty])
    design = {"conditions": {"dam": CAMPAIGN, "reserved_lane": CAMPAIGN}}
    return study("compare", design, comparison=table)


def economics_study(*, reaches: bool = True) -> StudyView:
    rows = []
    for point, spend in ((1, 40.0), (2, 90.0)):
        row: dict[str, Any] = {
            "point": point,
            "flood.load": np.nan if point == 1 else 2.5,
            "reaches_goal": reaches,
            "spend_usd": spend,
            "spend_low": spend - 5,
            "spend_high": spend + 5,
            "spend_over_collateral": spend / 100_000,
            "net_profit_usd": 15.0 - spend,
            "net_profit_low": 10.0 - spend,
            "net_profit_high": 20.0 - spend,
        }
        for figure in ("bad_debt_usd", "time_under_margin_mean_s"):
            row |= {
                f"{figure} rise": 2000.0 * point,
                f"{figure} rise low": 1500.0,
                f"{figure} rise high": 5000.0,
                f"spend per {figure}": spend / 2000,
                f"spend per {figure} low": 0.01,
                f"spend per {figure} high": np.inf,
            }
        rows.append(row)
    design = {"goal": "bad_debt_usd>1000", "varies": ["--vary flood.load=1:4"], "attack": "flood"}
    return study("economics", design, economics=pd.DataFrame(rows))


def sensitivity_study() -> StudyView:
    table = pd.DataFrame(
        {
            "key": ["flood.load", "keepers.count"],
            "first": [0.7, 0.1],
            "first_reach": [0.1, 0.05],
            "total": [0.8, 0.2],
            "total_reach": [0.1, 0.05],
        }
    )
    design = {"method": ["sobol", 8, "bad_debt_usd"]}
    return study("sensitivity", design, sensitivity=table)


def sweep_study() -> StudyView:
    return study("sweep", {})


def every_study() -> list[StudyView]:
    """One of each kind."""
    return [
        attribution_study(),
        breakpoint_study(),
        comparison_study(),
        economics_study(),
        frontier_study(),
        sensitivity_study(),
        sweep_study(),
    ]
