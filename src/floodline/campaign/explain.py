"""Turn pydantic's errors into problems: line, key, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from floodline.campaign.problems import KeyPath, Problem, dotted
from floodline.campaign.shape import Shape
from floodline.campaign.yaml_document import Document
from floodline.foundation.suggest import suggestion

_EXPECTED: Final = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping, `key: value`",
    "model_type": "a mapping, `key: value`",
    "model_attributes_type": "a mapping, `key: value`",
}
"""What each of pydantic's type errors asks for, in the words of a YAML file."""


def explain(
    error: ValidationError, document: Document, origins: Mapping[KeyPath, str], shape: Shape
) -> list[Problem]:
    """Return every fault that validation found.

    Parameters
    ----------
    error : ValidationError
        What validation said.
    document : Document
        The data that was validated, overrides applied, with the lines of its file.
    origins : Mapping[KeyPath, str]
        The flag that set each overridden path.
    shape : Shape
        The keys that may stand at each place.

    """
    found: dict[tuple[KeyPath, bool], Problem] = {}
    for details in error.errors(include_url=False):
        path = _path(details, document.data)
        source, line = place(document, origins, path)
        wrong, right = _words(details, path, shape)
        key = (path, details["type"] in {"missing", "extra_forbidden"})
        first = found.get(key)
        if first is not None:  # the members of a union each say why they do not fit
            wrong = first.wrong if wrong in first.wrong else f"{first.wrong}; or {wrong}"
            right = first.right or right
        found[key] = Problem(source, line, dotted(path), wrong, right)
    return list(found.values())


def place(
    document: Document, origins: Mapping[KeyPath, str], path: KeyPath
) -> tuple[str, int | None]:
    """Return file and line of a value, or the flag that set it and no line."""
    for length in range(len(path), 0, -1):
        flag = origins.get(path[:length])
        if flag is not None:
            return flag, None
    return document.source, document.line_of(path)


def _path(details: ErrorDetails, data: Any) -> KeyPath:
    """Return the path in the file; pydantic's own also names members of unions and validators."""
    path: list[str | int] = []
    here = data
    location = details["loc"]
    for index, part in enumerate(location):
        is_key = isinstance(here, Mapping) and part in here
        is_position = isinstance(here, list) and isinstance(part, int) and part < len(here)
        if is_key or is_position:
            path.append(part)
            here = here[part]
        elif index == len(location) - 1 and details["type"] == "missing":
            path.append(part)
    return tuple(path)


def _words(details: ErrorDetails, path: KeyPath, shape: Shape) -> tuple[str, str]:
    kind, given = details["type"], details["input"]
    if kind == "extra_forbidden":
        valid = shape.keys(path[:-1])
        hint = suggestion(str(path[-1]), valid) if path else ""
        return f"unknown key{hint}", f"valid here: {', '.join(valid)}" if valid else ""
    if kind == "missing":
        return "this key is required and is missing", ""
    if kind in _EXPECTED:
        return f"{_shown(given)} is not {_EXPECTED[kind]}", _allowed(path, shape)
    if kind in {"value_error", "assertion_error"}:
        return details["msg"].partition(", ")[2] or details["msg"], ""
    message = details["msg"].removeprefix("Input should be ")
    if message != details["msg"]:
        return f"{_shown(given)} is not {message}", ""
    return message, ""


def _allowed(path: KeyPath, shape: Shape) -> str:
    valid = shape.keys(path)
    return f"its keys: {', '.join(valid)}" if valid else ""


def _shown(value: Any) -> str:
    """Return a value as its file would show it, cut short."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
