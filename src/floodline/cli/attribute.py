"""``floodline attribute``: what each leg of settlement costs, by counterfactual runs."""

from __future__ import annotations

from collections.abc import Sequence

from floodline.cli.output import BOLD, DIM, say, say_json, say_table
from floodline.cli.studies import Flags, opened, say_files, verdict_on_failures
from floodline.foundation.errors import CampaignError


def run(flags: Flags, legs: Sequence[str], metrics: Sequence[str]) -> int:
    """Attribute metrics to legs; 1 if a run failed."""
    from floodline.measure.objective import find_metric  # noqa: PLC0415 - heavy
    from floodline.study.attribution import run_attribution  # noqa: PLC0415
    from floodline.study.legs import find_legs  # noqa: PLC0415
    from floodline.study.question import Question, seeds_from  # noqa: PLC0415

    question = Question(flags.file, flags.overrides)
    base = question.base()
    chosen = find_legs(list(legs))
    shown = list(metrics) or ["bad_debt_usd", "time_under_margin_mean_s"]
    for metric in shown:
        find_metric(metric)
    if flags.seeds < 2:
        raise CampaignError(f"--seeds {flags.seeds}: intervals need two seeds", "give --seeds 8")
    first = base.seed if flags.seed is None else flags.seed
    seeds = seeds_from(first, flags.seeds)
    design = {
        "name": base.name,
        "campaign": base.canonical(),
        "legs": {leg.name: leg.ideal(base) for leg in chosen},
        "metrics": shown,
        "seeds": seeds,
    }
    with opened(flags, "attribute", design) as study:
        found = run_attribution(study, question, chosen, seeds, shown)
    if flags.as_json:
        say_json(
            {
                "folder": str(study.path),
                "totals": {
                    metric: {"as_it_is": before, "all_ideal": after}
                    for metric, (before, after) in found.totals.items()
                },
                "shares": [
                    {
                        "metric": share.metric,
                        "legs": share.legs,
                        "interaction": share.is_interaction,
                        "of_total": share.of_total,
                        **share.value.dump(),
                    }
                    for share in found.shares
                ],
                "failed": len(found.failed),
            }
        )
        return 1 if found.failed else 0
    for metric in shown:
        before, after = found.totals[metric]
        say(f"{metric}: {before:,.4g} as it is, {after:,.4g} with every leg ideal", BOLD)
        rows = [
            [
                share.legs,
                f"{share.value.estimate:+,.4g}",
                f"[{share.value.low:+,.4g}, {share.value.high:+,.4g}]",
                "-" if share.of_total is None else f"{share.of_total:.0%}",
                "interaction" if share.is_interaction else "",
            ]
            for share in found.shares
            if share.metric == metric
        ]
        columns = ["leg", "takes away", "95 % interval", "of the total", ""]
        say_table(f"Shapley values, {found.seeds[metric]} seeds", columns, rows, right=[1, 2, 3])
    say("An interaction above 0: the pair takes away more together than each alone.", DIM)
    sound = verdict_on_failures(found.failed, found.total, study.path)
    say_files(study.path, "attribution.csv", "trials.csv")
    return 0 if sound else 1
