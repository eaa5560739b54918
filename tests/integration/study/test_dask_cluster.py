"""The same study on a Dask cluster as on this machine's processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from distributed import LocalCluster
from tiny_campaign import opened, tiny_file

from floodline.foundation.errors import CampaignError
from floodline.study.cluster import DaskCluster
from floodline.study.design import Design
from floodline.study.processes import Processes
from floodline.study.question import Question
from floodline.study.sweep import run_sweep

pytestmark = pytest.mark.anvil


def test_a_dask_cluster_gives_the_same_outcomes_as_this_machines_processes(
    tmp_path: Path, processes: Processes
) -> None:
    question, design = Question(tiny_file(tmp_path)), Design("grid", (), 0, 1)
    with opened(tmp_path / "here", processes) as study:
        here = run_sweep(study, question, design, [1, 2, 3])
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        DaskCluster(cluster.scheduler_address) as executor,
        opened(tmp_path / "there", executor) as study,
    ):
        there = run_sweep(study, question, design, [1, 2, 3])
    assert not there.failed
    assert [r.outcome_hash for r in there.results] == [r.outcome_hash for r in here.results]


def test_an_address_where_nobody_answers_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("floodline.study.cluster._CONNECT_S", 1)
    with pytest.raises(CampaignError, match="no Dask scheduler answers there"):
        DaskCluster("tcp://127.0.0.1:9")
