"""The dashboard's own pages: the list, and what is followed while it runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from floodline.dashboard.library import Entry, Library
from floodline.report.build import runs_page
from floodline.report.page import resource
from floodline.report.study_page import render_study
from floodline.report.study_view import read_view
from floodline.study.folder import read_run
from floodline.study.store import read_study

HOME: Final = "/"
_KEPT_PAGES: Final = 12


def listing(library: Library) -> str:
    """Return the page with every run and study."""
    return _page("list.html.j2", entries=library.entries(), place=str(library.place))


def live_run(name: str) -> str:
    """Return the page that follows a run."""
    return _page("live_run.html.j2", name=name)


def live_study(name: str, verb: str) -> str:
    """Return the page that follows a study."""
    return _page("live_study.html.j2", name=name, verb=verb)


def fault(title: str, words: str) -> str:
    """Return a page that says what is wrong."""
    return _page("fault.html.j2", title=title, words=words)


class Reports:
    """Pages about finished runs and studies, made when they are asked for and kept for a while."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], str] = OrderedDict()
        self._lock = threading.Lock()

    def of_runs(self, paths: Sequence[Path]) -> str:
        """Return the page of a run, or of several side by side."""
        infos = [read_run(path) for path in paths]
        key = ("runs", *((str(info.path), _stamp(info.path)) for info in infos))
        return self._page(key, lambda: runs_page(infos)[0])

    def of_study(self, path: Path) -> str:
        """Return the page of a study."""
        info = read_study(path)
        key = ("study", str(path), _stamp(path))
        return self._page(
            key, lambda: render_study(read_view(info), f"/files/study/{info.name}", home=HOME)
        )

    def _page(self, key: tuple[Any, ...], make: Any) -> str:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                while len(self._kept) > _KEPT_PAGES:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def _stamp(path: Path) -> float:
    """Return when a run or study was finished."""
    return max(
        (
            each.stat().st_mtime
            for name in ("manifest.json", "status.json", "trials.csv")
            if (each := path / name).is_file()
        ),
        default=0.0,
    )


def _page(template: str, **content: Any) -> str:
    return str(
        _environment()
        .get_template(template)
        .render(
            **content,
            style=resource("page.css") + _asset("dashboard.css"),
            home=HOME,
        )
    )


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader  # noqa: PLC0415 - heavy

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=FunctionLoader(_asset)
    )
    environment.filters["figure"] = _figure
    environment.globals["script"] = _asset
    return environment


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _asset(name: str) -> str:
    return files("floodline.dashboard").joinpath("assets", name).read_text(encoding="utf-8")


def row_of(entry: Entry) -> dict[str, Any]:
    """Return an entry with its link, for the list's script."""
    kind = "runs" if entry.kind == "run" else "studies"
    return {**entry.dump(), "link": f"/{kind}/{entry.name}"}


def files_page(name: str, names: Sequence[str]) -> str:
    """Return the list of a run's tables."""
    return _page("files.html.j2", name=name, names=names)
