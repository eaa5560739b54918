"""Where words go: data on stdout, everything else on stderr; colour only where it is wanted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any, Final

RED: Final = "31"
GREEN: Final = "32"
YELLOW: Final = "33"
BOLD: Final = "1"
DIM: Final = "2"


def wants_colour(stream: IO[str]) -> bool:
    """Whether a stream is a terminal whose person did not set ``NO_COLOR``."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, code: str, stream: IO[str]) -> str:
    """Return the text in a colour (an SGR code) if the stream takes colour."""
    return f"\x1b[{code}m{text}\x1b[0m" if wants_colour(stream) else text


def say(text: str = "", code: str = "") -> None:
    """Write a line to stdout."""
    write(sys.stdout, f"{paint(text, code, sys.stdout) if code else text}\n")


def note(text: str, code: str = "") -> None:
    """Write a line to stderr."""
    write(sys.stderr, f"{paint(text, code, sys.stderr) if code else text}\n")


def say_json(content: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write one JSON document to stdout."""
    write(sys.stdout, json.dumps(content, indent=2, allow_nan=False) + "\n")


def say_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
) -> None:
    """Write a table to stdout.

    Parameters
    ----------
    title : str
        Line above the table.
    columns : Sequence[str]
        Headings.
    rows : Sequence[Sequence[str]]
        Cells, shown as they are.
    right : Sequence[int]
        Positions of the columns that hold numbers.

    """
    from rich import box  # noqa: PLC0415 - keeps `floodline --help` quick
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position in right else "left")
    for row in rows:
        table.add_row(*[Text(cell) for cell in row])
    terminal = sys.stdout.isatty()
    console = Console(
        file=None, width=None if terminal else 140, no_color=not wants_colour(sys.stdout)
    )
    with console.capture() as capture:
        console.print(table)
    text = capture.get()
    write(sys.stdout, "\n".join(line.rstrip() for line in text.splitlines()) + "\n")


def write(stream: IO[str], text: str) -> None:
    """Write text at once; a reader that has gone away, as ``| head`` does, is no fault."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
