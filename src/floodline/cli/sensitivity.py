"""``floodline sensitivity``: which campaign keys a metric depends on."""

from __future__ import annotations

from collections.abc import Sequence

from floodline.cli.output import DIM, say, say_json, say_table
from floodline.cli.studies import Flags, opened, say_files, verdict_on_failures
from floodline.foundation.errors import CampaignError

_MEANING = {
    "sobol": "first: share of the variance that the key explains alone; total: with interactions.",
    "morris": "mu_star: mean effect over the range; sigma: how much it depends on other keys.",
}


def run(
    flags: Flags, varied: Sequence[str], *, method: str, samples: int, metric: str | None
) -> int:
    """Run the analysis; 1 if a run failed."""
    from floodline.measure.objective import find_metric  # noqa: PLC0415 - heavy
    from floodline.study.design import parse_vary, unique_keys  # noqa: PLC0415
    from floodline.study.question import Question, seeds_from  # noqa: PLC0415
    from floodline.study.sensitivity import draw_shares, run_sensitivity  # noqa: PLC0415

    question = Question(flags.file, flags.overrides)
    base = question.base()
    varies = [question.resolve(parse_vary(text)) for text in varied]
    unique_keys(varies)
    if len(varies) < 2:
        raise CampaignError(
            "indices tell keys apart: one key alone has nothing to be told from",
            "give --vary twice or more",
        )
    shown = metric or (base.objective.metric if base.objective else "bad_debt_usd")
    find_metric(shown)
    first = base.seed if flags.seed is None else flags.seed
    seeds = seeds_from(first, flags.seeds)
    for row in draw_shares(method, len(varies), samples, first):  # type: ignore[arg-type]
        question.campaign(
            {vary.key: vary.at(float(share)) for vary, share in zip(varies, row, strict=True)}
        )
    design = {
        "name": base.name,
        "campaign": base.canonical(),
        "varies": [vary.flag for vary in varies],
        "method": [method, samples, shown],
        "seeds": seeds,
    }
    with opened(flags, "sensitivity", design) as study:
        found = run_sensitivity(
            study,
            question,
            varies,
            seeds,
            method=method,  # type: ignore[arg-type]
            samples=samples,
            metric=shown,
        )
    if flags.as_json:
        say_json(
            {
                "folder": str(study.path),
                "metric": shown,
                "method": method,
                "runs": found.total,
                "indices": [
                    {str(key): value for key, value in row.items()}
                    for row in found.table.to_dict("records")
                ],
            }
        )
        return 1 if found.failed else 0
    columns = [str(name) for name in found.table.columns]
    rows = [
        [str(row[0]), *[f"{value:,.4g}" for value in row[1:]]]
        for row in found.table.itertuples(index=False)
    ]
    title = f"{shown}: {method}, {found.total} runs, {len(seeds)} seeds a point"
    say_table(title, columns, rows, right=range(1, len(columns)))
    say(_MEANING[method], DIM)
    say("reach: half the width of the 95 % interval, by resampling the points.", DIM)
    sound = verdict_on_failures(found.failed, found.total, study.path)
    say_files(study.path, "sensitivity.csv", "trials.csv")
    return 0 if sound else 1
