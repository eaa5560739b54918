"""The node's process: ports, death, and never outliving us."""

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from floodline.chain.anvil import AnvilNode
from floodline.chain.launch import NodeDied
from floodline.chain.process import SupervisedProcess
from floodline.foundation.errors import NodeError

pytestmark = pytest.mark.anvil

GENESIS = 1_700_000_000


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    try:
        return "\nState:\tZ" not in status.read_text()
    except OSError:
        return sys.platform != "linux"


def ends_within(pid, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


PARENT = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background
from floodline.chain.anvil import AnvilNode
node = AnvilNode.start(sys.argv[1])
print(node.process.pid, node.process._supervisor.pid, node.url, flush=True)
time.sleep(60)
"""


@pytest.fixture
def other_parent(anvil_path):
    """Another Python process that has started an Anvil, the pids of node and supervisor."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(anvil_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    node_pid, supervisor_pid, _ = parent.stdout.readline().split()
    yield parent, int(node_pid), int(supervisor_pid)
    if parent.poll() is None:
        parent.kill()
    parent.wait()
    parent.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_node_dies_with_its_parent_however_that_ends(other_parent, number):
    parent, node_pid, supervisor_pid = other_parent
    assert is_alive(node_pid)
    parent.send_signal(number)
    parent.wait(10)
    assert ends_within(node_pid, 5)
    assert ends_within(supervisor_pid, 5)


def test_ctrl_c_in_the_terminal_reaches_the_parent_only(other_parent):
    parent, node_pid, supervisor_pid = other_parent
    group = os.getpgid(parent.pid)
    assert group not in {os.getpgid(node_pid), os.getpgid(supervisor_pid)}
    assert os.getsid(parent.pid) not in {os.getsid(node_pid), os.getsid(supervisor_pid)}


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_on_linux_the_node_dies_with_its_supervisor_too(other_parent):
    _, node_pid, supervisor_pid = other_parent
    os.kill(supervisor_pid, signal.SIGKILL)
    assert ends_within(node_pid, 5)


def test_closing_ends_the_node_and_may_be_repeated(anvil_path):
    node = AnvilNode.start(anvil_path)
    assert is_alive(node.process.pid)
    node.close()
    assert not is_alive(node.process.pid)
    node.close()
    with pytest.raises(NodeError, match="closed"):
        node.block()


def test_a_temporary_log_goes_with_the_node_and_a_named_one_stays(anvil_path, tmp_path):
    with AnvilNode.start(anvil_path) as node:
        temporary = node.process.log_path
        assert temporary.exists()
    assert not temporary.exists()
    named = tmp_path / "anvil.log"
    AnvilNode.start(anvil_path, log_path=named).close()
    assert named.exists()


def test_a_temporary_log_of_a_node_that_died_stays_for_whoever_asks_why(anvil_path):
    with AnvilNode.start(anvil_path) as node:
        os.kill(node.process.pid, signal.SIGKILL)
        with pytest.raises(NodeDied):
            node.seal(GENESIS + 12)
    assert node.process.log_path.exists()
    node.process.log_path.unlink()


def test_a_fault_inside_the_with_block_still_ends_the_node(anvil_path):
    with pytest.raises(ZeroDivisionError), AnvilNode.start(anvil_path) as node:
        raise ZeroDivisionError
    assert not is_alive(node.process.pid)


def test_a_killed_node_is_reported_with_its_exit_code_log_and_next_step(anvil_path, tmp_path):
    log = tmp_path / "anvil.log"
    with AnvilNode.start(anvil_path, log_path=log) as node:
        os.kill(node.process.pid, signal.SIGKILL)
        with pytest.raises(NodeDied, match="exit code 137") as caught:
            node.seal(GENESIS + 12)
        assert caught.value.node_exit_code == 137
        assert caught.value.log_path == log
        assert str(log) in caught.value.next_step


def test_a_node_killed_while_transactions_are_sent_is_reported_as_dead(node, flooders):
    from floodline.chain.transaction import DynamicFeeTransaction

    def raws():
        for nonce in range(3000):
            if nonce == 600:
                os.kill(node.process.pid, signal.SIGKILL)
            yield (
                flooders[0]
                .sign(DynamicFeeTransaction(31337, nonce, 1, 10**12, 21_000, bytes(20)))
                .raw
            )

    with pytest.raises(NodeDied):
        node.submit_ordered(raws())


def test_a_taken_port_is_named_with_what_to_do(anvil_path):
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        with pytest.raises(NodeError, match=f"port {port} is taken") as caught:
            AnvilNode.start(anvil_path, port=port)
        assert "leave the port out" in caught.value.next_step


def test_a_fixed_port_is_used_again_right_after_its_node_ended(anvil_path):
    with AnvilNode.start(anvil_path) as node:
        port = int(node.url.rsplit(":", 1)[1])
    with AnvilNode.start(anvil_path, port=port) as again:
        assert again.url == f"http://127.0.0.1:{port}"


def test_nodes_started_at_one_time_have_their_own_ports_and_chains(anvil_path):
    with ThreadPoolExecutor(4) as pool:
        nodes = list(pool.map(lambda _: AnvilNode.start(anvil_path), range(4)))
    try:
        assert len({node.url for node in nodes}) == 4
        nodes[0].seal(GENESIS + 12)
        assert [node.block().number for node in nodes] == [1, 0, 0, 0]
    finally:
        for node in nodes:
            node.close()


def test_a_missing_executable_is_a_node_error(tmp_path):
    with pytest.raises(NodeError, match="did not start"):
        AnvilNode.start(tmp_path / "anvil")


def test_an_executable_that_is_no_anvil_is_reported_with_its_words(tmp_path):
    imposter = tmp_path / "anvil"
    imposter.write_text("#!/bin/sh\necho unexpected argument >&2\nexit 2\n")
    imposter.chmod(0o755)
    with pytest.raises(NodeDied, match="unexpected argument") as caught:
        AnvilNode.start(imposter, port=None)
    assert caught.value.node_exit_code == 2


def test_a_log_that_cannot_be_written_is_a_node_error(anvil_path, tmp_path):
    with pytest.raises(NodeError, match="log"):
        AnvilNode.start(anvil_path, log_path=tmp_path / "missing" / "anvil.log")


@pytest.mark.parametrize("chain_id", [1, 10, 8453, 0])
def test_a_chain_that_is_no_devnet_is_refused(anvil_path, chain_id):
    with pytest.raises(NodeError, match="not a devnet"):
        AnvilNode.start(anvil_path, chain_id=chain_id)


def test_a_running_node_with_a_main_networks_chain_id_is_refused(anvil_path, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(anvil_path), "--port", str(port), "--chain-id", "1", "--silent"]
    process = SupervisedProcess(command, tmp_path / "anvil.log")
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.02)
        with pytest.raises(NodeError, match="chain id 1, which is not a devnet's"):
            AnvilNode.attach(f"http://127.0.0.1:{port}")
    finally:
        process.close()


def test_the_supervisor_forwards_the_commands_exit_code(tmp_path):
    process = SupervisedProcess(["/bin/sh", "-c", "echo bye; exit 7"], tmp_path / "log")
    assert process.wait(5) == 7
    assert process.log_tail() == "bye"
    assert process.close() == 7


def test_a_command_that_ignores_a_polite_end_is_killed(tmp_path):
    stubborn = "trap '' TERM; echo ready; while :; do sleep 0.1; done"
    process = SupervisedProcess(["/bin/sh", "-c", stubborn], tmp_path / "log")
    deadline = time.monotonic() + 5
    while "ready" not in process.log_tail() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.close() == 137
    assert not is_alive(process.pid)


def test_a_run_leaves_no_states_on_disk(tmp_path, anvil_path, monkeypatch):
    """Beyond 500 blocks Anvil keeps old states in files that nobody removes: they filled a disk."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with AnvilNode.start(anvil_path, timestamp=GENESIS) as node:
        for number in range(1, 601):
            node.seal(GENESIS + 12 * number)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
