"""How fast the live generator feeds a node, against the best that bare connections reach."""

from __future__ import annotations

import asyncio
import http.client
import os
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from floodline.campaign.live.clock import ScheduleLag
from floodline.campaign.live.outbox import Outbox, Parcel
from floodline.campaign.live.posting import BatchClient, in_threads
from floodline.chain.accounts import AccountBook
from floodline.chain.anvil import AnvilNode
from floodline.chain.genesis import GenesisAccount
from floodline.chain.geth import GethNode, GethSettings
from floodline.chain.ipc import IpcClient
from floodline.chain.rpc import RpcClient
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.bench import Measurement
from floodline.foundation.errors import ToolchainError
from floodline.toolchain.anvil import find_anvil
from floodline.toolchain.geth import find_geth

COUNT = int(os.environ.get("FLOODLINE_BENCH_COUNT", "3000"))
STEADY_S = 20.0
ENDURE_S = float(os.environ.get("FLOODLINE_BENCH_ENDURE_S", "20"))
MINE_EVERY_S = 5.0
CONNECTIONS = (1, 4, 16)
BATCHES = (1, 100, 500)
OWN_SHAPES = ((1, 100), (4, 100), (4, 500), (16, 100), (16, 500))
"""Connections and batches that the generator is tried with; a campaign chooses its own."""
SENDERS = 128
GAS_LIMIT = 1_000_000_000
BIG_POOL = {
    "globalslots": 400_000,
    "accountslots": 20_000,
    "globalqueue": 100_000,
    "accountqueue": 20_000,
}


def run() -> list[Measurement]:
    """Measure on Anvil, and on geth where there is one; ratios are taken in one run."""
    found = []
    with AnvilNode.start(find_anvil().path, gas_limit=GAS_LIMIT, connections=20) as anvil:
        bench = Bench(anvil, "Anvil")
        anvil.set_balances([(account.address, 10**24) for account in bench.accounts])
        found += bench.measure([("HTTP", lambda lanes: RpcClient(anvil.url, lanes))])
    try:
        binary = find_geth().path
    except ToolchainError:
        return found
    bench_accounts = AccountBook(11).accounts("bench", SENDERS)
    with GethNode.start(
        binary,
        {account.address: GenesisAccount(10**24) for account in bench_accounts},
        GethSettings(BIG_POOL),
        gas_limit=GAS_LIMIT,
        connections=20,
    ) as geth:
        bench = Bench(geth, "geth")
        found += bench.measure(
            [
                ("HTTP", lambda lanes: RpcClient(geth.url, lanes)),
                ("IPC", lambda lanes: IpcClient(geth.ipc_path, lanes)),
            ]
        )
    return found


class Bench:
    """Rounds of pre-signed transfers into one node."""

    def __init__(self, node: AnvilNode | GethNode, name: str) -> None:
        self.node = node
        self.name = name
        self.accounts = AccountBook(11).accounts("bench", SENDERS)
        self.nonce = 0
        self.time_s = node.block().timestamp

    def measure(self, ways: list[tuple[str, Callable[[int], BatchClient]]]) -> list[Measurement]:
        """Return the figures of each way to the node, and of the schedule over the first."""
        found = []
        rates = {}
        for way, connect in ways:
            best, shape = 0.0, (1, 1)
            for lanes in CONNECTIONS:
                for batch in BATCHES:
                    rate = self.raw(way, lanes, batch)
                    if rate > best:
                        best, shape = rate, (lanes, batch)
            ours, own = max((self.ours(connect, *each), each) for each in 2 * OWN_SHAPES)
            rates[way] = ours
            found.append(
                Measurement(
                    f"{self.name} over {way}: accepted, of the best bare connections",
                    ours / best,
                    "x",
                    0.95,
                    "at least",
                    f"{ours:,.0f} with {own[0]} x {own[1]}, of {best:,.0f} tx/s with "
                    f"{shape[0]} x {shape[1]} (connections x batch)",
                )
            )
        way = ways[0]
        steady = self.steadily(way, rates[way[0]])
        return [*found, *steady, self.enduring(way, rates[way[0]] / 8)]

    def raw(self, way: str, lanes: int, batch: int) -> float:
        """Return accepted tx/s of bare connections that send bytes made beforehand."""
        raws = self.signed(COUNT if batch > 1 else COUNT // 4)
        shares = [raws[lane::lanes] for lane in range(lanes)]
        bodies = [
            [_body(share[start : start + batch]) for start in range(0, len(share), batch)]
            for share in shares
        ]
        if way == "IPC":
            assert isinstance(self.node, GethNode)
            path = self.node.ipc_path
            work = [lambda each=each: _send_ipc(path, each) for each in bodies]
        else:
            work = [lambda each=each: _send_http(self.node.url, each) for each in bodies]
        with self.emptied(len(raws)), ThreadPoolExecutor(lanes) as threads:
            began = time.perf_counter()
            for done in [threads.submit(each) for each in work]:
                done.result()
            return len(raws) / (time.perf_counter() - began)

    def ours(self, connect: Callable[[int], BatchClient], lanes: int, batch: int) -> float:
        """Return accepted tx/s of the generator's own outbox."""
        raws = self.signed(COUNT if batch > 1 else COUNT // 4)

        async def send() -> float:
            executor, post = in_threads(connect(lanes), lanes)
            outbox = Outbox(executor, post, lanes, batch, _accepted, _lost)
            for number, raw in enumerate(raws):
                outbox.put(Parcel(number, number % SENDERS, raw, 0))
            began = time.perf_counter()
            outbox.start()
            await outbox.drain()
            took = time.perf_counter() - began
            outbox.check()
            await outbox.close()
            return len(raws) / took

        with self.emptied(len(raws)):
            return asyncio.run(send())

    def steadily(
        self, way: tuple[str, Callable[[int], BatchClient]], best: float
    ) -> list[Measurement]:
        """Return lag and processor time at half of the best rate."""
        rate = best / 2
        lag = ScheduleLag(50_000)
        cpu_node = _cpu_s(self._pid())
        cpu_ours = time.process_time()
        signing_s = 0.0

        async def send() -> None:
            nonlocal signing_s
            executor, post = in_threads(way[1](4), 4)
            outbox = Outbox(executor, post, 4, 100, _accepted, _lost)
            outbox.start()
            began = time.monotonic()
            done = 0
            ready: list[bytes] = []
            while (now := time.monotonic() - began) < STEADY_S:
                while len(ready) < rate / 20:
                    before = time.process_time()
                    ready += self.signed(SENDERS)
                    signing_s += time.process_time() - before
                due = int(now * rate)
                while done < due and ready:
                    lag.add(int((now - done / rate) * 1e6))
                    outbox.put(Parcel(done, done % SENDERS, ready.pop(0), 0))
                    done += 1
                await asyncio.sleep(0.004)
            for raw in ready:  # so that every sender has come equally far
                outbox.put(Parcel(done, done % SENDERS, raw, 0))
                done += 1
            await outbox.drain()
            await outbox.close()

        with self.emptied(0):
            asyncio.run(send())
        ours = time.process_time() - cpu_ours
        node = _cpu_s(self._pid()) - cpu_node
        return [
            Measurement(
                f"{self.name}: schedule lag p99 at half of that rate",
                lag.p99_us() / 1000,
                "ms",
                50.0,
                "at most",
                f"{rate:,.0f} tx/s for {STEADY_S:.0f} s",
            ),
            Measurement(
                f"{self.name}: generator's processor time, of the node's",
                ours / node,
                "x",
                1.0,
                "at most",
                f"{ours:.1f} s ({signing_s:.1f} s of it signing) and {node:.1f} s",
            ),
        ]

    def enduring(self, way: tuple[str, Callable[[int], BatchClient]], rate: float) -> Measurement:
        """Return how the generator's memory grows while the node mines what it sends."""
        memory: list[float] = []

        async def send() -> None:
            executor, post = in_threads(way[1](4), 4)
            outbox = Outbox(executor, post, 4, 100, _accepted, _lost)
            outbox.start()
            began = mined = time.monotonic()
            done = 0
            while (now := time.monotonic()) - began < ENDURE_S:
                due = int((now - began) * rate)
                raws = self.signed(due - done) if due > done else []
                for place, raw in enumerate(raws):
                    outbox.put(Parcel(done + place, place % SENDERS, raw, 0))
                done += len(raws)
                if now - mined > MINE_EVERY_S:
                    mined = now
                    await outbox.drain()
                    await asyncio.to_thread(self._seal)
                memory.append(_rss_mb())
                await asyncio.sleep(0.05)
            await outbox.drain()
            await outbox.close()

        with self.emptied(0):
            asyncio.run(send())
        middle = len(memory) // 2
        first, second = max(memory[:middle]), max(memory[middle:])
        return Measurement(
            f"{self.name}: generator's peak memory in the second half, of the first",
            second / first,
            "x",
            1.05,
            "at most",
            f"{first:.0f} MB and {second:.0f} MB in {ENDURE_S:.0f} s at {rate:,.0f} tx/s; "
            "FLOODLINE_BENCH_ENDURE_S=600 for ten minutes",
        )

    def _seal(self) -> None:
        self.time_s += 12
        self.node.seal(self.time_s)

    def signed(self, count: int) -> list[bytes]:
        """Return transfers that are valid next, spread over all senders."""
        raws = []
        count = -(-count // SENDERS) * SENDERS  # so that no sender's nonces have a gap
        for number in range(count):
            account = self.accounts[number % SENDERS]
            nonce = self.nonce + number // SENDERS
            raws.append(
                account.sign(
                    DynamicFeeTransaction(31337, nonce, 10**9, 10**13, 21_000, bytes(19) + b"\1", 1)
                ).raw
            )
        self.nonce += count // SENDERS
        return raws

    @contextmanager
    def emptied(self, count: int) -> Iterator[None]:
        """Check that the node took everything, and have it mined, so that each round is alone."""
        yield
        depth = self.node.pool_depth()
        assert sum(depth) >= count, f"{self.name} holds {depth} of {count}"
        while self.node.pool_depth()[0]:
            self._seal()
        self.nonce = min(self.node.nonces([one.address for one in self.accounts], self._newest()))

    def _newest(self) -> int:
        return self.node.block().number

    def _pid(self) -> int:
        assert self.node.process is not None
        return self.node.process.pid


def _body(raws: list[bytes]) -> bytes:
    return orjson.dumps(
        [
            {
                "jsonrpc": "2.0",
                "id": place,
                "method": "eth_sendRawTransaction",
                "params": ["0x" + raw.hex()],
            }
            for place, raw in enumerate(raws)
        ]
    )


def _send_http(url: str, bodies: list[bytes]) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=120)
    for body in bodies:
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()


def _send_ipc(path: Path, bodies: list[bytes]) -> None:
    with IpcClient(path) as client:
        for body in bodies:
            client._exchange(client._sockets[0], body)  # noqa: SLF001 - the bare connection is meant


def _accepted(_parcel: Parcel, failure: object) -> None:
    assert failure is None, failure


def _lost(parcel: Parcel, _maybe_there: bool) -> None:
    raise AssertionError(f"parcel {parcel.tx_id} was lost")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
