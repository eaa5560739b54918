"""Workers as processes of this machine; one that is killed costs no more than its own job."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any, TypeVar

from floodline.foundation.closing import Closing
from floodline.study.executor import ATTEMPTS, Done

_LOOK_S = 0.2
J = TypeVar("J")
R = TypeVar("R")


class Processes(Closing):
    """Runs jobs in `workers` processes, which are started when the first job comes.

    Parameters
    ----------
    workers : int
        At least 1.

    """

    shares_disk = True

    def __init__(self, workers: int) -> None:
        self.workers = max(1, workers)
        self._context = multiprocessing.get_context("spawn")
        self._idle: list[_Worker] = []
        self._busy: dict[_Worker, _Task] = {}

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Done[J, R]]:
        """Yield each job as it comes to its end; see `floodline.study.executor.Executor`."""
        waiting = deque(_Task(job) for job in jobs)
        while waiting or self._busy:
            while waiting and len(self._busy) < self.workers:
                self._hand_over(function, waiting.popleft())
            handles: list[Any] = [handle for worker in self._busy for handle in worker.handles]
            ready = set(wait(handles))
            for worker in [worker for worker in self._busy if ready & set(worker.handles)]:
                task = self._busy.pop(worker)
                try:
                    result, error = worker.connection.recv()
                except (EOFError, OSError):
                    worker.end()
                    done = self._lost(task, worker, waiting)
                    if done is not None:
                        yield done
                    continue
                self._idle.append(worker)
                yield Done(task.job, result, error, task.attempts)

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that are busy."""
        return [worker.process.pid for worker in self._busy if worker.process.pid is not None]

    def close(self) -> None:
        """End the workers; whatever they are at tidies up behind itself."""
        for worker in [*self._idle, *self._busy]:
            worker.end()
        self._idle, self._busy = [], {}

    def _hand_over(self, function: Callable[[Any], Any], task: _Task) -> None:
        task.attempts += 1
        while self._idle:
            worker = self._idle.pop()
            if worker.take(function, task.job):
                self._busy[worker] = task
                return
            worker.end()
        worker = _Worker(self._context)
        self._busy[worker] = task
        worker.take(function, task.job)

    def _lost(self, task: _Task, worker: _Worker, waiting: deque[_Task]) -> Done[Any, Any] | None:
        """Put a job whose worker died back in its place, or give it up."""
        if task.attempts < ATTEMPTS:
            waiting.appendleft(task)
            return None
        code = worker.process.exitcode
        return Done(
            task.job,
            None,
            f"the process that ran it died {task.attempts} times, at last with exit code {code}\n"
            "  next: -9 means that it was killed, often for want of memory: use fewer --workers",
            task.attempts,
        )


@dataclass
class _Task:
    job: Any
    attempts: int = 0


class _Worker:
    """One process, and the line to it."""

    def __init__(self, context: multiprocessing.context.SpawnContext) -> None:
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=_serve, args=(theirs, os.getpid()), daemon=True
        )
        self.process.start()
        theirs.close()

    @property
    def handles(self) -> list[Any]:
        return [self.connection, self.process.sentinel]

    def take(self, function: Callable[[Any], Any], job: Any) -> bool:
        """Send a job; False where nobody is there to take it."""
        try:
            self.connection.send((function, job))
        except OSError:
            return False
        return True

    def end(self) -> None:
        self.connection.close()
        if self.process.is_alive():
            self.process.terminate()
        self.process.join(10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _serve(line: Connection[Any, Any], parent: int) -> None:
    """Do the jobs that come down the line until it is cut."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    while True:
        try:
            function, job = line.recv()
        except (EOFError, OSError):
            # The parent ends us now; in the midst of Python's own end that would show a traceback.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            return
        try:
            answer = (function(job), "")
        except Exception as error:  # noqa: BLE001 - one job's fault must not end the study
            answer = (None, f"{type(error).__name__}: {error}")
        try:
            line.send(answer)
        except OSError:
            return


def _follow(parent: int) -> None:
    """End this process, whatever it is at, when its parent has been killed."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)
