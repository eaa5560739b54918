"""What is said where the Engine API is misused, and that nothing of a geth is left behind."""

import os
import re
import secrets
import signal
from pathlib import Path

import pytest

from floodline.chain.accounts import AccountBook
from floodline.chain.engine_api import EngineApi
from floodline.chain.genesis import GenesisAccount
from floodline.chain.geth import GethNode, GethSettings
from floodline.chain.ipc import IpcClient
from floodline.chain.launch import NodeDied
from floodline.chain.rpc import NeverSent, OutcomeUnknown, RpcClient, RpcFailure, Unauthorised
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.errors import NodeError

pytestmark = pytest.mark.geth

GENESIS_S = 1_767_225_600


@pytest.fixture
def geth(geth_path, tmp_path):
    holders = AccountBook(1).accounts("holder", 3)
    with GethNode.start(
        geth_path,
        {holder.address: GenesisAccount(10**20) for holder in holders},
        GethSettings({}),
        timestamp=GENESIS_S,
        log_path=tmp_path / "geth.log",
    ) as node:
        node.holders = holders
        yield node


def engine_url(node):
    return node._engine._rpc.url


def test_a_wrong_secret_is_refused_by_name(geth):
    with (
        EngineApi(engine_url(geth), secrets.token_bytes(32)) as stranger,
        pytest.raises(Unauthorised, match="refused our token") as caught,
    ):
        stranger.start_building(geth._head, GENESIS_S + 12)
    assert "secret" in caught.value.next_step


def test_a_missing_token_is_refused_by_name(geth):
    with (
        RpcClient(engine_url(geth)) as stranger,
        pytest.raises(Unauthorised, match="missing token"),
    ):
        stranger.call("engine_exchangeCapabilities", [])


def test_a_token_from_a_clock_that_stepped_back_is_refused_by_name(geth, monkeypatch):
    monkeypatch.setattr("floodline.chain.engine_api.time.time", lambda: 1_000_000_000.0)
    with pytest.raises(Unauthorised, match="stale token") as caught:
        geth.seal(GENESIS_S + 12)
    assert "clock" in caught.value.next_step


def test_a_secret_of_another_length_is_refused_before_anything_is_sent():
    with pytest.raises(NodeError, match="has 31 bytes, wanted 32"):
        EngineApi("http://127.0.0.1:1", bytes(31))


def test_a_block_that_is_not_later_than_its_parent_is_refused_with_the_reason(geth):
    geth.seal(GENESIS_S + 12)
    with pytest.raises(NodeError, match="Engine API refused engine_forkchoiceUpdatedV3"):
        geth.seal(GENESIS_S + 12)
    assert geth.seal(GENESIS_S + 24).number == 2


def test_a_full_pool_refuses_in_words_that_are_understood(geth_path, tmp_path):
    holders = AccountBook(1).accounts("holder", 3)
    with GethNode.start(
        geth_path,
        {holder.address: GenesisAccount(10**20) for holder in holders},
        GethSettings({"globalslots": 1, "globalqueue": 1}),
        log_path=tmp_path / "geth.log",
    ) as small:
        answers = [
            small.offer(
                holder.sign(
                    DynamicFeeTransaction(31337, 0, 10**9, 10**11 - n, 21_000, bytes(20))
                ).raw
            )[0]
            for n, holder in enumerate(holders)
        ]
    assert [isinstance(answer, bytes) for answer in answers] == [True, True, False]
    assert "underpriced" in answers[2].message


def test_a_geth_that_is_killed_is_named_and_its_folder_goes_with_it(geth):
    folder = Path(geth._folder.name)
    assert folder.is_dir()
    os.kill(geth.process.pid, signal.SIGKILL)
    with pytest.raises(NodeDied, match=r"geth process .* exit code 137"):
        geth.seal(GENESIS_S + 12)
    geth.close()
    assert not folder.exists()


def test_a_taken_port_is_told_and_leaves_no_folder(geth, geth_path, tmp_path):
    port = int(re.search(r":(\d+)$", geth.url)[1])
    before = set(Path(geth._folder.name).parent.glob("floodline-geth-*"))
    with pytest.raises(NodeError, match=f"port {port} is taken"):
        GethNode.start(geth_path, {}, GethSettings({}), port=port, log_path=tmp_path / "other.log")
    assert set(Path(geth._folder.name).parent.glob("floodline-geth-*")) == before


def test_the_socket_answers_as_http_does_and_a_dead_one_is_told_apart(geth):
    calls = [("eth_chainId", ()), ("eth_getBlockByNumber", ("0x0", False)), ("no_such", ())]
    with IpcClient(geth.ipc_path, 2) as ipc:
        over_socket, over_http = ipc.batch(calls), geth.rpc.batch(calls)
        assert over_socket == over_http
        assert isinstance(over_socket[2], RpcFailure)
        os.kill(geth.process.pid, signal.SIGKILL)
        geth.process.wait(5)
        with pytest.raises(OutcomeUnknown, match="whether it was executed"):
            ipc.batch(calls)
    with pytest.raises(NeverSent, match="could not reach"):
        IpcClient(geth.ipc_path)
