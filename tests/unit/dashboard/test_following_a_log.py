"""Following a log that grows: whole lines only, from where the reader was, until the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

from floodline.dashboard.follow import follow, lines_of


def told(log: Path, over: list[str], first: int = 0) -> str:
    """Everything that a follower tells; `over` is what each look at the state finds."""
    states = iter(over)

    async def collect() -> bytes:
        found = b""
        async for part in follow(log, lambda: next(states), lambda: False, first):
            found += part
        return found

    return asyncio.run(collect()).decode()


def test_only_whole_lines_are_read_and_the_rest_later(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    assert lines_of(log, 0) == ([], 0)
    log.write_bytes(b'{"a": 1}\n{"a"')
    assert lines_of(log, 0) == ([b'{"a": 1}'], 9)
    with log.open("ab") as file:
        file.write(b": 2}\n")
    assert lines_of(log, 9) == ([b'{"a": 2}'], 18)


def test_lines_come_as_numbered_events_and_then_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"event": "slot", "slot": 1}\n{"event": "slot", "slot": 2}\n')
    text = told(log, ["", "complete"])
    assert text.count("event: line") == 2
    assert 'id: 2\nevent: line\ndata: {"event":"slot","slot":2}' in text
    assert text.endswith('event: end\ndata: {"status":"complete"}\n\n')


def test_a_reader_that_comes_back_is_told_only_what_is_new(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"n": 1}\n{"n": 2}\n{"n": 3}\n')
    text = told(log, ["complete"], first=2)
    assert '{"n":3}' in text
    assert '{"n":2}' not in text


def test_the_last_lines_are_told_even_if_the_run_has_just_ended(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"n": 1}\n')
    assert '{"n":1}' in told(log, ["failed"])


def test_a_number_that_is_missing_becomes_null(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"price": NaN, "high": Infinity}\n')
    assert '{"price":null,"high":null}' in told(log, ["complete"])


def test_a_follower_lets_go_when_the_server_ends(tmp_path: Path) -> None:
    async def collect() -> list[bytes]:
        return [part async for part in follow(tmp_path / "none", lambda: "", lambda: True)]

    assert asyncio.run(collect()) == []
