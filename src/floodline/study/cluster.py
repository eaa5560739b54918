"""Workers of a Dask cluster, reached by its scheduler's address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from floodline.foundation.closing import Closing
from floodline.foundation.errors import CampaignError
from floodline.study.executor import Done

J = TypeVar("J")
R = TypeVar("R")

_CONNECT_S = 15


class DaskCluster(Closing):
    """Runs jobs on a Dask cluster; each worker must have Floodline and its toolchain.

    Start workers with ``dask worker ADDRESS --nthreads 1``: a run keeps one core busy and starts
    a node of its own beside it.

    Parameters
    ----------
    address : str
        The scheduler's, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    CampaignError
        If there is no scheduler at the address, or it has no worker.

    """

    shares_disk = False

    def __init__(self, address: str) -> None:
        from distributed import Client  # noqa: PLC0415 - heavy

        try:
            self._client = Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CampaignError(
                f"--cluster {address}: no Dask scheduler answers there ({error})",
                "start one with `dask scheduler` and `dask worker ADDRESS --nthreads 1`",
            ) from error
        if not self.workers:
            self.close()
            raise CampaignError(
                f"--cluster {address}: the scheduler has no worker",
                f"start some with `dask worker {address} --nthreads 1`",
            )

    @property
    def workers(self) -> int:
        """How many jobs run at one time: the threads of all workers."""
        found: dict[str, int] = self._client.nthreads()
        return sum(found.values())

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Done[J, R]]:
        """Yield each job as it comes to its end; see `floodline.study.executor.Executor`.

        Only a few jobs more than there are workers are under way at one time.
        """
        from distributed import as_completed  # noqa: PLC0415 - heavy

        left = iter(jobs)
        owners: dict[Any, J] = {}

        def submit(job: J) -> Any:
            future = self._client.submit(function, job, pure=False)
            owners[future.key] = job
            return future

        first = [submit(job) for _, job in zip(range(2 * self.workers), left, strict=False)]
        if not first:
            return
        finished = as_completed(first, loop=self._client.loop)
        for future in finished:
            job = owners.pop(future.key)
            following = next(left, None)
            if following is not None:
                finished.add(submit(following))
            if future.status == "finished":
                yield Done(job, future.result())
            else:
                error = future.exception()
                yield Done(job, None, f"{type(error).__name__}: {error}")
            future.release()

    def close(self) -> None:
        """Leave the cluster; its workers stay."""
        self._client.close()
