"""Posting signed transactions from another thread or another process."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from floodline.chain.hexadecimal import to_data
from floodline.chain.rpc import InvalidAnswer, NeverSent, OutcomeUnknown, RpcClient, RpcFailure

_LOOK_S = 0.5


@dataclass(frozen=True)
class Fault:
    """A request that met no answer.

    Attributes
    ----------
    maybe_there : bool
        Whether the node may have got it all the same.

    """

    maybe_there: bool


Answers = list[RpcFailure | None] | Fault
"""Of each transaction None or why it was refused; or that nothing came back."""
Post = Callable[[Sequence[bytes]], Answers]


class BatchClient(Protocol):
    """A client that makes many calls in one request."""

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Make the calls; each result, or its `RpcFailure`."""


def post(client: BatchClient, raws: Sequence[bytes]) -> Answers:
    """Send raw transactions in one request."""
    try:
        answers = client.batch([("eth_sendRawTransaction", (to_data(raw),)) for raw in raws])
    except NeverSent:
        return Fault(maybe_there=False)
    except (OutcomeUnknown, InvalidAnswer):
        return Fault(maybe_there=True)
    return [answer if isinstance(answer, RpcFailure) else None for answer in answers]


def in_threads(client: BatchClient, lanes: int) -> tuple[Executor, Post]:
    """Return threads of this process, and what posts from them."""
    return ThreadPoolExecutor(lanes, thread_name_prefix="outbox"), partial(post, client)


def in_processes(url: str, count: int, timeout_s: float = 120.0) -> tuple[Executor, Post]:
    """Return processes of our own, and what posts from them: where one process is the limit.

    They end with this one, however it ends.

    Parameters
    ----------
    url : str
        The node's HTTP address.
    count : int
        Processes, each with a connection of its own.
    timeout_s : float
        Longest wait for one answer, in seconds.

    """
    executor = ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_connect,
        initargs=(url, timeout_s, os.getpid()),
    )
    return executor, _post_here


_here: dict[str, RpcClient] = {}
"""The one connection of a posting process."""


def _connect(url: str, timeout_s: float, parent: int) -> None:
    _here["client"] = RpcClient(url, 1, timeout_s)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process when its parent is gone, by whatever way it went."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(0)


def _post_here(raws: Sequence[bytes]) -> Answers:
    return post(_here["client"], raws)
