"""``floodline list``: what a campaign can name, straight from the registries."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from floodline.cli.output import BOLD, DIM, say, say_json, say_table
from floodline.foundation.errors import CampaignError
from floodline.foundation.registry import Entry, Parameters, Registry
from floodline.foundation.suggest import suggestion

_UNITS: Final = {
    "_s": "s",
    "_usd": "USD",
    "_gwei": "gwei/gas",
    "_wei": "wei",
    "_per_s": "1/s",
    "_per_day": "1/day",
    "_blocks": "blocks",
    "gas_per_s": "gas/s",
    "tx_per_s": "tx/s",
    "gas": "gas",
    "vol": "1/sqrt(year)",
}
"""Unit by the end of a parameter's name; the longest end that fits counts."""


@dataclass(frozen=True)
class Item:
    """One thing that can be named: its name, what it is, its parameters."""

    name: str
    description: str
    unit: str
    parameters: list[dict[str, Any]]
    details: str = ""
    """What its own documentation says besides: formulas, a worked number."""


def show(kind: str | None, *, as_json: bool) -> None:
    """Print one kind of thing, or all kinds.

    Raises
    ------
    CampaignError
        If there is no such kind.

    """
    if kind is not None and kind not in KINDS:
        raise CampaignError(
            f"there is no kind called '{kind}'{suggestion(kind, list(KINDS))}",
            f"one of: {', '.join(KINDS)}",
        )
    from floodline.campaign.plugins import load_plugins  # noqa: PLC0415 - a person's own parts too

    load_plugins()
    chosen = [kind] if kind is not None else list(KINDS)
    found = {name: KINDS[name]() for name in chosen}
    if as_json:
        say_json({name: [vars(item) for item in items] for name, items in found.items()})
        return
    for name, items in found.items():
        if kind is None:
            rows = [[item.name, item.unit, item.description] for item in items]
            say_table(name, ["name", "unit", "what it is"], rows)
        else:
            _show_in_full(items)
    if kind is None:
        say("`floodline list KIND` shows the parameters.", DIM)


def _show_in_full(items: list[Item]) -> None:
    for item in items:
        unit = f" [{item.unit}]" if item.unit else ""
        say(f"{item.name}{unit}", BOLD)
        say(f"  {item.description}")
        if item.parameters:
            rows = [
                [str(p[key]) for key in ("name", "type", "unit", "default", "description")]
                for p in item.parameters
            ]
            say_table("", ["  parameter", "type", "unit", "default", "meaning"], _indented(rows))
        else:
            say()


def _indented(rows: list[list[str]]) -> list[list[str]]:
    return [[f"  {row[0]}", *row[1:]] for row in rows]


def _registry(registry: Registry[Any]) -> list[Item]:
    return [_item(entry) for entry in registry.entries()]


def _item(entry: Entry[Any]) -> Item:
    details = _prose(entry.build)
    return Item(entry.name, entry.description, "", parameter_rows(entry.parameters), details)


def _prose(build: Callable[..., Any]) -> str:
    """Return the docstring of what an entry builds, up to its first section of fields."""
    lines = (inspect.getdoc(build) or "").splitlines()
    for place, line in enumerate(lines):
        if line and set(line) == {"-"}:
            lines = lines[: place - 1]
            break
    return "\n".join(lines).replace("``", "`").strip()


def parameter_rows(model: type[Parameters]) -> list[dict[str, Any]]:
    """Return name, type, unit, default and description of each parameter of a model."""
    properties = model.model_json_schema(mode="validation").get("properties", {})
    rows = []
    for name, field in model.model_fields.items():
        required = field.is_required()
        rows.append(
            {
                "name": name,
                "type": _type(properties[name]),
                "unit": _unit(name),
                "default": "(required)" if required else _default(field.get_default()),
                "description": field.description or "",
            }
        )
    return rows


def _default(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, Parameters):
        return ", ".join(f"{key}: {item}" for key, item in value.model_dump(mode="json").items())
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {_default(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    return str(value)


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(item) for item in schema["enum"])
    if "anyOf" in schema:
        names = [name for option in schema["anyOf"] for name in _names(option)]
        if names:
            return " | ".join(dict.fromkeys(str(name) for name in names))
        kinds = [_type(option) for option in schema["anyOf"] if option.get("type") != "null"]
        return " | ".join(dict.fromkeys(kinds))
    words = {"integer": "whole number", "string": "text", "boolean": "true or false"}
    kind = str(schema.get("type", "mapping"))
    return {"array": "list", "object": "mapping", **words}.get(kind, kind)


def _names(option: dict[str, Any]) -> list[Any]:
    """Return the words of an enumeration, or the names of the plug-ins one of which is chosen."""
    one_key = option.get("maxProperties") == 1
    return list(option["properties"]) if one_key else list(option.get("enum", []))


def _unit(name: str) -> str:
    fitting = [end for end in _UNITS if name == end or (end[0] == "_" and name.endswith(end))]
    return _UNITS[max(fitting, key=len)] if fitting else ""


def _actors() -> list[Item]:
    from floodline.actors.catalogue import ACTORS  # noqa: PLC0415

    return _registry(ACTORS)


def _fee_strategies() -> list[Item]:
    from floodline.actors.fees import FEES  # noqa: PLC0415

    return _registry(FEES)


def _arrivals() -> list[Item]:
    from floodline.actors.arrivals import ARRIVALS  # noqa: PLC0415

    return _registry(ARRIVALS)


def _loads() -> list[Item]:
    from floodline.actors.load import LOADS  # noqa: PLC0415

    return _registry(LOADS)


def _oracle_faults() -> list[Item]:
    from floodline.actors.oracle import FAULTS  # noqa: PLC0415

    return _registry(FAULTS)


def _triggers() -> list[Item]:
    from floodline.actors.attacks import TRIGGERS  # noqa: PLC0415

    return _registry(TRIGGERS)


def _builders() -> list[Item]:
    from floodline.mempool.builder import BUILDERS  # noqa: PLC0415

    return _registry(BUILDERS)


def _orders() -> list[Item]:
    from floodline.mempool.builders.orders import ORDERS  # noqa: PLC0415

    return _registry(ORDERS)


def _block_times() -> list[Item]:
    from floodline.chain.block_times import BLOCK_TIMES  # noqa: PLC0415

    return _registry(BLOCK_TIMES)


def _delays() -> list[Item]:
    from floodline.mempool.propagation import DELAYS  # noqa: PLC0415

    return _registry(DELAYS)


def _prices() -> list[Item]:
    from floodline.market.process import PRICES  # noqa: PLC0415

    return _registry(PRICES)


def _distributions() -> list[Item]:
    from floodline.market.amounts import AMOUNTS  # noqa: PLC0415

    return _registry(AMOUNTS)


def _metrics() -> list[Item]:
    from floodline.measure.objective import METRICS  # noqa: PLC0415

    return [
        Item(f"{m.name}[:ROLE]" if m.takes_role else m.name, m.description, m.unit, [])
        for m in METRICS.values()
    ]


def _protocols() -> list[Item]:
    from floodline.protocols.catalogue import PROTOCOLS  # noqa: PLC0415

    return _registry(PROTOCOLS)


def _profiles() -> list[Item]:
    from floodline.protocols.reference.profiles import PROFILES, rows  # noqa: PLC0415

    return [
        Item(
            name,
            profile.description,
            "",
            [
                {
                    "name": key,
                    "type": "number",
                    "unit": unit,
                    "default": f"{value:g}",
                    "description": source,
                }
                for key, value, unit, source in rows(profile)
            ],
        )
        for name, profile in PROFILES.items()
    ]


def _switches() -> list[Item]:
    from floodline.protocols.reference.switches import Switches, choices  # noqa: PLC0415

    return [
        Item(name, field.description or "", ", ".join(choices(name)), [])
        for name, field in Switches.model_fields.items()
    ]


def _mitigations() -> list[Item]:
    from floodline.study.mitigations import MITIGATIONS  # noqa: PLC0415

    return [
        Item(item.name, f"{item.description} ({'; '.join(item.overrides)})", "", [])
        for item in MITIGATIONS.values()
    ]


def _legs() -> list[Item]:
    from floodline.study.legs import LEGS  # noqa: PLC0415

    return [Item(leg.name, f"made ideal: {leg.description}", "", []) for leg in LEGS.values()]


def _presets() -> list[Item]:
    from floodline.campaign.presets import presets  # noqa: PLC0415

    return [Item(found.name, found.description, found.objective, []) for found in presets()]


KINDS: Final[dict[str, Callable[[], list[Item]]]] = {
    "actors": _actors,
    "fee-strategies": _fee_strategies,
    "arrivals": _arrivals,
    "loads": _loads,
    "triggers": _triggers,
    "oracle-faults": _oracle_faults,
    "builders": _builders,
    "orders": _orders,
    "block-times": _block_times,
    "delays": _delays,
    "prices": _prices,
    "distributions": _distributions,
    "protocols": _protocols,
    "profiles": _profiles,
    "switches": _switches,
    "metrics": _metrics,
    "mitigations": _mitigations,
    "legs": _legs,
    "presets": _presets,
}
"""What can be listed, by the word for it."""
