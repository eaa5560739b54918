"""The tables that answers leave besides their trials, each column described beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import orjson
import pandas as pd

from floodline.study.folder import write_json
from floodline.study.results import write_table

Column = tuple[str, str]
"""Unit and meaning."""

_INTERVAL: Final[dict[str, Column]] = {
    "low": ("", "lower end of the 95 % interval"),
    "high": ("", "upper end of the 95 % interval"),
}
COLUMNS: Final[dict[str, dict[str, Column]]] = {
    "comparison": {
        "metric": ("", "metric, or path of a figure in the summary"),
        "condition": ("", "what is held against the baseline"),
        "pairs": ("", "seeds on which both have a value"),
        "baseline_mean": ("the metric's", "mean of the baseline over these seeds"),
        "condition_mean": ("the metric's", "mean of the condition over these seeds"),
        "difference": ("the metric's", "mean of condition less baseline"),
        **_INTERVAL,
        "relative": ("ratio", "difference over the baseline's mean"),
        "effect_size": ("", "Cohen's d of the pairs; empty without spread"),
        "lower_share": ("ratio", "share of seeds on which the condition is lower; ties a half"),
        "noise_floor": ("the metric's", "difference of the baseline against itself, in 95 of 100"),
        "clear": ("", "the interval leaves out zero and the difference is above the floor"),
    },
    "breakpoint": {
        "load": ("the key's", "value of the varied key"),
        "trials": ("", "trials at it"),
        "failed": ("", "trials that missed the objective"),
        "share": ("ratio", "failed over trials"),
        **_INTERVAL,
    },
    "breaking_load": {
        "key": ("", "varied campaign key"),
        "verdict": ("", "found, always holds, or always fails over the range"),
        "load": ("the key's", "load that fails with probability 1/2; empty unless found"),
        **_INTERVAL,
        "slope": ("1 / the key's", "of the fitted curve; per unit of the logarithm in a log range"),
        "logarithmic": ("", "the range was gone through in ratios"),
        "trials": ("", "trials with a verdict"),
    },
    "frontier": {
        "congestion": ("the key's", "value of the congestion key"),
        "delay": ("the key's", "value of the delay key"),
        "tolerance": ("", "probability of failing that is tolerated"),
        "leverage": ("ratio", "leverage that fails with that probability"),
        **_INTERVAL,
        "never_failed": ("", "no trial of the cell failed: the frontier lies above the range"),
        "trials": ("", "trials of the cell"),
        "floor": ("ratio", "leverage that diffusion alone allows; empty if it is not known"),
        "margin_tax_pct": ("% of notional", "margin beyond the calmest column's, 100 (1/L - 1/Lc)"),
    },
    "attribution": {
        "metric": ("", "metric"),
        "legs": ("", "leg, or the pair joined by x"),
        "kind": ("", "leg: Shapley value; interaction: what the pair does beyond its sum"),
        "value": ("the metric's", "what making it ideal takes away"),
        **_INTERVAL,
        "of_total": ("ratio", "value over what all legs together take away"),
        "seeds": ("", "seeds on which every run has a value"),
    },
    "economics": {
        "point": ("", "number of the setting, from 1; the first is the attack as it stands"),
        "reaches_goal": ("", "the goal's figure rises enough, and clearly"),
        "spend_usd": ("USD", "mean of the fees that the attack paid and the margin it lost"),
        "spend_low": ("USD", "lower end of its 95 % interval"),
        "spend_high": ("USD", "upper end of its 95 % interval"),
        "net_profit_usd": ("USD", "mean of what its accounts gained, less fees; below 0 a loss"),
        "net_profit_low": ("USD", "lower end of its 95 % interval"),
        "net_profit_high": ("USD", "upper end of its 95 % interval"),
        "spend_over_collateral": ("ratio", "mean spend over customers' deposits"),
    },
    "sensitivity": {
        "key": ("", "varied campaign key"),
        "mu_star": ("the metric's", "mean absolute effect over the key's range (Morris)"),
        "mu_star_reach": ("the metric's", "half the width of its 95 % interval"),
        "sigma": ("the metric's", "standard deviation of the effects (Morris)"),
        "first": ("ratio", "share of the variance that the key explains alone (Sobol)"),
        "first_reach": ("ratio", "half the width of its 95 % interval"),
        "total": ("ratio", "share of the variance with all interactions (Sobol)"),
        "total_reach": ("ratio", "half the width of its 95 % interval"),
    },
}
"""Every column of every answer's table; varied keys and an attack's effects name themselves."""


def write_answer(table: pd.DataFrame, folder: Path, name: str) -> None:
    """Write an answer's table as CSV and Parquet, and describe it in ``dictionary.json``."""
    write_table(table, folder, name)
    path = folder / "dictionary.json"
    content: dict[str, Any] = orjson.loads(path.read_bytes())
    content["tables"][name] = [describe(name, str(column)) for column in table.columns]
    write_json(path, content)


def describe(table: str, column: str) -> dict[str, str]:
    """Return name, unit and meaning of one column."""
    unit, meaning = COLUMNS[table].get(column) or _own(column)
    return {"name": column, "unit": unit, "meaning": meaning}


def _own(column: str) -> Column:
    """Describe a column that is named after a figure or a campaign key."""
    start = column.removeprefix("spend per ")
    figure = start.removesuffix(" low").removesuffix(" high")
    end = {" low": "lower end of the 95 % interval of ", " high": "upper end of the interval of "}
    of = next((words for suffix, words in end.items() if start.endswith(suffix)), "")
    if start != column:
        return "USD per unit", f"{of}spend per unit that {figure} rose"
    if figure.endswith(" rise"):
        return "the figure's", f"{of}what the attack added to {figure.removesuffix(' rise')}"
    return "as the campaign file's", "varied campaign key"
