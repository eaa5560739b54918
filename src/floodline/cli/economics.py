"""``floodline economics``: what an attack costs and does, and the cheapest that does enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from floodline.cli.output import BOLD, GREEN, YELLOW, say, say_json, say_table
from floodline.cli.studies import Flags, opened, say_files, verdict_on_failures
from floodline.foundation.errors import CampaignError

if TYPE_CHECKING:
    from floodline.measure.statistics import Interval
    from floodline.study.economics import Attempt, Goal

_SHOWN = 8


def run(flags: Flags, varied: Sequence[str], *, attack: str, points: int, goal: str) -> int:
    """Run the attack and the search; 1 if a run failed."""
    from floodline.study.design import label_of, parse_vary, unique_keys  # noqa: PLC0415 - heavy
    from floodline.study.economics import EFFECTS, attack_role, run_economics  # noqa: PLC0415
    from floodline.study.question import Question, seeds_from  # noqa: PLC0415

    question = Question(flags.file, flags.overrides)
    base = question.base()
    attack_role(base, attack)
    wanted = parse_goal(goal)
    varies = [question.resolve(parse_vary(text)) for text in varied]
    unique_keys(varies)
    for vary in varies:
        for level in vary.grid():
            question.campaign({vary.key: level})
    if flags.seeds < 2:
        raise CampaignError(f"--seeds {flags.seeds}: intervals need two seeds", "give --seeds 8")
    first = base.seed if flags.seed is None else flags.seed
    seeds = seeds_from(first, flags.seeds)
    design = {
        "name": base.name,
        "campaign": base.canonical(),
        "attack": attack,
        "varies": [vary.flag for vary in varies],
        "goal": goal,
        "points": points,
        "seeds": seeds,
    }
    with opened(flags, "economics", design) as study:
        found = run_economics(study, question, attack, varies, seeds, points=points, goal=wanted)
    cheapest = found.cheapest
    if flags.as_json:
        say_json(
            {
                "folder": str(study.path),
                "goal": {"figure": wanted.figure, "rise": wanted.rise},
                "cheapest": None if cheapest is None else _plain(cheapest),
                "attempts": [_plain(attempt) for attempt in found.attempts],
                "failed": len(found.failed),
            }
        )
        return 1 if found.failed else 0
    rows = [
        [
            label_of(attempt.setting) or "as it stands",
            "yes" if attempt.reaches_goal else "no",
            _interval(attempt.spend),
            _interval(attempt.effects[wanted.figure].difference),
            _interval(attempt.prices[wanted.figure]),
            f"{attempt.over_collateral:.2%}",
            _interval(attempt.profit),
        ]
        for attempt in found.attempts[:_SHOWN]
    ]
    columns = ["attack", "goal", "spend, USD", f"rise of {wanted.figure}", "USD per unit of it"]
    say_table(
        f"{attack} against none, {len(seeds)} seeds: best {len(rows)} of {len(found.attempts)}",
        [*columns, "spend over collateral", "net profit, USD"],
        rows,
        right=range(2, 7),
    )
    if cheapest is None:
        say(f"no attempt raised {wanted.figure} by {wanted.rise:g}", YELLOW)
    else:
        say(f"cheapest that does: {label_of(cheapest.setting) or 'as it stands'}", GREEN)
    for figure, unit in EFFECTS.items():
        of = cheapest or found.attempts[0]
        if figure in of.prices:
            say(f"  {_interval(of.prices[figure])} USD spent for each {unit}", BOLD)
    sound = verdict_on_failures(found.failed, found.total, study.path)
    say_files(study.path, "economics.csv", "trials.csv")
    return 0 if sound else 1


def parse_goal(text: str) -> Goal:
    """Return what ``figure>rise`` stands for.

    Raises
    ------
    CampaignError
        If it is not of that form, or there is no such metric.

    """
    from floodline.measure.objective import find_metric  # noqa: PLC0415 - heavy
    from floodline.study.economics import Goal  # noqa: PLC0415

    figure, sign, rise = (part.strip() for part in text.partition(">"))
    try:
        least = float(rise)
    except ValueError:
        least = math.nan
    if not sign or not figure or not math.isfinite(least):
        raise CampaignError(
            f"--goal {text}: not of the form FIGURE>RISE", "write it as in 'bad_debt_usd>1000'"
        )
    if "." not in figure:
        find_metric(figure)
    return Goal(figure, least)


def _interval(found: Interval) -> str:
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return f"{_short(found.estimate)} [unbounded]" if math.isfinite(found.estimate) else "-"
    return f"{_short(found.estimate)} [{_short(found.low)}, {_short(found.high)}]"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _plain(attempt: Attempt) -> dict[str, object]:
    over = attempt.over_collateral
    return {
        "setting": attempt.setting,
        "reaches_goal": attempt.reaches_goal,
        "spend_usd": attempt.spend.dump(),
        "net_profit_usd": attempt.profit.dump(),
        "spend_over_collateral": over if math.isfinite(over) else None,
        "effects": {name: effect.dump() for name, effect in attempt.effects.items()},
        "spend_per": {name: price.dump() for name, price in attempt.prices.items()},
    }
