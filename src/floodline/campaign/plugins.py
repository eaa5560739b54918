"""Actors, fee strategies, builders and other parts of a person's own, found and imported.

A plug-in is a Python file or module that registers something when it is imported. Files and modules
are named by the variable ``FLOODLINE_PLUGINS``, separated as in PATH; an installed package names a
module in the entry point group ``floodline.plugins``. Worker processes inherit the variable, so
studies know the same parts.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Final

from floodline.foundation.errors import CampaignError

VARIABLE: Final = "FLOODLINE_PLUGINS"
GROUP: Final = "floodline.plugins"

_loaded: dict[str, ModuleType] = {}


def load_plugins() -> None:
    """Import every plug-in that is named; one that was imported is not imported again.

    Raises
    ------
    CampaignError
        If one is not there, or fails.

    """
    for given in named_plugins():
        if given not in _loaded:
            _loaded[given] = _import(given)
    for point in sorted(entry_points(group=GROUP), key=_by_name):
        if point.value not in _loaded:
            _loaded[point.value] = _import(point.value)


def named_plugins() -> list[str]:
    """Return the files and modules that the variable names."""
    return [word for word in os.environ.get(VARIABLE, "").split(os.pathsep) if word]


def plugin_hashes() -> dict[str, str]:
    """Return the SHA-256 of every plug-in file that the variable names, by its path."""
    paths = [Path(given) for given in named_plugins() if _is_file(given)]
    return {path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _by_name(point: EntryPoint) -> str:
    return point.name


def _is_file(given: str) -> bool:
    return given.endswith(".py")


def _import(given: str) -> ModuleType:
    try:
        return _import_file(Path(given)) if _is_file(given) else importlib.import_module(given)
    except (CampaignError, KeyboardInterrupt):
        raise
    except Exception as error:
        place = _place(error, given)
        raise CampaignError(
            f"plug-in {given} cannot be imported: {type(error).__name__}{place}: {error}",
            f"mend it, or take it out of {VARIABLE}",
        ) from error


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise CampaignError(
            f"there is no plug-in file {path}",
            f"{VARIABLE} names files from the folder you are in; mend it or unset it",
        )
    name = f"floodline_plugin_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise CampaignError(f"{path} is not a Python file", f"name a .py file in {VARIABLE}")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _place(error: Exception, given: str) -> str:
    """Return the line of the plug-in where it failed, as `` in line 12``; nothing if elsewhere."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == Path(given).name]
    if isinstance(error, SyntaxError):
        lines.append(error.lineno)
    return f" in line {lines[-1]}" if lines else ""
