"""A run made again from its manifest: the same bytes, or what one change does to them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from floodline.campaign.explain import explain
from floodline.campaign.overrides import apply_overrides, parse_override
from floodline.campaign.problems import CampaignFileError
from floodline.campaign.schema import Campaign
from floodline.campaign.shape import Shape
from floodline.campaign.yaml_document import Document
from floodline.foundation.errors import AnalysisError
from floodline.measure.files import outcome_hash
from floodline.study.folder import MANIFEST, RunInfo
from floodline.study.manifest import package_versions
from floodline.study.progress import Progress
from floodline.study.run import RunResult, run_campaign


@dataclass(frozen=True)
class Replay:
    """What came of making a run again.

    Attributes
    ----------
    expected, got : str
        Outcome hash of then and of now.
    intact : bool or None
        Whether the tables in the run's folder are still those that it wrote; None where they are
        gone.
    differing_tables : list of str
        Tables that came out otherwise, where the old ones are still there.
    differing_versions : list of str
        Tools and packages that are not what they were, with both versions.
    summary : dict
        Of the run of now.

    """

    expected: str
    got: str
    intact: bool | None
    differing_tables: list[str]
    differing_versions: list[str]
    summary: dict[str, Any]

    @property
    def same(self) -> bool:
        """Whether the run came out the same, to the byte."""
        return self.expected == self.got


def campaign_of(run: RunInfo, overrides: Sequence[str] = ()) -> Campaign:
    """Return the campaign in a run's manifest, with changes.

    Raises
    ------
    AnalysisError
        If the run left no manifest.
    CampaignFileError
        If the campaign is not valid (any more), or a change is not.

    """
    if not run.manifest.get("campaign") or not run.manifest.get("outcome_hash"):
        raise AnalysisError(
            f"{run.path} left no manifest: that run is {run.status}", "run its campaign again"
        )
    source = str(run.path / MANIFEST)
    document = Document(source, deepcopy(run.manifest["campaign"]))
    shape = Shape(Campaign.model_json_schema())
    origins = apply_overrides(document.data, [parse_override(text) for text in overrides], shape)
    try:
        return Campaign.model_validate(document.data)
    except ValidationError as error:
        raise CampaignFileError(source, explain(error, document, origins, shape)) from error


def replay(run: RunInfo, progress: Progress, words: Sequence[str], out: Path | None) -> Replay:
    """Make a run again from its manifest alone, and hold its outcome against the old one.

    Parameters
    ----------
    run : RunInfo
        The run; only its manifest is used to make it again.
    progress : Progress
        Is told how it goes.
    words : sequence of str
        The command line, for the new manifest.
    out : Path or None
        Where to keep the new run; it is not kept by default.

    Raises
    ------
    AnalysisError
        If the run left no manifest, or ran by the wall clock.

    """
    campaign = campaign_of(run)
    if campaign.chain.clock == "wall":
        raise AnalysisError(
            f"{run.path} ran by the wall clock: what a live node did cannot be made again",
            "replay takes runs with `clock: slot`; run the campaign again and compare",
        )
    expected = str(run.manifest["outcome_hash"])
    with tempfile.TemporaryDirectory(prefix="floodline-replay-") as own:
        result = run_once(campaign, progress, words, out or Path(own) / "run")
        old, new = run.path / "tables", result.run_dir / "tables"
        intact = outcome_hash(old) == expected if old.is_dir() else None
        differing = [
            path.name
            for path in sorted(new.glob("*.csv"))
            if intact and (old / path.name).read_bytes() != path.read_bytes()
        ]
        return Replay(
            expected,
            str(result.summary["outcome_hash"]),
            intact,
            differing,
            _differing_versions(run, result),
            result.summary,
        )


def run_once(campaign: Campaign, progress: Progress, words: Sequence[str], out: Path) -> RunResult:
    """Run a campaign for a replay."""
    return run_campaign(campaign, out=out, progress=progress, command_line=words)


def _differing_versions(run: RunInfo, result: RunResult) -> list[str]:
    import orjson  # noqa: PLC0415 - one file to read

    now = orjson.loads((result.run_dir / MANIFEST).read_bytes())
    then = run.manifest
    found = []
    for group in ("tools", "packages", "contracts"):
        before, after = then.get(group) or {}, now[group]
        if group == "packages":
            after = package_versions()
        found += [
            f"{name} {str(before.get(name, 'none'))[:20]} -> {str(after.get(name, 'none'))[:20]}"
            for name in sorted({*before, *after})
            if before.get(name) != after.get(name)
        ]
    if then.get("node_flags") != now["node_flags"]:
        found.append("the node's flags")
    return found
