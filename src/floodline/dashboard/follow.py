"""Follow a growing ``log.jsonl`` and tell its lines as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import orjson

PAUSE_S: Final = 0.25
"""Between two looks at a file."""
_SILENT_LOOKS: Final = 40
"""Looks without news after which a comment shows that the line is alive."""


def event(name: str, content: object, number: int | None = None) -> bytes:
    """Return one server-sent event; not-a-number becomes null."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: ".encode() + orjson.dumps(content) + b"\n\n"


def lines_of(path: Path, offset: int) -> tuple[list[bytes], int]:
    """Return the whole lines beyond an offset in bytes, and the offset behind them."""
    if not path.is_file():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        got = file.read()
    whole, newline, _ = got.rpartition(b"\n")
    return ([] if not newline else whole.split(b"\n")), offset + len(whole) + len(newline)


async def follow(
    log: Path, is_over: Callable[[], str], is_ending: Callable[[], bool], first: int = 0
) -> AsyncIterator[bytes]:
    """Yield the lines of a log as events, then an event ``end`` when nobody writes any more.

    Parameters
    ----------
    log : Path
        A file of JSON lines, each with an ``event``; may not be there yet.
    is_over : callable
        Returns what became of the run or study; empty while it goes on.
    is_ending : callable
        Whether the server is about to end.
    first : int
        Lines that the reader has seen already.

    """
    offset, number, silent = 0, 0, 0
    while not is_ending():
        over = is_over()
        lines, offset = lines_of(log, offset)
        batch = []
        for line in lines:
            number += 1
            if number > first:
                batch.append(_told(line, number))
        if batch:
            yield b"".join(batch)
            silent = 0
        if over:
            yield event("end", {"status": over})
            return
        silent += 1
        if silent % _SILENT_LOOKS == 0:
            yield b": still here\n\n"
        await asyncio.sleep(PAUSE_S)


def _told(line: bytes, number: int) -> bytes:
    try:
        content = orjson.loads(line)
    except orjson.JSONDecodeError:  # a log writes NaN where a number is missing, JSON does not
        content = orjson.loads(line.replace(b"NaN", b"null").replace(b"Infinity", b"null"))
    return event("line", content, number)
