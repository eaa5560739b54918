"""``--set key=value``: change one value of a campaign without editing its file.

The key is a dotted path. An actor is named by its own name, else by its kind, as in
``actors.flood.enabled``; ``actors.+`` adds one, unless one of its kind is there. A list element is
named by its position counted from 0; the name of a chosen plug-in may be left out, so that
``network.delay.median_s`` means the delay's own parameter whatever delay was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floodline.campaign.problems import KeyPath, dotted
from floodline.campaign.shape import Shape
from floodline.campaign.yaml_document import parse_value
from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion


@dataclass(frozen=True)
class Override:
    """One ``--set``.

    Attributes
    ----------
    flag : str
        As the person wrote it, for messages.
    keys : tuple[str, ...]
        The dotted path's parts.
    value : Any
        The value, parsed as YAML.

    """

    flag: str
    keys: tuple[str, ...]
    value: Any


def parse_override(text: str) -> Override:
    """Return the override that ``key=value`` stands for.

    Parameters
    ----------
    text : str
        A dotted path, an equals sign, and a value in YAML: ``market.ETH.vol=1.2``.

    Raises
    ------
    CampaignError
        If there is no equals sign, a part of the path is empty, or the value is not YAML.

    """
    path, equals, raw = text.partition("=")
    keys = tuple(part.strip() for part in path.split("."))
    if not equals or not all(keys):
        raise CampaignError(
            f"--set {text}: not of the form key=value",
            "write it as in --set slots=20 or --set actors.flood.enabled=false",
        )
    try:
        value = parse_value(raw)
    except ValueError as error:
        raise CampaignError(
            f"--set {text}: the value is not YAML: {error}", "quote the whole flag for the shell"
        ) from error
    return Override(f"--set {text}", keys, value)


def apply_overrides(
    data: dict[str, Any], overrides: Sequence[Override], shape: Shape
) -> dict[KeyPath, str]:
    """Change a campaign's plain data in place, in the order of the flags.

    Returns
    -------
    dict[KeyPath, str]
        The flag that set each changed path.

    Raises
    ------
    CampaignError
        If a path leads nowhere; the message names the nearest key that is valid there.

    """
    origins: dict[KeyPath, str] = {}
    for override in overrides:
        origins[_apply(data, override, shape)] = override.flag
    return origins


def _apply(data: dict[str, Any], override: Override, shape: Shape) -> KeyPath:
    here: Any = data
    path: KeyPath = ()
    for depth, key in enumerate(override.keys):
        is_last = depth == len(override.keys) - 1
        if path == ("actors",) and isinstance(here, list) and key == "+" and is_last:
            return (*path, *_added_actor(here, override))
        if path == ("actors",) and isinstance(here, list):
            position, kind = _find_actor(here, key, override)
            path, here = (*path, position, kind), here[position]
            if is_last:
                here[kind] = override.value
                return path
            if here[kind] is None:
                here[kind] = {}
            here = here[kind]
            continue
        if isinstance(here, list):
            step: str | int = _position(here, key, path, override)
        else:
            path, here, step = _mapping_step(here, key, path, shape, override)
        path = (*path, step)
        if is_last:
            here[step] = override.value
            return path
        if not isinstance(here, list) and here.get(step) is None:
            here[step] = {}
        here = here[step]
    return path


def _mapping_step(
    here: Any, key: str, path: KeyPath, shape: Shape, override: Override
) -> tuple[KeyPath, Any, str]:
    """Return where a key stands: here, or below the one plug-in that is chosen here."""
    if not isinstance(here, dict):
        raise CampaignError(
            f"{override.flag}: {dotted(path)} is {here!r} and has no keys of its own",
            f"give the whole of it, as in --set '{dotted(path)}={{{key}: ...}}'",
        )
    if key in here or key in shape.keys(path) or shape.takes_any_key(path):
        return path, here, key
    if shape.chooses(path) and len(here) == 1:
        ((chosen, below),) = here.items()
        inner: KeyPath = (*path, chosen)
        if isinstance(below, dict) and (key in below or key in shape.keys(inner)):
            return inner, below, key
        valid = shape.keys(inner) or shape.keys(path)
    else:
        valid = shape.keys(path)
    where = f"in {dotted(path)}" if path else "at the top"
    raise CampaignError(
        f"{override.flag}: there is no key '{key}' {where}{suggestion(key, valid)}",
        f"valid there: {', '.join(valid)}" if valid else "see `floodline list`",
    )


def _position(here: list[Any], key: str, path: KeyPath, override: Override) -> int:
    if key.isdecimal() and int(key) < len(here):
        return int(key)
    raise CampaignError(
        f"{override.flag}: {dotted(path)} has {len(here)} elements; '{key}' is none of them",
        f"count from 0, or give the whole list: --set '{dotted(path)}=[...]'",
    )


def _added_actor(actors: list[Any], override: Override) -> tuple[int, str]:
    """Add an actor unless one of its kind is there; return its position and kind."""
    given = {override.value: {}} if isinstance(override.value, str) else override.value
    if not isinstance(given, dict) or len(given) != 1:
        raise CampaignError(
            f"{override.flag}: an actor is one kind with its parameters",
            "write it as in --set 'actors.+={keepers: {count: 2}}'",
        )
    ((kind, _),) = given.items()
    for position, actor in enumerate(actors):
        if actor == kind or (isinstance(actor, dict) and set(actor) == {kind}):
            return position, str(kind)
    actors.append(given)
    return len(actors) - 1, str(kind)


def _find_actor(actors: list[Any], key: str, override: Override) -> tuple[int, str]:
    """Return position and kind of the actor that has this name, else of the one of this kind."""
    kinds: list[tuple[int, str, str]] = []
    for position, actor in enumerate(actors):
        if isinstance(actor, str) and actor == key:
            actors[position] = {actor: {}}  # the bare name becomes a mapping that can hold a value
            return position, actor
        if isinstance(actor, dict) and len(actor) == 1:
            ((kind, given),) = actor.items()
            name = given.get("name") if isinstance(given, dict) else None
            kinds.append((position, str(kind), str(name) if name else str(kind)))
    named = [(position, kind) for position, kind, name in kinds if name == key]
    found = named or [(position, kind) for position, kind, _ in kinds if kind == key]
    names = [name for _, _, name in kinds]
    if not found:
        raise CampaignError(
            f"{override.flag}: no actor is called '{key}'{suggestion(key, names)}",
            f"the campaign's actors: {', '.join(names) or 'none'}",
        )
    if len(found) > 1:
        raise CampaignError(
            f"{override.flag}: {len(found)} actors answer to '{key}'",
            "give each a `name:` of its own in the campaign file",
        )
    return found[0]
