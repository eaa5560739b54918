"""The Engine API: how a consensus client makes an execution client build and take blocks.

Method versions are those of Osaka (execution-apis, src/engine): forkchoiceUpdated V3, getPayload
V5, newPayload V4.
"""

from __future__ import annotations

import time
from typing import Any, Final

import jwt

from floodline.chain.answers import parse
from floodline.chain.hexadecimal import to_data
from floodline.chain.rpc import Refused, RpcClient
from floodline.foundation.closing import Closing
from floodline.foundation.errors import NodeError

_ZERO_HASH: Final = "0x" + "00" * 32
_ZERO_ADDRESS: Final = "0x" + "00" * 20
SECRET_BYTES: Final = 32
"""Length of the secret that both clients share."""


def bearer_token(secret: bytes) -> str:
    """Return a token that proves knowledge of the secret now: a JWT signed by HMAC-SHA-256."""
    return jwt.encode({"iat": int(time.time())}, secret, algorithm="HS256")


class EngineApi(Closing):
    """A client of one node's Engine API.

    Parameters
    ----------
    url : str
        The authenticated endpoint, ``http://127.0.0.1:port``.
    secret : bytes
        The shared secret, 32 bytes.
    timeout_s : float
        Longest wait for one answer, in seconds.

    """

    def __init__(self, url: str, secret: bytes, timeout_s: float = 120.0) -> None:
        if len(secret) != SECRET_BYTES:
            raise NodeError(
                f"the JWT secret has {len(secret)} bytes, wanted {SECRET_BYTES}",
                "give the secret of the node's --authrpc.jwtsecret file, 64 hexadecimal digits",
            )
        self._rpc = RpcClient(url, timeout_s=timeout_s, token=lambda: bearer_token(secret))

    def start_building(self, parent_hash: str, timestamp: int) -> str:
        """Ask for a block on top of a parent; return the payload's id.

        Raises
        ------
        NodeError
            If the node does not know the parent, or does not want to build.

        """
        attributes = {
            "timestamp": hex(timestamp),
            "prevRandao": _ZERO_HASH,
            "suggestedFeeRecipient": _ZERO_ADDRESS,
            "withdrawals": [],
            "parentBeaconBlockRoot": _ZERO_HASH,
        }
        answer = self._choose(parent_hash, attributes)
        payload_id = answer.get("payloadId")
        if not isinstance(payload_id, str):
            raise NodeError(
                f"the node started no payload at timestamp {timestamp}: {answer}",
                "give each block a later timestamp than its parent's",
            )
        return payload_id

    def payload(self, payload_id: str) -> dict[str, Any]:
        """Return what was built, and stop the building."""
        return parse(dict, self._call("engine_getPayloadV5", payload_id), "payload")

    def import_payload(self, built: dict[str, Any]) -> str:
        """Have a built block executed and taken as the chain's head; return its hash.

        Raises
        ------
        NodeError
            If the node finds the block invalid.

        """
        execution, requests = parse(
            lambda answer: (answer["executionPayload"], answer["executionRequests"]),
            built,
            "payload",
        )
        status = self._call("engine_newPayloadV4", execution, [], _ZERO_HASH, requests)
        _valid(status, f"block {execution.get('blockNumber')}")
        block_hash = str(execution["blockHash"])
        self._choose(block_hash, None)
        return block_hash

    def close(self) -> None:
        """Close the connection; closing again does nothing."""
        self._rpc.close()

    def _choose(self, head: str, attributes: dict[str, Any] | None) -> dict[str, Any]:
        state = {
            "headBlockHash": head,
            "safeBlockHash": _ZERO_HASH,
            "finalizedBlockHash": _ZERO_HASH,
        }
        answer = parse(
            dict, self._call("engine_forkchoiceUpdatedV3", state, attributes), "forkchoice"
        )
        _valid(answer.get("payloadStatus"), f"head {head}")
        return answer

    def _call(self, method: str, *params: Any) -> Any:
        try:
            return self._rpc.call(method, *params)
        except Refused as error:
            raise NodeError(
                f"the Engine API refused {method}: {error.failure.message}",
                "read the node's log; timestamps must rise from block to block",
            ) from error


def _valid(status: Any, what: str) -> None:
    verdict = status.get("status") if isinstance(status, dict) else None
    if verdict != "VALID":
        raise NodeError(
            f"the node does not accept {what}: {status}",
            "a node that answers SYNCING has lost its chain; start the run again on a fresh node",
        )


def new_secret_text(secret: bytes) -> str:
    """Return a secret as the file of ``--authrpc.jwtsecret`` holds it."""
    return to_data(secret)
