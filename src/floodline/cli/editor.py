"""What an editor needs: the JSON Schema of campaign files, and the line that names it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import orjson

from floodline.cli.output import note, say
from floodline.foundation.errors import CampaignError

SCHEMA_FILE: Final = "campaign.schema.json"
HINT: Final = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"
"""The first line of a campaign file, by which editors find the schema that lies beside it."""


def schema(out: Path | None) -> None:
    """Write the schema to a file, or to stdout."""
    text = _schema_text()
    if out is None:
        say(text.rstrip())
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CampaignError(
            f"{out} cannot be written: {error.strerror}", "name another file with --out"
        ) from error
    say(f"wrote {out}")


def put_schema_beside(campaign: Path) -> Path | None:
    """Write the schema into a campaign file's folder, so that `HINT` leads to it.

    Returns
    -------
    Path or None
        The file; None where another program's file has its name, which is left alone.

    """
    from floodline.study.editor_schema import TITLE  # noqa: PLC0415 - heavy

    path = campaign.parent / SCHEMA_FILE
    try:
        if path.exists() and _title(path) != TITLE:
            note(f"{path} is not Floodline's and was left alone: editors get no help from it")
            return None
        path.write_text(_schema_text(), encoding="utf-8")
    except OSError as error:
        note(f"{path} cannot be written ({error.strerror}): editors get no help from it")
        return None
    return path


def _schema_text() -> str:
    from floodline.study.editor_schema import campaign_schema  # noqa: PLC0415 - heavy

    return orjson.dumps(campaign_schema(), option=orjson.OPT_INDENT_2).decode() + "\n"


def _title(path: Path) -> str:
    try:
        content = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return ""
    return str(content.get("title", "")) if isinstance(content, dict) else ""
