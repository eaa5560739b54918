"""The RPC client against real sockets that answer, refuse, hang up and talk nonsense."""

import json
import socket
import threading

import pytest

from floodline.chain.rpc import (
    InvalidAnswer,
    NeverSent,
    OutcomeUnknown,
    Refused,
    RpcClient,
    RpcFailure,
    is_loopback,
    is_read,
)
from floodline.foundation.errors import NodeError, SubmissionError

HANG_UP = object()


class ScriptedServer:
    """An HTTP server on a real socket: each request is answered by the next item of a script."""

    def __init__(self, script, keep_alive=True, port=0):
        self.requests = []
        self.connections = 0
        self._script = list(script)
        self._keep_alive = keep_alive
        self._listener = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _serve(self):
        while self._script:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rb") as reader:
                while self._script and self._answer(connection, reader):
                    if not self._keep_alive:
                        break

    def _answer(self, connection, reader):
        size = 0
        while (line := reader.readline()) not in {b"\r\n", b""}:
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        if not size:
            return False
        request = json.loads(reader.read(size))
        self.requests.append(request)
        answer = self._script.pop(0)
        if answer is HANG_UP:
            return False
        body = answer(request) if callable(answer) else answer
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
        connection.sendall(head + raw)
        return True


def result(value):
    return lambda request: {"jsonrpc": "2.0", "id": request["id"], "result": value}


def error(code, message, **more):
    failure = {"code": code, "message": message, **more}
    return lambda request: {"jsonrpc": "2.0", "id": request["id"], "error": failure}


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_result_is_returned_and_the_connection_is_kept():
    with ScriptedServer([result("0x1"), result(None)]) as server, RpcClient(server.url) as client:
        assert client.call("eth_chainId") == "0x1"
        assert client.call("evm_mine", {"timestamp": 5}) is None
        assert server.connections == 1
        assert server.requests[1]["params"] == [{"timestamp": 5}]


def test_an_error_answer_is_refused_with_code_message_and_revert_data():
    script = [error(3, "execution reverted", data="0x08c379a0")]
    with ScriptedServer(script) as server, RpcClient(server.url) as client:
        with pytest.raises(Refused, match=r"eth_call.*execution reverted") as caught:
            client.call("eth_call", {})
        assert caught.value.failure == RpcFailure(3, "execution reverted", b"\x08\xc3\x79\xa0")


def test_a_batch_returns_results_and_failures_in_the_order_of_its_calls():
    def shuffled(requests):
        answers = [result(index)(request) for index, request in enumerate(requests)]
        answers[1] = error(-32003, "nonce too low")(requests[1])
        return answers[::-1]

    with ScriptedServer([shuffled]) as server, RpcClient(server.url) as client:
        found = client.batch([("eth_sendRawTransaction", ("0x",))] * 3)
        assert found == [0, RpcFailure(-32003, "nonce too low"), 2]


def test_an_empty_batch_asks_nothing():
    client = RpcClient(f"http://127.0.0.1:{closed_port()}")
    assert client.batch([]) == []


def test_a_node_that_is_not_there_was_never_sent_anything():
    client = RpcClient(f"http://127.0.0.1:{closed_port()}", attempts=2)
    with pytest.raises(NeverSent, match="refused"):
        client.call("eth_sendRawTransaction", "0x")


def test_a_node_that_comes_up_between_attempts_is_reached():
    port = closed_port()
    client = RpcClient(f"http://127.0.0.1:{port}", attempts=8)
    started = []
    timer = threading.Timer(
        0.15, lambda: started.append(ScriptedServer([result("0x1")], port=port))
    )
    timer.start()
    assert client.call("eth_sendRawTransaction", "0x") == "0x1"
    timer.join()
    assert len(started[0].requests) == 1


def test_a_send_that_lost_its_answer_is_unknown_and_not_repeated():
    with ScriptedServer([HANG_UP, result("0x1")]) as server, RpcClient(server.url) as client:
        with pytest.raises(OutcomeUnknown, match="eth_sendRawTransaction"):
            client.call("eth_sendRawTransaction", "0x")
        assert len(server.requests) == 1


def test_a_batch_that_holds_one_send_is_not_repeated():
    with ScriptedServer([HANG_UP, result("0x1")]) as server, RpcClient(server.url) as client:
        with pytest.raises(SubmissionError):
            client.batch([("eth_chainId", ()), ("evm_mine", ())])
        assert len(server.requests) == 1


def test_a_read_that_lost_its_answer_is_repeated():
    with (
        ScriptedServer([HANG_UP, HANG_UP, result("0x7")]) as server,
        RpcClient(server.url) as client,
    ):
        assert client.call("eth_getBalance", "0x", "latest") == "0x7"
        assert len(server.requests) == 3


def test_a_read_is_not_repeated_for_ever():
    with ScriptedServer([HANG_UP] * 9) as server, RpcClient(server.url, attempts=3) as client:
        with pytest.raises(OutcomeUnknown):
            client.call("eth_blockNumber")
        assert len(server.requests) == 3


def test_a_send_over_a_connection_that_the_node_closed_goes_over_a_new_one():
    script = [result("0x1"), result("0x2")]
    with ScriptedServer(script, keep_alive=False) as server, RpcClient(server.url) as client:
        assert client.call("eth_sendRawTransaction", "0x") == "0x1"
        threading.Event().wait(0.05)
        assert client.call("eth_sendRawTransaction", "0x") == "0x2"
        assert server.connections == 2


def test_a_node_that_takes_too_long_leaves_the_outcome_unknown():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        client = RpcClient(f"http://127.0.0.1:{port}", timeout_s=0.1)
        with pytest.raises(OutcomeUnknown, match="timed out"):
            client.call("evm_mine")


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        {"jsonrpc": "2.0", "id": 999, "result": 1},
        lambda request: {"jsonrpc": "2.0", "id": request["id"]},
        lambda request: {"jsonrpc": "2.0", "id": request["id"], "error": "no"},
        [],
        None,
    ],
)
def test_an_answer_that_is_not_json_rpc_is_called_so(answer):
    with (
        ScriptedServer([answer]) as server,
        RpcClient(server.url) as client,
        pytest.raises(InvalidAnswer),
    ):
        client.call("eth_chainId")


@pytest.mark.parametrize(
    "answer",
    [
        {"jsonrpc": "2.0", "id": 1, "result": 1},
        lambda requests: [result(1)(requests[0])],
        lambda requests: [result(1)(requests[0])] * 2,
        lambda requests: [result(1)(requests[0]), {"id": 77, "result": 1}],
    ],
)
def test_a_batch_answered_in_part_is_an_invalid_answer(answer):
    with (
        ScriptedServer([answer]) as server,
        RpcClient(server.url) as client,
        pytest.raises(InvalidAnswer),
    ):
        client.batch([("eth_chainId", ()), ("eth_blockNumber", ())])


def test_a_client_is_usable_after_an_invalid_answer():
    with ScriptedServer([b"{", result("0x1")]) as server, RpcClient(server.url) as client:
        with pytest.raises(InvalidAnswer):
            client.call("eth_chainId")
        assert client.call("eth_chainId") == "0x1"


def test_a_closed_client_says_so():
    client = RpcClient("http://127.0.0.1:1")
    client.close()
    client.close()
    with pytest.raises(NeverSent, match="closed"):
        client.call("eth_chainId")


@pytest.mark.parametrize("url", ["http://10.1.2.3:8545", "http://node.example:8545"])
def test_a_node_elsewhere_is_refused_unless_allowed_in_so_many_words(url):
    with pytest.raises(NodeError, match="not on this machine"):
        RpcClient(url)
    RpcClient(url, allow_remote=True).close()


@pytest.mark.parametrize("url", ["ws://127.0.0.1:8545", "https://127.0.0.1", "127.0.0.1:8545", ""])
def test_an_address_that_is_not_plain_http_is_refused(url):
    with pytest.raises(NodeError, match="not an address"):
        RpcClient(url)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - the point of the case
        ("localhost.example", False),
        ("192.168.0.1", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("method", "read"),
    [
        ("eth_getLogs", True),
        ("eth_call", True),
        ("debug_traceTransaction", True),
        ("eth_sendRawTransaction", False),
        ("evm_mine", False),
        ("anvil_setBalance", False),
        ("evm_snapshot", False),
        ("anything_new", False),
    ],
)
def test_only_known_reads_count_as_reads(method, read):
    assert is_read(method) is read


def test_several_threads_share_the_pool():
    echo = [lambda request: result(request["params"][0])(request)] * 40
    with ScriptedServer(echo) as server, RpcClient(server.url, connections=1) as client:
        found = []

        def ask(number):
            found.append((number, client.call("eth_getBalance", number)))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == [(number, number) for number in range(40)]
