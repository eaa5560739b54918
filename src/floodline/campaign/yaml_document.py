"""Read one YAML file into plain data that remembers which line each value stands on.

Only the plain kinds pass: mappings with text keys, lists, text, finite numbers, true, false, null.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from floodline.campaign.problems import CampaignFileError, KeyPath, Problem, dotted

MOST_BYTES: Final = 4_000_000
"""A campaign is a page of text; a file larger than this is something else."""
MOST_VALUES: Final = 200_000
"""Bound on the values in one file after its anchors are followed."""
MOST_DEPTH: Final = 64
"""Bound on nesting; a mapping that contains itself by an anchor passes any bound."""


@dataclass
class Document:
    """A YAML file's data with the place of every value.

    Attributes
    ----------
    source : str
        The file's name as the person gave it.
    data : dict
        Plain data.
    lines : dict[KeyPath, int]
        Line, counted from 1, of each key (or list element) by its path.
    problems : list[Problem]
        Faults that leave the data readable, such as a key given twice.

    """

    source: str
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: KeyPath) -> int:
        """Return the line of a value, or of the nearest mapping around it that has one."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return line
        return 1


def read_document(path: Path, source: str | None = None) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path : Path
        The file.
    source : str, optional
        The name used in messages; the path by default.

    Raises
    ------
    CampaignFileError
        If there is no such file, it is not text, is not YAML, or does not hold one mapping.

    """
    name = str(path) if source is None else source
    return parse_document(_read_text(path, name), name)


def parse_document(text: str, source: str) -> Document:
    """Read YAML text; see `read_document`."""
    try:
        root = _yaml().compose(text)
        if root is None:
            raise _fault(source, 1, "the file holds nothing", "`floodline new NAME` writes one")
        if not isinstance(root, MappingNode):
            line = root.start_mark.line + 1
            kind = "a list" if isinstance(root, SequenceNode) else "one value"
            raise _fault(
                source, line, f"the file holds {kind}", "a campaign is a mapping, `key: value`"
            )
        document = Document(source, {})
        _index(document, root)
        document.data = _unshared(_yaml().load(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        said = " ".join(part for part in (error.context, error.problem) if part)
        raise _fault(source, line, f"not valid YAML: {said or 'it cannot be read'}") from error
    except RecursionError as error:
        raise _fault(source, 1, "nested too deeply to be a campaign") from error
    except (YAMLError, ValueError) as error:
        raise _fault(source, 1, f"not valid YAML: {_first_line(error)}") from error
    return document


def parse_value(text: str) -> Any:
    """Return the value that a piece of YAML stands for, as in ``--set slots=20``.

    Raises
    ------
    ValueError
        If the text is not YAML.

    """
    try:
        return _yaml().load(text)
    except YAMLError as error:
        raise ValueError(_first_line(error)) from error


def _unshared(value: Any) -> Any:
    """Return a copy in which no two places share a mapping, as places named by anchors do."""
    if isinstance(value, dict):
        return {key: _unshared(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unshared(item) for item in value]
    return value


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # they are reported with all the other faults
    return yaml


def _first_line(error: Exception) -> str:
    problem = getattr(error, "problem", None)
    return str(problem or str(error).splitlines()[0])


def _fault(source: str, line: int | None, wrong: str, right: str = "") -> CampaignFileError:
    return CampaignFileError(source, [Problem(source, line, "", wrong, right)])


def _read_text(path: Path, source: str) -> str:
    try:
        if path.is_dir():
            raise _fault(source, None, "this is a directory", "name the campaign file inside it")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _fault(source, None, f"{size:,} bytes: too large for a campaign file")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise _fault(
            source, None, "there is no such file", "`floodline new NAME` writes a new one"
        ) from error
    except OSError as error:
        raise _fault(source, None, f"it cannot be read: {error.strerror}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _fault(source, line, "not UTF-8 text", "a campaign is a YAML text file") from error
    control = next((c for c in text if ord(c) < 32 and c not in "\t\n\r"), None)
    if control is not None:
        line = text[: text.index(control)].count("\n") + 1
        raise _fault(
            source, line, "a control character: not text", "a campaign is a YAML text file"
        )
    return text


def _index(document: Document, root: Node) -> None:
    """Fill in the line of every value, and note what plain data may not hold."""
    for count, (path, line, node) in enumerate(_walk(document, root, (), root.start_mark.line + 1)):
        if count > MOST_VALUES or len(path) > MOST_DEPTH:
            wrong = f"more than {MOST_VALUES:,} values, or nested deeper than {MOST_DEPTH}"
            raise _fault(document.source, line, wrong)
        document.lines.setdefault(path, line)
        if str(node.tag).endswith(":float") and not math.isfinite(_number(node.value)):
            document.problems.append(
                Problem(document.source, line, dotted(path), "not a finite number")
            )


def _walk(
    document: Document, node: Node, path: KeyPath, line: int
) -> Iterator[tuple[KeyPath, int, Node]]:
    yield path, line, node
    if isinstance(node, SequenceNode):
        for position, item in enumerate(node.value):
            yield from _walk(document, item, (*path, position), item.start_mark.line + 1)
    elif isinstance(node, MappingNode):
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, key_line = str(key_node.value), key_node.start_mark.line + 1
            if str(key_node.tag).endswith(":merge"):
                continue  # merged keys stand where their anchor stands
            below: KeyPath = (*path, key)
            if not str(key_node.tag).endswith(":str"):
                document.problems.append(
                    Problem(document.source, key_line, dotted(below), "a key must be text")
                )
            if key in seen:
                wrong = f"this key is given twice (first on line {seen[key]})"
                document.problems.append(
                    Problem(document.source, key_line, dotted(below), wrong, "keep one of them")
                )
            seen.setdefault(key, key_line)
            yield from _walk(document, value_node, below, key_line)


def _number(text: str) -> float:
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return math.nan
