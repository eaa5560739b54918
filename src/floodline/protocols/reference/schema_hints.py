"""What an editor is told of the reference protocol's parameters: profiles, switches, overrides."""

from __future__ import annotations

from typing import Any

from floodline.protocols.reference.overrides import parameter_names
from floodline.protocols.reference.profiles import PROFILES
from floodline.protocols.reference.switches import Switches, choices


def name_the_choices(schema: dict[str, Any]) -> None:
    """Put the names of profiles, switches and parameters into a JSON schema of the parameters."""
    fields = schema["properties"]
    fields["profile"]["enum"] = list(PROFILES)
    fields["switches"] |= {
        "properties": {name: _switch(name) for name in Switches.model_fields},
        "additionalProperties": False,
    }
    names = sorted({name for profile in PROFILES.values() for name in parameter_names(profile)})
    markets = sorted({market for profile in PROFILES.values() for market in profile.markets})
    fields["overrides"]["propertyNames"] = {
        "anyOf": [{"enum": names}, {"pattern": f"^({'|'.join(markets)})\\.({'|'.join(names)})$"}]
    }


def _switch(name: str) -> dict[str, Any]:
    words = choices(name)
    description = Switches.model_fields[name].description
    if words == ["false", "true"]:
        spellings = [True, False, "true", "false", "on", "off"]
        return {"enum": spellings, "description": description}
    return {"enum": words, "description": description}
