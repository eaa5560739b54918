"""``floodline frontier``: the largest safe leverage by congestion and oracle delay."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from floodline.cli.output import DIM, GREEN, RED, say, say_json, say_table
from floodline.cli.studies import Flags, opened, say_files, verdict_on_failures
from floodline.foundation.errors import CampaignError


def run(
    flags: Flags,
    *,
    leverage: str,
    congestion: str,
    delay: str,
    tolerances: Sequence[float],
    trials: int,
    refinements: int,
    cost: float,
) -> int:
    """Run the frontier and print one map for each tolerance; 1 if it beats diffusion."""
    from floodline.study.design import parse_vary, unique_keys  # noqa: PLC0415 - heavy
    from floodline.study.frontier import FrontierPlan, find_frontier  # noqa: PLC0415
    from floodline.study.question import Question  # noqa: PLC0415

    question = Question(flags.file, flags.overrides)
    base = question.base()
    if base.objective is None:
        raise CampaignError(
            f"{flags.file} has no objective: what would make a leverage unsafe?",
            "give it one: --set 'objective={metric: bad_debt_ratio, below: 0.001}'",
        )
    if not tolerances or any(not 0 < p < 1 for p in tolerances):
        raise CampaignError(
            f"--tolerance {tolerances}: a tolerance is a probability", "give --tolerance 0.05"
        )
    varies = [question.resolve(parse_vary(text)) for text in (leverage, congestion, delay)]
    unique_keys(varies)
    _check_kinds(varies)
    high, across, down = varies
    plan = FrontierPlan(
        high, across, down, tuple(sorted(set(tolerances))), trials, refinements, cost
    )
    for level, column, row in itertools.product(
        (high.low, high.high), across.grid(), down.grid()
    ):  # every corner is checked before the first trial is run
        question.campaign({high.key: level, across.key: column, down.key: row})
    first = base.seed if flags.seed is None else flags.seed
    vol = getattr(next(iter(base.market.values())).parameters, "vol", None)
    design = {
        "name": base.name,
        "campaign": base.canonical(),
        "varies": [vary.flag for vary in varies],
        "plan": [trials, refinements, cost, *plan.tolerances],
        "seed": first,
    }
    with opened(flags, "frontier", design) as study:
        found = find_frontier(study, question, plan, first, vol)
    above = found.above_floor
    if flags.as_json:
        rows = [
            {str(key): _plain(value) for key, value in row.items()}
            for row in found.table.to_dict("records")
        ]
        say_json({"folder": str(study.path), "above_floor": len(above), "frontier": rows})
        return 1 if len(above) or found.failed else 0
    for tolerance in plan.tolerances:
        _map(found.table[found.table["tolerance"] == tolerance], plan, tolerance)
    say("in brackets: the 95 % interval; > means that nothing failed up to the range's end.", DIM)
    sound = verdict_on_failures(found.failed, found.total, study.path)
    if len(above):
        say(f"{len(above)} cells lie ABOVE the diffusion floor: do not trust this frontier", RED)
    elif vol is not None:
        say("no cell lies above the diffusion floor", GREEN)
    say_files(study.path, "frontier.csv", "trials.csv")
    return 0 if sound and not len(above) else 1


def _check_kinds(varies: Sequence[Any]) -> None:
    if not varies[0].is_range or varies[0].low <= 0:
        raise CampaignError(
            f"{varies[0].flag}: leverage is searched over a range above 0", "write KEY=2:18"
        )
    if any(isinstance(level, str | bool) for vary in varies[1:] for level in vary.grid()):
        raise CampaignError(
            "congestion and delay must be numbers", "vary a rate, and a delay in seconds"
        )


def _map(table: Any, plan: Any, tolerance: float) -> None:
    """Print one tolerance: a row a delay, a column a congestion, the floor at the end."""
    columns = sorted(table["congestion"].unique())
    rows = []
    for delay, group in table.groupby("delay", sort=True):
        cells = {row.congestion: row for row in group.itertuples()}
        texts = [_cell(cells[column]) if column in cells else "-" for column in columns]
        worst = max((row.margin_tax_pct for row in cells.values()), default=math.nan)
        floor = next(iter(cells.values())).floor
        rows.append([f"{delay:g}", *texts, f"{worst:+.2f} %", _floor(floor)])
    heads = [plan.delay.key.rsplit(".", 1)[-1], *[f"{column:g}" for column in columns]]
    say_table(
        f"leverage at which the objective fails with probability {tolerance:g}, by "
        f"{plan.congestion.key} (across)",
        [*heads, "largest margin tax", "diffusion floor"],
        rows,
        right=range(len(heads) + 2),
    )


def _cell(row: Any) -> str:
    if row.never_failed:
        return f">{row.leverage:.3g}"
    low = f"{row.low:.3g}" if row.low > 0 else "-"
    high = f"{row.high:.3g}" if math.isfinite(row.high) else "-"
    return f"{row.leverage:.3g} [{low}, {high}]"


def _floor(value: float) -> str:
    return f"{value:,.4g}" if math.isfinite(value) else "none"


def _plain(value: Any) -> Any:
    item = value.item() if hasattr(value, "item") else value
    return None if isinstance(item, float) and not math.isfinite(item) else item
