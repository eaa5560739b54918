"""Floodline finds the load at which an on-chain derivatives protocol stops settling.

In a notebook: ``floodline.load`` opens a run, ``floodline.load_study`` a study; what is wrong with
either is a ``floodline.FloodlineError`` that says what to do next.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from floodline.foundation.errors import FloodlineError
    from floodline.study.loaded import Run, load
    from floodline.study.loaded_study import LoadedStudy, load_study

try:
    __version__ = version("floodline")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = ["FloodlineError", "LoadedStudy", "Run", "__version__", "load", "load_study"]

_PLACES = {
    "FloodlineError": "floodline.foundation.errors",
    "LoadedStudy": "floodline.study.loaded_study",
    "Run": "floodline.study.loaded",
    "load": "floodline.study.loaded",
    "load_study": "floodline.study.loaded_study",
}
"""Where the public names live; imported when first used, so that the command starts quickly."""


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'floodline' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
