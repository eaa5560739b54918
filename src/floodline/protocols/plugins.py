"""Adapters from elsewhere: of installed packages by entry point, or of any module by its path.

A package registers one with an entry point of the group `GROUP`::

    [project.entry-points."floodline.adapters"]
    my-protocol = "my_package.adapter:MyAdapter"

The class is a `ProtocolAdapter` with two class variables more: ``parameters``, a subclass of
`AdapterParameters`, and ``description``, one line.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion
from floodline.protocols.interface import ProtocolAdapter
from floodline.protocols.registry import PROTOCOLS, AdapterParameters

GROUP: Final = "floodline.adapters"
BROKEN: Final[dict[str, str]] = {}
"""Why an installed adapter could not be loaded, by its name."""


def register_installed() -> None:
    """Register the adapters of installed packages; what cannot be loaded goes into `BROKEN`."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if point.name not in PROTOCOLS:
            _register_point(point)


def _register_point(point: EntryPoint) -> None:
    try:
        register_class(point.name, point.load())
    except (ImportError, AttributeError, CampaignError, SyntaxError) as error:
        BROKEN[point.name] = f"{point.value}: {error}"


def ensure_registered(name: str) -> None:
    """Make sure that an adapter can be created by its name, or by ``module:Class``.

    Raises
    ------
    CampaignError
        If there is no such adapter, or it is not an adapter.

    """
    if name in PROTOCOLS:
        return
    if name in BROKEN:
        raise CampaignError(
            f"the installed protocol adapter '{name}' cannot be loaded: {BROKEN[name]}",
            "mend or remove the package that brings it",
        )
    module, _, attribute = name.partition(":")
    if not attribute:
        raise CampaignError(
            f"no protocol adapter is called '{name}'{suggestion(name, list(PROTOCOLS))}",
            f"one of: {', '.join(PROTOCOLS)}; or module:Class",
        )
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, SyntaxError) as error:
        raise CampaignError(
            f"the adapter {name} cannot be loaded: {error}",
            "install its package, or work in the folder that holds the module",
        ) from error
    register_class(name, found)


def register_class(name: str, found: Any) -> None:
    """Register an adapter's class under a name.

    Raises
    ------
    CampaignError
        If it is not one, or lacks what the registry asks for.

    """
    if not (isinstance(found, type) and issubclass(found, ProtocolAdapter)):
        raise CampaignError(
            f"{name}: {found!r} is no ProtocolAdapter",
            "derive the class from floodline.protocols.interface.ProtocolAdapter",
        )
    parameters = getattr(found, "parameters", None)
    if not (isinstance(parameters, type) and issubclass(parameters, AdapterParameters)):
        raise CampaignError(
            f"{name}: {found.__name__}.parameters is no subclass of AdapterParameters",
            "add `parameters: ClassVar[type[AdapterParameters]] = AdapterParameters`",
        )
    try:
        PROTOCOLS.register(name, parameters, description=getattr(found, "description", ""))(found)
    except ValueError as error:
        raise CampaignError(
            f"{name} cannot be registered: {error}",
            "add a class variable `description`, and a description to every parameter",
        ) from error
