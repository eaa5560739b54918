"""Figures as files: PNG for a slide, SVG for print, JSON for whoever wants to draw anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from floodline.report.figure import Figure, Shown
from floodline.report.page import specification
from floodline.report.theme import FACET_WIDTH, WIDTH, config

SCALE: Final = 2.0
"""Pixels of a PNG over those of the figure."""


def write_figures(figures: Sequence[Figure[Shown]], shown: Shown, folder: Path) -> list[Path]:
    """Write every figure as PNG, SVG and Vega-Lite JSON; return the files.

    Parameters
    ----------
    figures : sequence of Figure
        Those that could be drawn.
    shown : Shown
        The runs, or the study.
    folder : Path
        Where to; made if missing.

    """
    import vl_convert  # noqa: PLC0415 - heavy

    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for figure in figures:
        spec = specification(figure, shown)
        if spec is None:
            continue
        if spec.get("width") == WIDTH:
            spec["width"] = FACET_WIDTH
        full = {**spec, "config": {**config(dark=False), "background": "white"}}
        png, svg, plain = (folder / f"{figure.key}.{end}" for end in ("png", "svg", "vl.json"))
        png.write_bytes(vl_convert.vegalite_to_png(full, scale=SCALE))
        svg.write_text(vl_convert.vegalite_to_svg(full), encoding="utf-8")
        plain.write_text(json.dumps(full, indent=1), encoding="utf-8")
        found += [png, svg, plain]
    return found
