"""``floodline sweep``: seeds times a design, one row a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from floodline.cli.output import say, say_json, say_table
from floodline.cli.studies import Flags, opened, say_files, verdict_on_failures


def run(
    flags: Flags, varied: Sequence[str], *, kind: str, points: int, metrics: Sequence[str]
) -> int:
    """Run a sweep and print the means at each point; 1 if a run failed."""
    from floodline.measure.objective import find_metric  # noqa: PLC0415 - heavy
    from floodline.study.design import Design, parse_vary, unique_keys  # noqa: PLC0415
    from floodline.study.question import Question, seeds_from  # noqa: PLC0415
    from floodline.study.sweep import means_by_point, run_sweep  # noqa: PLC0415

    question = Question(flags.file, flags.overrides)
    base = question.base()
    varies = tuple(question.resolve(parse_vary(text)) for text in varied)
    unique_keys(varies)
    first = base.seed if flags.seed is None else flags.seed
    seeds = seeds_from(first, flags.seeds)
    design = Design(kind, varies, points, first)  # type: ignore[arg-type]
    for setting in design.settings():
        question.campaign(setting)  # every point is checked before the first is run
    shown = list(metrics) or [base.objective.metric if base.objective else "bad_debt_ratio"]
    for metric in shown:
        find_metric(metric)
    plan = {
        "name": base.name,
        "campaign": base.canonical(),
        "design": design.dump(),
        "seeds": seeds,
    }
    with opened(flags, "sweep", plan) as study:
        sweep = run_sweep(study, question, design, seeds)
        table = means_by_point(sweep, shown)
    if flags.as_json:
        say_json(
            {
                "folder": str(study.path),
                "runs": len(sweep.trials),
                "ran_now": study.ran,
                "failed": [
                    {"seed": trial.seed, "setting": trial.setting, "error": error}
                    for trial, error in sweep.failed
                ],
                "means": [
                    {str(key): _plain(value) for key, value in row.items()}
                    for row in table.to_dict("records")
                ],
            }
        )
        return 1 if sweep.failed else 0
    columns = [str(name) for name in table.columns]
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    say_table(f"means over {len(seeds)} seeds", columns, rows, right=range(len(columns)))
    sound = verdict_on_failures(sweep.failed, len(sweep.trials), study.path)
    say(f"{study.ran} runs now, {len(sweep.trials) - study.ran} from before")
    say_files(study.path, "trials.csv", "trials.parquet", "dictionary.json")
    return 0 if sound else 1


def _plain(value: Any) -> Any:
    item = value.item() if hasattr(value, "item") else value
    return None if isinstance(item, float) and not math.isfinite(item) else item


def _cell(value: Any) -> str:
    item = _plain(value)
    if item is None:
        return "-"
    return f"{item:,.6g}" if isinstance(item, float) else str(item)
