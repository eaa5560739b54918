"""The reference page of the campaign file, from the models that validate it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, get_args

from floodline.campaign.schema import Campaign
from floodline.cli.catalogue import parameter_rows
from floodline.cli.markdown import MADE, plain, table
from floodline.foundation.registry import Parameters

HEADS = ("key", "type", "unit", "default", "meaning")

_INTRO: Final = (
    "YAML; unknown keys are errors that name the nearest valid one. `floodline schema` "
    "writes the same as JSON Schema for editors. Where one plug-in is chosen (an actor, a "
    "delay, a price process), it is a single key with its parameters, `{lognormal: "
    "{median_s: 0.3}}`; a bare value where it has one main parameter, `{constant: 0.3}`; the "
    "bare name where every parameter has a default. Any key can be changed from the command "
    "line, `--set actors.flood.enabled=false`."
)


def render_campaign() -> str:
    """Return the page as Markdown."""
    lines = [
        "# Campaign file",
        "",
        MADE,
        "",
        _INTRO,
        "",
        "## Top level",
        "",
        *_table(Campaign),
    ]
    for path, model in sections(Campaign, ()):
        lines += ["", f"## `{'.'.join(path)}`", "", plain(model.__doc__ or ""), "", *_table(model)]
    return "\n".join(lines) + "\n"


def _table(model: type[Parameters]) -> list[str]:
    nested = {path[0] for path, _ in sections(model, ())}
    rows = []
    for row in parameter_rows(model):
        below = row["name"] in nested and row["default"] != "(required)"
        default = "see below" if below else row["default"]
        rows.append([row["name"], row["type"], row["unit"], default, row["description"]])
    return table(HEADS, rows)


def sections(
    model: type[Parameters], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], type[Parameters]]]:
    """Yield every section below a model with its path; ``[]`` stands for an item of a list."""
    for name, field in model.model_fields.items():
        for below, inner in _models(field.annotation, ()):
            here = (*path, name, *below)
            yield here, inner
            yield from sections(inner, here)


def _models(
    annotation: Any, below: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], type[Parameters]]]:
    """Yield the models that an annotation names, inside lists and mappings too."""
    if isinstance(annotation, type) and issubclass(annotation, Parameters):
        yield below, annotation
        return
    origin = getattr(annotation, "__origin__", None)
    step = ("[]",) if origin in {list, tuple} else ("NAME",) if origin is dict else ()
    for argument in get_args(annotation):
        yield from _models(argument, (*below, *step))
