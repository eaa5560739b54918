"""The figures of each kind of study, in the order in which they answer its question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from floodline.report.figure import Figure
from floodline.report.figures import answers, breaking_load, frontier
from floodline.report.study_view import StudyView

STUDY_FIGURES: Final[Mapping[str, tuple[Figure[StudyView], ...]]] = {
    "breakpoint": (
        Figure(
            "breaking-load",
            "How often it failed, by load",
            "Ticks: single trials, failed at the top, held at the bottom. Points: neighbouring "
            "loads together, with the exact 95 % interval of their share. Line: the fitted curve. "
            "Shaded: the 95 % interval of the load that fails half the time.",
            ("breaking_load", "breakpoint"),
            breaking_load.curve,
        ),
    ),
    "frontier": (
        Figure(
            "frontier",
            "How much leverage is safe",
            "The leverage at which the objective fails with the tolerated probability; > where "
            "nothing failed up to the end of the range.",
            ("frontier",),
            frontier.leverage,
        ),
        Figure(
            "margin-tax",
            "What congestion costs in margin",
            "Margin beyond what the calmest column needs at the same delay, in per cent of "
            "notional.",
            ("frontier",),
            frontier.margin_tax,
        ),
        Figure(
            "frontier-rows",
            "The same with intervals",
            "A line for each delay with 95 % intervals. Dashed: what diffusion alone allows, where "
            "it lies within the figure; nothing may lie above it.",
            ("frontier",),
            frontier.rows,
        ),
    ),
    "attribute": (
        Figure(
            "shapley",
            "What each leg costs",
            "Shapley values: what making a leg ideal takes away, in the metric's unit, averaged "
            "over what else is ideal. An interaction above zero: the pair takes away more together "
            "than each alone. Lines: 95 % intervals over seeds.",
            ("attribution",),
            answers.shapley,
        ),
    ),
    "compare": (
        Figure(
            "forest",
            "What each condition changes",
            "Paired differences on the same seeds, in each metric's own unit, with 95 % "
            "intervals. Shaded: what the baseline differs from itself (A/A). Clear is what leaves "
            "out zero and reaches beyond the shade.",
            ("comparison",),
            answers.forest,
        ),
    ),
    "economics": (
        Figure(
            "attempts",
            "What the attack spent and did",
            "Each point is one setting of the attack, with 95 % intervals over seeds.",
            ("economics",),
            answers.attempts,
        ),
        Figure(
            "prices",
            "What a unit of harm cost",
            "Fees per unit of each effect, of the first attempt in the table: the cheapest that "
            "reached the goal, or the one that came nearest.",
            ("economics",),
            answers.prices,
        ),
    ),
    "sensitivity": (
        Figure(
            "sensitivity",
            "Which keys matter",
            "Lines: 95 % intervals by resampling the points.",
            ("sensitivity",),
            answers.sensitivity,
        ),
    ),
    "sweep": (
        Figure(
            "sweep",
            "What came out at each point",
            "Small points: single runs. Line: the mean over seeds with its 95 % interval.",
            ("trials",),
            answers.swept,
        ),
    ),
}
