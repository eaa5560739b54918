"""JSON-RPC over a node's own socket: no HTTP around each request."""

from __future__ import annotations

import itertools
import queue
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from floodline.chain.rpc import Call, InvalidAnswer, NeverSent, OutcomeUnknown, RpcFailure
from floodline.foundation.closing import Closing

_CHUNK: Final = 1 << 18


class IpcClient(Closing):
    """A thread-safe client over a few connections to a Unix socket.

    Parameters
    ----------
    path : Path
        The socket.
    connections : int
        How many requests may be under way at one time.
    timeout_s : float
        Longest wait for one answer, in seconds.

    Raises
    ------
    NeverSent
        If nobody listens there.

    """

    def __init__(self, path: Path, connections: int = 1, timeout_s: float = 120.0) -> None:
        self._path = str(path)
        self._ids = itertools.count(1)
        self._sockets: list[socket.socket] = []
        self._idle: queue.LifoQueue[socket.socket] = queue.LifoQueue()
        for _ in range(connections):
            try:
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                connection.settimeout(timeout_s)
                connection.connect(self._path)
            except OSError as error:
                self.close()
                raise NeverSent(self._path, str(error)) from error
            self._sockets.append(connection)
            self._idle.put(connection)

    def batch(self, calls: Sequence[Call]) -> list[Any]:
        """Make many calls in one request; each result, or its `RpcFailure`, in the calls' order."""
        first = next(self._ids)
        for _ in range(len(calls) - 1):
            next(self._ids)
        body = orjson.dumps(
            [
                {"jsonrpc": "2.0", "id": first + place, "method": method, "params": params}
                for place, (method, params) in enumerate(calls)
            ]
        )
        connection = self._idle.get()
        try:
            answer = self._exchange(connection, body)
        finally:
            self._idle.put(connection)
        by_number = {item.get("id"): item for item in answer if isinstance(item, dict)}
        if len(by_number) != len(calls):
            raise InvalidAnswer(self._path, f"{len(calls)} calls, {len(by_number)} answers")
        return [_result(by_number[first + place]) for place in range(len(calls))]

    def close(self) -> None:
        """Close every connection; closing again does nothing."""
        for connection in self._sockets:
            connection.close()

    def _exchange(self, connection: socket.socket, body: bytes) -> list[Any]:
        try:
            connection.sendall(body)
            raw = b""
            while not raw.endswith(b"\n"):
                chunk = connection.recv(_CHUNK)
                if not chunk:
                    raise OutcomeUnknown(self._path, "a batch", "the node closed the connection")
                raw += chunk
        except OSError as error:
            raise OutcomeUnknown(self._path, "a batch", str(error)) from error
        try:
            answer = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise InvalidAnswer(self._path, f"{error}: {raw[:200]!r}") from error
        if not isinstance(answer, list):
            raise InvalidAnswer(self._path, f"a batch was answered by {str(answer)[:200]}")
        return answer


def _result(item: dict[str, Any]) -> Any:
    error = item.get("error")
    if error is None:
        return item.get("result")
    return RpcFailure(int(error.get("code", 0)), str(error.get("message", "")))
