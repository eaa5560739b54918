"""``floodline breakpoint``: the load at which the objective fails with probability one half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from floodline.cli.output import BOLD, GREEN, YELLOW, say, say_json, say_table
from floodline.cli.studies import Flags, opened, say_files, verdict_on_failures
from floodline.foundation.errors import CampaignError

if TYPE_CHECKING:
    import pandas as pd

_LINES: Final = 12


def run(flags: Flags, varied: str, *, batch: int, budget: int, tolerance: float) -> int:
    """Search for the breaking load; 1 if the range does not bracket it or a trial failed."""
    from floodline.study.breakpoint import find_breakpoint  # noqa: PLC0415 - heavy
    from floodline.study.design import parse_vary  # noqa: PLC0415
    from floodline.study.question import Question  # noqa: PLC0415
    from floodline.study.threshold_search import SearchPlan  # noqa: PLC0415

    question = Question(flags.file, flags.overrides)
    base = question.base()
    if base.objective is None:
        raise CampaignError(
            f"{flags.file} has no objective that could fail",
            "give it one: --set 'objective={metric: bad_debt_ratio, below: 0.01}'",
        )
    vary = question.resolve(parse_vary(varied))
    if not vary.is_range:
        raise CampaignError(f"{vary.flag}: a load is searched over a range", "write it as low:high")
    for end in (vary.low, vary.high):
        question.campaign({vary.key: round(end) if vary.whole else end})
    plan = SearchPlan(vary.low, vary.high, vary.logarithmic, batch, budget, tolerance)
    first = base.seed if flags.seed is None else flags.seed
    design = {
        "name": base.name,
        "campaign": base.canonical(),
        "vary": vary.flag,
        "plan": vars(plan),
        "seed": first,
    }
    with opened(flags, "breakpoint", design) as study:
        found = find_breakpoint(study, question, vary, plan, first)
    search, objective = found.search, base.objective
    if flags.as_json:
        say_json({"folder": str(study.path), "key": vary.key, **found.dump()})
        return 0 if search.verdict == "found" and not found.failed else 1
    columns = [vary.key, "trials", "failed", "share", "95 % interval"]
    say_table("trials, neighbouring loads together", columns, _rows(found.shares), right=range(4))
    side = "below" if objective.below is not None else "above"
    bound = objective.below if objective.below is not None else objective.above
    wanted = f"{objective.metric} {side} {bound:g}"
    if search.response is not None and search.verdict == "found":
        interval = search.response.threshold
        say(
            f"breaking load  {vary.key} = {interval.estimate:.4g}  "
            f"(95 % interval {interval.low:.4g} to {interval.high:.4g})",
            BOLD,
        )
        say(f"  above it, {wanted} fails more often than not; {interval.count} trials", GREEN)
    elif search.verdict == "always holds":
        say(f"{wanted} holds up to {vary.high:g}: the breaking load lies above", YELLOW)
    else:
        say(f"{wanted} fails already at {vary.low:g}: the breaking load lies below", YELLOW)
    sound = verdict_on_failures(found.failed, len(search.loads) + len(found.failed), study.path)
    say_files(study.path, "breakpoint.csv", "trials.csv")
    return 0 if sound and search.verdict == "found" else 1


def _rows(shares: pd.DataFrame) -> list[list[str]]:
    """Return a dozen lines at most: neighbouring loads are counted together."""
    from floodline.measure.statistics import proportion_interval  # noqa: PLC0415 - heavy

    size = -(-len(shares) // _LINES)
    rows = []
    for start in range(0, len(shares), size):
        group = shares.iloc[start : start + size]
        low, high = float(group["load"].iloc[0]), float(group["load"].iloc[-1])
        trials, failed = int(group["trials"].sum()), int(group["failed"].sum())
        interval = proportion_interval(failed, trials)
        rows.append(
            [
                f"{low:.5g}" if low == high else f"{low:.5g} to {high:.5g}",
                str(trials),
                str(failed),
                f"{interval.estimate:.2f}",
                f"[{interval.low:.2f}, {interval.high:.2f}]",
            ]
        )
    return rows
