"""``floodline calibrate``: fit parameters to what was recorded of a real chain."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from floodline.cli.output import note, say, say_json, say_table
from floodline.measure.fullness import Fullness, fullness_moments
from floodline.study.calibrate import Fit, fit_background, read_fullness

_SHOWN = 5


def background(trace: Path, *, column: str | None, blocks: int, seed: int, as_json: bool) -> None:
    """Print the parameters of the background demand that are nearest to a trace of blocks."""
    fullness = read_fullness(trace, column)
    wanted = fullness_moments(fullness)
    note(f"{trace}: {wanted.blocks} blocks; trying parameters, {blocks} blocks each ...")
    fits = fit_background(fullness, blocks=blocks, seed=seed, told=lambda _fit: None)
    if as_json:
        say_json({"trace": asdict(wanted), "fits": [asdict(fit) for fit in fits]})
        return
    rows = [["the trace", "", "", *_moments(wanted), ""]]
    rows += [_row(fit) for fit in fits[:_SHOWN]]
    header = ["elasticity", "price_sd", "burst", "mean", "sd", "lag 1", "empty", "full", "off by"]
    say_table("gas used over the target", header, rows)
    best = fits[0]
    say(
        f"background: {{elasticity: {best.elasticity:g}, price_sd: {best.price_sd:g}, "
        f"burst: {best.burst:g}}}"
    )


def _moments(moments: Fullness) -> list[str]:
    figures = (moments.mean, moments.sd, moments.lag1, moments.empty_share, moments.full_share)
    return [f"{figure:.3f}" for figure in figures]


def _row(fit: Fit) -> list[str]:
    given = [f"{value:g}" for value in (fit.elasticity, fit.price_sd, fit.burst)]
    return [*given, *_moments(fit.moments), f"{fit.distance:.2f}"]
