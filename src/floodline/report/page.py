"""A report as one file that works offline: what its pages share, and the page of runs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from floodline.measure.dictionary import TABLES
from floodline.measure.side_by_side import side_by_side
from floodline.report.catalogue import FIGURES
from floodline.report.figure import Figure, Run, Shown
from floodline.report.story import cards, verdicts
from floodline.report.theme import config

_EMBED: Final = "window.vegaEmbed = vegaEmbed;"
Specification = dict[str, Any]
"""A figure as Vega-Lite."""


@dataclass(frozen=True)
class Source:
    """Where a run's numbers come from, for the end of the page.

    Attributes
    ----------
    label : str
        The run's name in the page.
    manifest : Mapping
        Its manifest; empty for a run that did not come to its end.
    tables_link : str
        Where its tables are, relative to the page.

    """

    label: str
    manifest: Mapping[str, Any]
    tables_link: str

    @property
    def command(self) -> str:
        """The command that makes the run again."""
        return shlex.join(self.manifest.get("command_line", ()))


def render(title: str, runs: Sequence[Run], sources: Sequence[Source], *, home: str = "") -> str:
    """Return the page of one run, or of several side by side.

    Parameters
    ----------
    title : str
        Heading of the page.
    runs : Sequence[Run]
        What is shown.
    sources : Sequence[Source]
        One for each run, in the same order.
    home : str
        Address of the list that the page belongs to; empty for a page by itself.

    """
    drawn = [(figure, spec) for figure in FIGURES if (spec := specification(figure, runs))]
    return page(
        "run.html.j2",
        drawn,
        title=title,
        home=home,
        runs=runs,
        verdicts=[(run.label, verdicts(run)) for run in runs],
        cards=cards(runs),
        rows=side_by_side([(run.label, run.summary) for run in runs]),
        identities=[(run.label, run.summary["identities"]) for run in runs],
        sources=sources,
        dictionary=[TABLES[name] for name in sorted(TABLES)],
        campaigns=[json.dumps(source.manifest.get("campaign", {}), indent=2) for source in sources],
    )


def page(template: str, drawn: Sequence[tuple[Figure[Any], Specification]], **content: Any) -> str:
    """Return a page with its figures, style and scripts inside it.

    Parameters
    ----------
    template : str
        Name of a template in ``assets``.
    drawn : sequence of (Figure, Specification)
        The figures, in order.
    content
        What the template takes besides.

    """
    from jinja2 import Environment, FunctionLoader  # noqa: PLC0415 - heavy

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=FunctionLoader(resource)
    )
    return environment.get_template(template).render(
        **content,
        figures=[figure for figure, _ in drawn],
        specs=_script_safe({figure.key: spec for figure, spec in drawn}),
        light=_script_safe(config(dark=False)),
        dark=_script_safe(config(dark=True)),
        style=resource("page.css"),
        script=resource("page.js"),
        vega=_vega(),
    )


def specification(figure: Figure[Shown], shown: Shown) -> Specification | None:
    """Return a figure's Vega-Lite specification; None where there is nothing to draw."""
    chart = figure.draw(shown)
    if chart is None:
        return None
    spec: Specification = chart.to_dict()
    spec.pop("config", None)
    return {**spec, "description": f"{figure.title}. {figure.caption}"}


def _script_safe(content: Any) -> str:
    """Return JSON that may stand inside a script element."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def resource(name: str) -> str:
    """Return the text of a file in ``assets``."""
    return files("floodline.report").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _vega() -> str:
    """Return Vega, Vega-Lite and vega-embed in one script, from the installed vl-convert."""
    import vl_convert  # noqa: PLC0415 - heavy

    bundle: str = vl_convert.javascript_bundle(_EMBED)
    return bundle.replace("</script", "<\\/script")
