"""``floodline new`` and ``floodline check``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from floodline.campaign.presets import preset_as
from floodline.campaign.problems import CampaignFileError
from floodline.campaign.template import campaign_template, write_new
from floodline.cli.editor import HINT, put_schema_beside
from floodline.cli.output import GREEN, say, say_json
from floodline.foundation.errors import CampaignError


def new(name: str, out: Path | None, preset: str | None = None) -> None:
    """Write a commented campaign file, ``NAME.yaml`` by default: the template, or a preset."""
    path = Path(f"{name}.yaml") if out is None else out
    text = campaign_template(name) if preset is None else preset_as(name, preset)
    write_new(HINT + text, path)
    say(f"wrote {path}")
    schema = put_schema_beside(path)
    if schema is not None:
        say(f"wrote {schema}, by which editors complete and check it")
    say(f"  next: floodline run {path}")


def check(file: Path, overrides: Sequence[str], *, as_json: bool) -> int:
    """Validate a campaign file; the exit code of its faults, or 0."""
    from floodline.study.folder import campaign_hash  # noqa: PLC0415
    from floodline.study.prepare import prepare_campaign  # noqa: PLC0415

    try:
        campaign = prepare_campaign(file, overrides)
    except CampaignError as error:
        if not as_json:
            raise
        problems = (
            [problem.as_dict() for problem in error.problems]
            if isinstance(error, CampaignFileError)
            else [{"file": str(file), "line": None, "key": "", "wrong": error.message, "right": ""}]
        )
        say_json({"ok": False, "problems": problems})
        return error.exit_code
    plain = campaign.model_dump(mode="json")
    if as_json:
        say_json({"ok": True, "problems": [], "hash": campaign_hash(plain), "campaign": plain})
    else:
        say(f"{file}: a good campaign, '{campaign.name}', {campaign.slots} slots", GREEN)
    return 0
