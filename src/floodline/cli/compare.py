"""``floodline compare``: conditions against a baseline, paired on seeds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from floodline.cli.output import DIM, say, say_json, say_table
from floodline.cli.studies import Flags, opened, say_files, verdict_on_failures
from floodline.foundation.errors import CampaignError

if TYPE_CHECKING:
    from floodline.study.compare import Line


def run(
    flags: Flags,
    others: Sequence[Path],
    *,
    mitigations: Sequence[str],
    changes: Sequence[str],
    metrics: Sequence[str],
) -> int:
    """Compare files, mitigations and changes with a baseline; 1 if a run failed."""
    from floodline.measure.objective import find_metric  # noqa: PLC0415 - heavy
    from floodline.study.compare import (  # noqa: PLC0415
        METRICS_SHOWN,
        Condition,
        run_comparison,
    )
    from floodline.study.mitigations import find_mitigation  # noqa: PLC0415
    from floodline.study.question import Question, seeds_from  # noqa: PLC0415

    baseline = Question(flags.file, flags.overrides)
    base = baseline.base()
    conditions = [Condition(base.name, baseline)]
    conditions += [Condition(path.stem, Question(path, flags.overrides)) for path in others]
    conditions += [
        Condition(
            name,
            Question(flags.file, (*flags.overrides, *find_mitigation(name).overrides)),
        )
        for name in mitigations
    ]
    conditions += [
        Condition(text, Question(flags.file, (*flags.overrides, text))) for text in changes
    ]
    _enough([condition.label for condition in conditions], flags.seeds)
    shown = list(metrics) or list(METRICS_SHOWN)
    for metric in metrics:
        if "." not in metric:
            find_metric(metric)
    first = base.seed if flags.seed is None else flags.seed
    seeds = seeds_from(first, flags.seeds)
    plan = {
        "name": base.name,
        "conditions": {
            condition.label: condition.question.base().canonical() for condition in conditions
        },
        "seeds": seeds,
    }
    with opened(flags, "compare", plan) as study:
        found = run_comparison(study, conditions, seeds, shown)
    if flags.as_json:
        say_json(
            {
                "folder": str(study.path),
                "baseline": base.name,
                "seeds": len(seeds),
                "failed": [
                    {"seed": trial.seed, **trial.setting, "error": error}
                    for trial, error in found.failed
                ],
                "lines": [
                    {
                        "metric": line.metric,
                        "condition": line.condition,
                        "pairs": line.pairs,
                        "baseline": line.baseline,
                        "value": line.value,
                        "paired": line.paired.dump() if line.paired else None,
                    }
                    for line in found.lines
                ],
            }
        )
        return 1 if found.failed else 0
    for metric in shown:
        _table(base.name, metric, [line for line in found.lines if line.metric == metric])
    say("CLEAR: the interval leaves out zero, and the difference is above the A/A floor.", DIM)
    sound = verdict_on_failures(found.failed, found.total, study.path)
    say_files(study.path, "comparison.csv", "trials.csv")
    return 0 if sound else 1


def _table(baseline: str, metric: str, lines: Sequence[Line]) -> None:
    """Print one metric: the conditions against the baseline."""
    rows = []
    for line in lines:
        if line.paired is None or line.baseline is None or line.value is None:
            rows.append([line.condition, *[""] * 6, f"{line.pairs} pairs only"])
            continue
        paired, interval = line.paired, line.paired.difference
        rows.append(
            [
                line.condition,
                f"{line.value:,.4g}",
                f"{interval.estimate:+,.4g}",
                f"[{interval.low:+,.4g}, {interval.high:+,.4g}]",
                "-" if paired.effect_size is None else f"{paired.effect_size:+.2f}",
                f"{paired.lower_share:.0%} of {line.pairs}",
                f"{paired.noise_floor:,.4g}",
                "CLEAR" if paired.is_clear else "not clear",
            ]
        )
    means = [line.baseline for line in lines if line.baseline is not None]
    mean = f"{means[0]:,.4g}" if means else "no value"
    columns = ["", "mean", "difference", "95 % interval", "effect", "lower on", "A/A floor", ""]
    say_table(f"{metric}: {mean} in {baseline}", columns, rows, right=range(1, 7))


def _enough(labels: Sequence[str], seeds: int) -> None:
    if len(labels) < 2:
        raise CampaignError(
            "there is nothing to compare the baseline with",
            "name another FILE, --mitigation NAME (see `floodline list mitigations`), or "
            "--change KEY=VALUE",
        )
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise CampaignError(
            f"two conditions are called {', '.join(twice)}", "give the files names that differ"
        )
    if seeds < 2:
        raise CampaignError(f"--seeds {seeds}: pairs need at least two seeds", "give --seeds 12")
