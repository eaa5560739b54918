"""``floodline crosscheck``: the modelled pool on Anvil against geth's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from floodline.cli.output import GREEN, RED, say, say_json, say_table
from floodline.cli.progress import make_progress


def crosscheck(
    file: Path,
    overrides: Sequence[str],
    *,
    seeds: int,
    out: Path,
    as_json: bool,
    progress: str,
    command_line: Sequence[str],
) -> int:
    """Run both and say whether they agree; 1 if not.

    Raises
    ------
    CampaignError
        If the campaign is wrong, or cannot run on geth.
    ToolchainError, NodeError
        If there is no geth, or a node fails.

    """
    from floodline.study.crosscheck import crosscheck as check  # noqa: PLC0415 - heavy
    from floodline.study.prepare import prepare_campaign  # noqa: PLC0415

    shown = make_progress(progress)
    try:
        found = check(
            prepare_campaign(file, overrides),
            seeds=seeds,
            out=out,
            progress=shown,
            command_line=command_line,
        )
    finally:
        shown.stop()
    if as_json:
        say_json(
            {
                "ok": found.agrees,
                "seeds": found.seeds,
                "comparisons": [asdict(one) for one in found.comparisons],
                "verdicts": found.verdicts,
            }
        )
        return 0 if found.agrees else 1
    rows = [
        [
            _word(one.agrees),
            one.name,
            f"{one.model:,.6g}",
            f"{one.geth:,.6g}",
            f"{one.low:,.6g} .. {one.high:,.6g}",
        ]
        for one in found.comparisons
    ]
    rows += [
        [
            "ok" if model == geth else "DIFFERS",
            f"objective met, seed {seed}",
            str(model),
            str(geth),
            "",
        ]
        for seed, (model, geth) in zip(found.seeds, found.verdicts, strict=True)
        if model is not None or geth is not None
    ]
    say_table(
        "Model on Anvil against geth",
        ["", "figure", "model", "geth", "seed to seed, 95 %"],
        rows,
        right=[2, 3],
    )
    if found.agrees:
        say("the verdicts agree", GREEN)
        return 0
    say("the verdicts differ", RED)
    return 1


def _word(agrees: bool) -> str:
    return "ok" if agrees else "DIFFERS"
