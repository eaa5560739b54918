"""New blocks as the node announces them, stamped when the word arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from floodline.chain.hexadecimal import from_quantity
from floodline.foundation.errors import NodeError

_OPEN_S = 10.0


class HeadSubscription:
    """A subscription to ``newHeads`` over a websocket.

    Parameters
    ----------
    url : str
        The node's HTTP address; its websocket listens there too.
    now_us : callable
        Tells the time.

    """

    def __init__(self, url: str, now_us: Callable[[], int]) -> None:
        self._url = url.replace("http://", "ws://", 1)
        self._now_us = now_us
        self._socket: ClientConnection | None = None

    async def open(self) -> Self:
        """Connect and subscribe.

        Raises
        ------
        NodeError
            If the node has no websocket there, or takes no subscription.

        """
        try:
            self._socket = await connect(self._url, open_timeout=_OPEN_S, max_size=None)
            await self._socket.send(
                orjson.dumps(
                    {"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"]}
                ).decode()
            )
            answer = orjson.loads(await asyncio.wait_for(self._socket.recv(), _OPEN_S))
        except (OSError, WebSocketException, TimeoutError, orjson.JSONDecodeError) as error:
            cause = str(error) or type(error).__name__
            raise NodeError(
                f"cannot subscribe to new blocks at {self._url}: {cause}",
                "use a node that serves websockets on its JSON-RPC port",
            ) from error
        if "result" not in answer:
            raise NodeError(
                f"{self._url} takes no subscription to new blocks: {str(answer)[:200]}",
                "use a node of the pinned version",
            )
        return self

    async def next(self) -> tuple[int, int]:
        """Wait for the next block; return its number and when the word of it arrived.

        Raises
        ------
        NodeError
            If the connection ends.

        """
        if self._socket is None:
            raise NodeError("the subscription is not open", "open it first")
        try:
            message = await self._socket.recv()
        except WebSocketException as error:
            raise NodeError(
                f"the node ended the subscription at {self._url}: {error}",
                "read the node's log; it may have died or restarted",
            ) from error
        stamp_us = self._now_us()
        try:
            return from_quantity(orjson.loads(message)["params"]["result"]["number"]), stamp_us
        except (KeyError, TypeError, ValueError) as error:
            raise NodeError(
                f"the word of a new block cannot be read: {str(message)[:200]}",
                "use a node of the pinned version",
            ) from error

    async def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            await self._socket.close()
