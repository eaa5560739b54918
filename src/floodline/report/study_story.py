"""The first screen of a study: its answer, how sure it is, in words made from its tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from floodline.report.figure import Row, rows_of
from floodline.report.figures.answers import goal, sweep_metric
from floodline.report.story import Card, Verdict
from floodline.report.study_view import StudyView, least, most


def title(study: StudyView) -> str:
    """Return the question as a heading."""
    asked = {
        "attribute": "What does each leg of settlement cost in {}?",
        "breakpoint": "What load breaks {}?",
        "compare": "What helps in {}?",
        "economics": "What does the attack on {} cost and do?",
        "frontier": "How much leverage is safe in {}?",
        "sensitivity": "What does {} depend on?",
        "sweep": "What comes out of {} when it is varied?",
    }
    return asked[study.verb].format(study.name)


def verdicts(study: StudyView) -> list[Verdict]:
    """Return the answer first, then whether the runs behind it are sound, then what it rests on."""
    return [*_ANSWERS[study.verb](study), *_soundness(study)]


def cards(study: StudyView) -> list[Card]:
    """Return the headline figures of the answer, and how many runs it took."""
    trials = study.trials
    done = int((trials["status"] == "complete").sum())
    return [
        *_CARDS[study.verb](study),
        Card("runs", (f"{done:,}",), f"of {len(trials):,}, {trials['seed'].nunique():,} seeds"),
    ]


def _soundness(study: StudyView) -> list[Verdict]:
    trials = study.trials
    failed = int((trials["status"] != "complete").sum())
    done = trials[trials["status"] == "complete"]
    broken = int((~done["identities_ok"].astype(bool)).sum())
    found: list[Verdict] = []
    if failed:
        found.append(Verdict(False, f"{failed} of {len(trials)} runs failed and are left out"))
    if broken:
        found.append(Verdict(False, f"in {broken} runs a conservation identity left a residual"))
    else:
        found.append(Verdict(True, f"every identity balances in all {len(done)} finished runs"))
    if study.campaign.get("chain", {}).get("mempool") == "model":
        found.append(
            Verdict(True, "virtual time: every load was offered when it was due, however slow")
        )
    else:
        found.append(
            Verdict(None, "on a node's own pool: each run's summary says if its generator kept up")
        )
    if study.objective:
        found.append(Verdict(None, f"objective: {study.objective}"))
    return found


# ---- answers in a sentence ----------------------------------------------------------------------


def _answer(text: str) -> Verdict:
    return Verdict(None, text, "answer")


def _breaking_load(study: StudyView) -> list[Verdict]:
    row = rows_of(study.answers["breaking_load"])[0]
    if row["verdict"] == "found":
        return [
            _answer(
                f"breaking load: {row['key']} = {number(row['load'])}, 95 % interval "
                f"{_range(row['low'], row['high'])} of {row['trials']} trials",
            )
        ]
    where = {
        "always holds": "the objective holds over the whole range: the breaking load lies above",
        "always fails": "the objective fails over the whole range: the breaking load lies below",
    }
    return [Verdict(False, where[str(row["verdict"])])]


def _frontier(study: StudyView) -> list[Verdict]:
    table = study.answers["frontier"]
    above = int((table["low"] > table["floor"]).sum())
    worst = least(table, "leverage")
    found = [
        _answer(
            f"least of the map: leverage {_leverage(worst)} at congestion "
            f"{worst['congestion']:g} and delay {worst['delay']:g}, for a probability of "
            f"{worst['tolerance']:g}",
        )
    ]
    if above:
        found.append(Verdict(False, f"{above} cells lie above what diffusion alone allows"))
    elif table["floor"].notna().any():
        found.append(Verdict(True, "no cell lies above what diffusion alone allows"))
    return found


def _attribution(study: StudyView) -> list[Verdict]:
    table = study.answers["attribution"]
    found: list[Verdict] = []
    for metric, rows in table[table["kind"] == "leg"].groupby("metric", sort=False):
        top = most(rows, "value")
        share = "" if _absent(top["of_total"]) else f", {top['of_total']:.0%} of the total"
        found.append(
            _answer(
                f"{metric}: most by {top['legs']}, which takes away {number(top['value'])} "
                f"({_range(top['low'], top['high'])}){share}",
            )
        )
    return found


def _comparison(study: StudyView) -> list[Verdict]:
    table = study.answers["comparison"]
    first = str(table["metric"].iloc[0])
    found: list[Verdict] = []
    for row in rows_of(table[table["metric"] == first]):
        if _absent(row["difference"]):
            found.append(_answer(f"{row['condition']}: {row['pairs']} pairs only"))
            continue
        word = "clear" if _truth(row["clear"]) else "not clear"
        found.append(
            _answer(
                f"{row['condition']}: {first} {signed(row['difference'])} "
                f"({_range(row['low'], row['high'])}), {word}; "
                f"A/A floor {number(row['noise_floor'])}",
            )
        )
    return found


def _economics(study: StudyView) -> list[Verdict]:
    best = rows_of(study.answers["economics"])[0]
    figure = goal(study)
    aim = study.design["goal"]
    if not _truth(best["reaches_goal"]):
        return [_answer(f"no attempt reached the goal {aim}")]
    return [
        _answer(
            f"the cheapest attack that reaches {aim} spends {number(best['spend_usd'])} USD "
            f"({_range(best['spend_low'], best['spend_high'])}) and raises {figure} by "
            f"{number(best[f'{figure} rise'])}",
        )
    ]


def _sensitivity(study: StudyView) -> list[Verdict]:
    table = study.answers["sensitivity"]
    by = _index(table)
    top = most(table, by)
    metric = study.design["method"][2]
    return [
        _answer(
            f"{metric} depends most on {top['key']}: {_INDEX_WORDS[by]} {number(top[by])}, give or "
            f"take {number(top[f'{by}_reach'])}",
        )
    ]


def _sweep(study: StudyView) -> list[Verdict]:
    points = study.trials["point"].nunique()
    keys = ", ".join(study.varied) or "nothing but the seed"
    return [_answer(f"{points} points over {keys}")]


_ANSWERS: Final[Mapping[str, Callable[[StudyView], list[Verdict]]]] = {
    "attribute": _attribution,
    "breakpoint": _breaking_load,
    "compare": _comparison,
    "economics": _economics,
    "frontier": _frontier,
    "sensitivity": _sensitivity,
    "sweep": _sweep,
}


# ---- headline figures ---------------------------------------------------------------------------


def _breaking_load_cards(study: StudyView) -> list[Card]:
    row = rows_of(study.answers["breaking_load"])[0]
    if row["verdict"] != "found":
        return [Card("breaking load", (str(row["verdict"]),), str(row["key"]))]
    return [
        Card("breaking load", (f"{number(row['load'])}",), str(row["key"])),
        Card("95 % interval", (_range(row["low"], row["high"]),), "profile likelihood"),
    ]


def _frontier_cards(study: StudyView) -> list[Card]:
    table = study.answers["frontier"]
    found: list[Card] = []
    for tolerance, rows in table.groupby("tolerance", sort=True):
        worst = least(rows, "leverage")
        found.append(Card(f"least, fails in {tolerance:g}", (_leverage(worst),), "leverage"))
    tax = table["margin_tax_pct"].max()
    if not _absent(tax):
        found.append(Card("largest margin tax", (f"{tax:+.3g} %",), "of notional"))
    return found


def _attribution_cards(study: StudyView) -> list[Card]:
    table = study.answers["attribution"]
    first = table["metric"].iloc[0]
    legs = table[(table["metric"] == first) & (table["kind"] == "leg")]
    return [
        Card(str(row["legs"]), (f"{number(row['value'])}",), f"{first} taken away")
        for row in rows_of(legs)
    ]


def _comparison_cards(study: StudyView) -> list[Card]:
    table = study.answers["comparison"]
    first = table["metric"].iloc[0]
    rows = rows_of(table[(table["metric"] == first) & table["difference"].notna()])
    if not rows:
        return []
    base = Card("baseline", (f"{number(rows[0]['baseline_mean'])}",), f"mean {first}")
    return [
        base,
        *(
            Card(str(row["condition"]), (f"{number(row['condition_mean'])}",), f"mean {first}")
            for row in rows
        ),
    ]


def _economics_cards(study: StudyView) -> list[Card]:
    best = rows_of(study.answers["economics"])[0]
    figure = goal(study)
    found = [
        Card("spend", (f"${number(best['spend_usd'])}",), "fees of the first attempt in the table"),
        Card("it raised", (f"{number(best[f'{figure} rise'])}",), figure),
    ]
    found.append(
        Card("its net profit", (_usd(best["net_profit_usd"]),), "of its accounts, less fees")
    )
    price = best[f"spend per {figure}"]
    if math.isfinite(price):
        found.append(Card("price", (f"${price:,.3g}",), f"per unit of {figure}"))
    if not _absent(best["spend_over_collateral"]):
        share = f"{100 * best['spend_over_collateral']:.3g} %"
        found.append(Card("cost of disruption", (share,), "spend over customers' deposits"))
    return found


def _sensitivity_cards(study: StudyView) -> list[Card]:
    table = study.answers["sensitivity"]
    by = _index(table)
    return [
        Card(str(row["key"]), (f"{number(row[by])}",), _INDEX_WORDS[by])
        for row in rows_of(table.sort_values(by, ascending=False).head(6))
    ]


def _sweep_cards(study: StudyView) -> list[Card]:
    done = study.trials[study.trials["status"] == "complete"]
    metric = sweep_metric(study)
    if metric not in done or done[metric].isna().all():
        return []
    return [
        Card("least", (f"{number(done[metric].min())}",), metric),
        Card("most", (f"{number(done[metric].max())}",), metric),
    ]


_CARDS: Final[Mapping[str, Callable[[StudyView], list[Card]]]] = {
    "attribute": _attribution_cards,
    "breakpoint": _breaking_load_cards,
    "compare": _comparison_cards,
    "economics": _economics_cards,
    "frontier": _frontier_cards,
    "sensitivity": _sensitivity_cards,
    "sweep": _sweep_cards,
}
_WHOLE: Final = 1_000
_INDEX_WORDS: Final = {"total": "total Sobol index", "mu_star": "mean effect (mu*)"}


def _index(table: pd.DataFrame) -> str:
    return "total" if "total" in table else "mu_star"


def _leverage(row: Row) -> str:
    return f"{'>' if _truth(row['never_failed']) else ''}{row['leverage']:.3g}"


def number(value: float) -> str:
    """Return a figure with four digits, or whole where it is larger: 148913.2 is ``148,913``."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE else f"{value:.4g}"


def signed(value: float) -> str:
    """Return a difference as `number` does, with its sign."""
    return f"{'+' if value > 0 else ''}{number(value)}"


def _usd(value: float) -> str:
    return f"{'-' if value < 0 else ''}${number(abs(value))}"


def _range(low: float, high: float) -> str:
    if not math.isfinite(high):
        return f"above {number(low)}" if math.isfinite(low) and low > 0 else "unbounded"
    return f"{number(low)} to {number(high)}" if math.isfinite(low) else f"below {number(high)}"


def _absent(value: Any) -> bool:
    return bool(pd.isna(value))


def _truth(value: object) -> bool:
    """Return what a cell says that was true or false, also where others in its column are empty."""
    return str(value) == "True"
