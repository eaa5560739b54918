"""The JSON Schema of campaign files, for editors: what may stand where, with its description.

Made from the models and registries that validate a campaign. What only the whole campaign can tell
(an actor in a region that the network does not have, say) is `floodline check`'s to find.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from floodline.campaign.schema import Campaign
from floodline.measure.objective import METRICS
from floodline.protocols.catalogue import PROTOCOLS

Schema = dict[str, Any]

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
TITLE: Final = "Floodline campaign"

_NUMERALS: Final = r"^[-+]?[0-9][0-9_]*(\.[0-9_]+)?([eE][-+]?[0-9]+)?$"
"""``30_000_000`` is a number to Floodline (YAML 1.1) and text to editors (YAML 1.2)."""
_SHARED_SIZE: Final = 300
"""A part of this many characters that occurs twice is written once and referred to."""


def campaign_schema() -> Schema:
    """Return the JSON Schema (draft 7) of a campaign file."""
    schema = Campaign.model_json_schema()
    definitions = schema.pop("$defs")
    definitions["ProtocolSection"] = _protocol()
    definitions["Objective"] |= {"oneOf": [{"required": ["below"]}, {"required": ["above"]}]}
    definitions["Objective"]["properties"]["metric"] |= _metrics()
    whole: Schema = _portable({**schema, "definitions": definitions})
    whole["title"] = TITLE
    return {"$schema": DIALECT, **_shared(whole)}


def _metrics() -> Schema:
    roles = [metric.name for metric in METRICS.values() if metric.takes_role]
    with_role = f"^({'|'.join(roles)}):[a-z_]+$"
    return {"anyOf": [{"enum": list(METRICS)}, {"type": "string", "pattern": with_role}]}


def _protocol() -> Schema:
    """Return the protocol section: each adapter with parameters of its own."""
    adapter = {
        "enum": list(PROTOCOLS),
        "default": "reference",
        "description": "Registered adapter.",
    }
    cases = []
    for name in PROTOCOLS:
        chosen: Schema = {"properties": {"adapter": {"const": name}}}
        if name != adapter["default"]:
            chosen["required"] = ["adapter"]
        parameters = PROTOCOLS[name].parameters.model_json_schema()
        parameters["properties"]["adapter"] = {"const": name}
        cases.append({"if": chosen, "then": parameters})
    return {
        "type": "object",
        "description": "The protocol under test.",
        "properties": {"adapter": adapter},
        "allOf": cases,
    }


def _portable(part: Any) -> Any:
    """Return a part of pydantic's schema as draft 7 has it, and as editors read YAML."""
    if isinstance(part, list):
        return [_portable(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {
        key: value if key in {"default", "enum", "const"} else _portable(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
    }
    reference = found.pop("$ref", None)
    if isinstance(reference, str):
        target = {"$ref": reference.replace("#/$defs/", "#/definitions/")}
        return {**found, "allOf": [target]} if found else target
    if found.get("type") in {"integer", "number"}:
        found |= {"type": [found["type"], "string"], "pattern": _NUMERALS}
    return found


def _shared(whole: Schema) -> Schema:
    """Return the schema with parts that occur more than once moved to its definitions."""
    counts: Counter[str] = Counter(_large_parts(whole))
    names: dict[str, str] = {}
    for text, count in sorted(counts.items()):
        if count > 1:
            names[text] = f"part{len(names) + 1}"
    definitions = whole.pop("definitions")
    whole = {key: _referring(value, names) for key, value in whole.items()}
    definitions = {key: _referring(value, names) for key, value in definitions.items()}
    for text, name in names.items():
        part = json.loads(text)
        definitions[name] = {key: _referring(value, names) for key, value in part.items()}
    return {**whole, "definitions": definitions}


def _large_parts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _large_parts(item)
    elif isinstance(part, dict):
        if "properties" in part or "anyOf" in part:
            text = json.dumps(part)
            if len(text) > _SHARED_SIZE:
                yield text
        for item in part.values():
            yield from _large_parts(item)


def _referring(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, list):
        return [_referring(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    name = names.get(json.dumps(part))
    if name is not None:
        return {"$ref": f"#/definitions/{name}"}
    return {key: _referring(value, names) for key, value in part.items()}
