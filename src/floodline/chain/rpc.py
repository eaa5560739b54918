"""JSON-RPC over HTTP: kept-alive connections, batches, and faults that say what may be retried.

A request ends in one of four ways, and they are told apart because a transaction must never be
sent twice by accident:

* an answer;
* `Refused`: the node answered with an error, nothing is unknown;
* `NeverSent`: the request did not reach the node in full, so repeating it is safe (and is done);
* `OutcomeUnknown`: the connection was lost after sending. A read is repeated, anything that may
  change the node's state is not.
"""

from __future__ import annotations

import http.client
import ipaddress
import itertools
import queue
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from floodline.foundation.closing import Closing
from floodline.foundation.errors import NodeError, SubmissionError

Call = tuple[str, Sequence[Any]]
"""A method's name with its parameters."""

_READ_PREFIXES = ("eth_get", "net_", "web3_", "txpool_", "debug_", "trace_")
_READ_METHODS = frozenset(
    {
        "eth_accounts",
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_estimateGas",
        "eth_feeHistory",
        "eth_gasPrice",
        "eth_maxPriorityFeePerGas",
        "eth_syncing",
        "anvil_dumpState",
        "anvil_nodeInfo",
    }
)
_HEADERS = {"Content-Type": "application/json"}


def is_read(method: str) -> bool:
    """Return whether a method leaves the node as it is, so that it may be asked again."""
    return method in _READ_METHODS or method.startswith(_READ_PREFIXES)


@dataclass(frozen=True)
class RpcFailure:
    """An error object in a node's answer.

    Attributes
    ----------
    code : int
        JSON-RPC error code; 3 is an execution that reverted, -32003 a refused transaction.
    message : str
        The node's own words.
    data : bytes
        Revert data, empty where the node gave none.

    """

    code: int
    message: str
    data: bytes = b""


class Refused(NodeError):  # noqa: N818 - the outcome is the name
    """The node understood the request and answered with an error.

    Attributes
    ----------
    method : str
        The method that was called.
    failure : RpcFailure
        Code, message and revert data.

    """

    def __init__(self, method: str, failure: RpcFailure) -> None:
        super().__init__(
            f"the node refused {method}: {failure.message} (code {failure.code})",
            "check the call's arguments and the node's log",
        )
        self.method = method
        self.failure = failure


class NeverSent(NodeError):  # noqa: N818 - the outcome is the name
    """The request never reached the node in full; sending it again is safe."""

    def __init__(self, url: str, cause: str) -> None:
        super().__init__(
            f"could not reach the node at {url}: {cause}",
            "check that the node is running and that the address is right",
        )
        self.url = url


class OutcomeUnknown(SubmissionError):  # noqa: N818 - the outcome is the name
    """The connection was lost after the request was sent: it may or may not have been executed."""

    def __init__(self, url: str, methods: str, cause: str) -> None:
        super().__init__(
            f"lost the node at {url} after sending {methods}: {cause}; whether it was executed "
            "is unknown",
            "look into the node's log; start the run again on a fresh node",
        )
        self.url = url
        self.methods = methods


class Unauthorised(NodeError):  # noqa: N818 - the outcome is the name
    """The node does not accept our token, or wants one and has none."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(
            f"{url} refused our token: {detail}",
            "check that node and client share one JWT secret and that the machine's clock is right "
            "(a token is good for 60 s)",
        )
        self.url = url


class InvalidAnswer(NodeError):  # noqa: N818 - the outcome is the name
    """The node answered with something that is not the JSON-RPC reply to the question."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(
            f"the answer of {url} is not valid JSON-RPC: {detail}",
            "check that the address is an Ethereum node's HTTP endpoint",
        )
        self.url = url


class RpcClient(Closing):
    """A thread-safe JSON-RPC client over a small pool of kept-alive connections.

    Parameters
    ----------
    url : str
        ``http://host:port`` of the node.
    connections : int
        How many requests may be under way at one time.
    timeout_s : float
        Longest wait for one answer, in seconds.
    allow_remote : bool
        Whether an address that is not loopback is accepted.
    attempts : int
        How often a request that is safe to repeat is made.
    token : callable, optional
        Makes the bearer token of each request, where the node wants one.

    Raises
    ------
    NodeError
        If the address is not plain HTTP, or not loopback without `allow_remote`.

    """

    def __init__(
        self,
        url: str,
        connections: int = 1,
        timeout_s: float = 120.0,
        *,
        allow_remote: bool = False,
        attempts: int = 4,
        token: Callable[[], str] | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise NodeError(f"not an address of a node: {url}", "give it as http://127.0.0.1:8545")
        if not allow_remote and not is_loopback(parts.hostname):
            raise NodeError(
                f"{url} is not on this machine; Floodline floods loopback nodes only",
                "use a local devnet, or say allow_remote=True if the node is a devnet of your own",
            )
        self.url = url
        self._path = parts.path or "/"
        self._attempts = attempts
        self._token = token
        self._ids = itertools.count(1)
        self._closed = False
        self._idle: queue.LifoQueue[http.client.HTTPConnection] = queue.LifoQueue()
        self._pool = [
            http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=timeout_s)
            for _ in range(connections)
        ]
        for connection in self._pool:
            self._idle.put(connection)

    def call(self, method: str, *params: Any) -> Any:
        """Call one method and return its result.

        Raises
        ------
        Refused
            If the node answered with an error.
        NeverSent, OutcomeUnknown, InvalidAnswer
            As the module describes.

        """
        number = next(self._ids)
        body = orjson.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        answer = self._exchange(body, method, repeatable=is_read(method))
        result = self._result(answer, number)
        if isinstance(result, RpcFailure):
            raise Refused(method, result)
        return result

    def batch(self, calls: Sequence[Call]) -> list[Any]:
        """Make many calls in one request; each result, or its `RpcFailure`, in the calls' order.

        Anvil keeps the order of execution only in batches of at most 30 calls.
        """
        if not calls:
            return []
        first = next(self._ids)
        request = [
            {"jsonrpc": "2.0", "id": first + index, "method": method, "params": params}
            for index, (method, params) in enumerate(calls)
        ]
        for _ in range(len(calls) - 1):
            next(self._ids)
        repeatable = all(is_read(method) for method, _ in calls)
        described = f"{len(calls)} calls ({calls[0][0]}, ...)"
        answer = self._exchange(orjson.dumps(request), described, repeatable=repeatable)
        if not isinstance(answer, list):
            raise InvalidAnswer(self.url, f"a batch was answered by {str(answer)[:200]}")
        by_number = {item.get("id"): item for item in answer if isinstance(item, dict)}
        if len(by_number) != len(calls) or len(answer) != len(calls):
            raise InvalidAnswer(self.url, f"{len(calls)} calls, {len(answer)} answers")
        return [
            self._result(by_number.get(first + index), first + index) for index in range(len(calls))
        ]

    def close(self) -> None:
        """Close every connection; closing again does nothing."""
        self._closed = True
        for connection in self._pool:
            connection.close()

    def _result(self, answer: Any, number: int) -> Any:
        if not isinstance(answer, dict) or answer.get("id") != number:
            raise InvalidAnswer(self.url, f"no answer to request {number}: {str(answer)[:200]}")
        if "result" in answer:
            return answer["result"]
        error = answer.get("error")
        if not isinstance(error, dict) or not isinstance(error.get("code"), int):
            raise InvalidAnswer(self.url, f"neither result nor error: {str(answer)[:200]}")
        return RpcFailure(error["code"], str(error.get("message", "")), _revert_data(error))

    def _exchange(self, body: bytes, described: str, *, repeatable: bool) -> Any:
        if self._closed:
            raise NeverSent(self.url, "this client is closed")
        connection = self._idle.get()
        try:
            for attempt in range(1, self._attempts + 1):
                try:
                    raw = self._post(connection, body, described)
                except NeverSent:
                    if attempt == self._attempts:
                        raise
                except OutcomeUnknown:
                    if attempt == self._attempts or not repeatable:
                        raise
                else:
                    return self._parse(raw)
                time.sleep(0.02 * 2**attempt)
        finally:
            self._idle.put(connection)
        raise AssertionError("unreachable")  # pragma: no cover

    def _post(self, connection: http.client.HTTPConnection, body: bytes, described: str) -> bytes:
        try:
            if connection.sock is not None and _has_gone(connection.sock):
                connection.close()
            if connection.sock is None:
                connection.connect()
            connection.request("POST", self._path, body, self._headers())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise NeverSent(self.url, str(error) or type(error).__name__) from error
        try:
            response = connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            cause = str(error) or type(error).__name__
            raise OutcomeUnknown(self.url, described, cause) from error
        except BaseException:
            connection.close()
            raise
        if response.status == http.HTTPStatus.UNAUTHORIZED:
            raise Unauthorised(self.url, raw.decode(errors="replace").strip()[:200])
        if response.status != http.HTTPStatus.OK:
            raise InvalidAnswer(self.url, f"HTTP status {response.status}: {raw[:200]!r}")
        return raw

    def _headers(self) -> dict[str, str]:
        if self._token is None:
            return _HEADERS
        return {**_HEADERS, "Authorization": f"Bearer {self._token()}"}

    def _parse(self, raw: bytes) -> Any:
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise InvalidAnswer(self.url, f"{error}: {raw[:200]!r}") from error


def is_loopback(host: str) -> bool:
    """Return whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _has_gone(idle: socket.socket) -> bool:
    """Return whether the node closed an idle connection: readable though no answer is due."""
    poll = select.poll()
    poll.register(idle, select.POLLIN)
    return bool(poll.poll(0))


def _revert_data(error: dict[str, Any]) -> bytes:
    data = error.get("data")
    if isinstance(data, dict):
        data = data.get("data")
    if not isinstance(data, str) or not data.startswith("0x"):
        return b""
    try:
        return bytes.fromhex(data[2:])
    except ValueError:
        return b""
