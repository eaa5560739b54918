"""``floodline bench``: run the benchmarks in ``benchmarks/`` and hold each figure to its bound."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict
from pathlib import Path

from floodline.cli.output import GREEN, RED, note, say, say_json, say_table
from floodline.foundation.bench import Measurement
from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion
from floodline.foundation.workspace import project_root


def run(name: str | None, *, as_json: bool) -> int:
    """Run one benchmark or all; 1 if a figure misses its bound.

    Raises
    ------
    CampaignError
        If there is no benchmark of that name.

    """
    found = _benchmarks()
    if name is not None and name not in found:
        raise CampaignError(
            f"there is no benchmark called '{name}'{suggestion(name, list(found))}",
            f"one of: {', '.join(found) or 'none; benchmarks need a checkout'}",
        )
    results: dict[str, list[Measurement]] = {}
    for each in [name] if name is not None else list(found):
        note(f"bench {each} ...")
        results[each] = _load(each, found[each])
    met = all(figure.met for figures in results.values() for figure in figures)
    if as_json:
        say_json({"ok": met, "benchmarks": {k: [asdict(f) for f in v] for k, v in results.items()}})
        return 0 if met else 1
    rows = [
        [
            "ok" if figure.met else "MISSED",
            each,
            figure.name,
            f"{figure.value:,.3g} {figure.unit}",
            f"{figure.comparison} {figure.bound:,.3g}",
            figure.detail,
        ]
        for each, figures in results.items()
        for figure in figures
    ]
    say_table("Benchmarks", ["", "bench", "figure", "value", "bound", "how"], rows, right=[3])
    say("every bound is kept" if met else "a bound is missed", GREEN if met else RED)
    return 0 if met else 1


def _benchmarks() -> dict[str, Path]:
    folder = project_root() / "benchmarks"
    return {path.stem.removeprefix("bench_"): path for path in sorted(folder.glob("bench_*.py"))}


def _load(name: str, path: Path) -> list[Measurement]:
    spec = importlib.util.spec_from_file_location(f"floodline_bench_{name}", path)
    if spec is None or spec.loader is None:
        raise CampaignError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    measurements: list[Measurement] = module.run()
    return measurements
