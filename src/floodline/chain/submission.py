"""Sending in order while the next ones are being made."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_WAITING_BATCHES = 8


def send_pipelined(
    items: Iterable[T], size: int, send: Callable[[Sequence[T]], list[R]]
) -> list[R]:
    """Send items in batches from another thread, in order, and return what became of each.

    The items are taken from the iterable here and now, at most a few batches ahead of the sending:
    a generator that signs works while the node does. What fits in one batch is sent directly.

    Parameters
    ----------
    items : iterable
        What to send, in order.
    size : int
        Items in a batch.
    send : callable
        Sends one batch and returns an outcome for each of its items.

    Raises
    ------
    BaseException
        The first fault of `send`; nothing after it is sent.

    """
    batches = _batched(items, size)
    first = next(batches, None)
    if first is None:
        return []
    if len(first) < size:
        return send(first)
    waiting: queue.Queue[Sequence[T] | None] = queue.Queue(maxsize=_WAITING_BATCHES)
    outcomes: list[R] = []
    faults: list[BaseException] = []

    def work() -> None:
        while (batch := waiting.get()) is not None:
            if faults:
                continue
            try:
                outcomes.extend(send(batch))
            except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
                faults.append(error)

    sender = threading.Thread(target=work, name="submission", daemon=True)
    sender.start()
    try:
        for batch in itertools.chain([first], batches):
            waiting.put(batch)
            if faults:
                break
    finally:
        waiting.put(None)
        sender.join()
    if faults:
        raise faults[0]
    return outcomes


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
