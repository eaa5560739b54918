"""A campaign field that chooses one plug-in of a registry, as in ``delay: {lognormal: {...}}``.

Three spellings mean the same: ``{constant: {value_s: 0.3}}``, ``{constant: 0.3}`` where the entry
names a shorthand parameter, and the bare name where every parameter has a default.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from floodline.foundation.registry import Entry, Parameters, Registry
from floodline.foundation.suggest import suggestion

T = TypeVar("T")


@cache
def _by_name(parameters: type[Parameters]) -> TypeAdapter[dict[str, Parameters]]:
    """Return a validator of ``{name: parameters}``, so that errors carry the name in their path."""
    return TypeAdapter(dict[str, parameters])  # type: ignore[valid-type]


class Chosen(Generic[T]):
    """A plug-in's name with its validated parameters, ready to be built."""

    def __init__(self, registry: Registry[T], name: str, parameters: Parameters) -> None:
        self.registry = registry
        self.name = name
        self.parameters = parameters

    def build(self, **context: Any) -> T:
        """Build the plug-in."""
        return self.registry.create(self.name, self.parameters, **context)

    def dump(self) -> dict[str, Any]:
        """Return the full spelling, ``{name: {parameter: value}}``."""
        return {self.name: self.parameters.model_dump(mode="json")}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chosen) and self.dump() == other.dump()

    def __hash__(self) -> int:
        return hash((self.name, self.parameters))

    def __repr__(self) -> str:
        return f"Chosen({self.name}, {self.parameters!r})"


class ChoiceOf:
    """Annotation ``Annotated[Chosen[X], ChoiceOf(REGISTRY)]``: validates one of the spellings."""

    def __init__(self, registry: Registry[Any]) -> None:
        self.registry = registry

    def _validate(self, value: Any) -> Chosen[Any]:
        registry = self.registry
        if isinstance(value, Chosen):
            return value
        if isinstance(value, str):
            value = {value: {}}
        if not isinstance(value, dict) or len(value) != 1:
            names = ", ".join(registry)
            raise PydanticCustomError(
                "choice",
                "one {kind} is chosen as a single key with its parameters; one of: {names}",
                {"kind": registry.kind, "names": names},
            )
        ((name, given),) = value.items()
        if name not in registry:
            raise PydanticCustomError(
                "unknown_choice",
                "no {kind} is called '{name}'{hint}; one of: {names}",
                {
                    "kind": registry.kind,
                    "name": str(name),
                    "hint": suggestion(str(name), list(registry)),
                    "names": ", ".join(registry),
                },
            )
        entry = registry[name]
        if given is None:
            given = {}
        if not isinstance(given, dict) and entry.shorthand:
            given = {entry.shorthand: given}
        validated = _by_name(entry.parameters).validate_python({name: given})
        return Chosen(registry, name, validated[name])

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda chosen: chosen.dump()
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        entries = self.registry.entries()
        inner = {
            entry.name: handler.resolve_ref_schema(
                handler(entry.parameters.__pydantic_core_schema__)
            )
            for entry in entries
        }
        options: list[dict[str, Any]] = [
            {
                "type": "object",
                "description": f"One {self.registry.kind}, as a single key with its parameters.",
                "properties": {
                    entry.name: _spellings(entry, inner[entry.name]) for entry in entries
                },
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            }
        ]
        bare = [name for name, parameters in inner.items() if not parameters.get("required")]
        if bare:
            options.append(
                {
                    "type": "string",
                    "enum": bare,
                    "description": f"One {self.registry.kind} with every parameter's default.",
                }
            )
        return {"anyOf": options}


def _spellings(entry: Entry[Any], parameters: JsonSchemaValue) -> JsonSchemaValue:
    """Return what may stand behind an entry's name: parameters, a bare value, or nothing."""
    ways = [parameters]
    if entry.shorthand:
        ways.append(parameters["properties"][entry.shorthand])
    if not parameters.get("required"):
        ways.append({"type": "null"})
    return {"description": entry.description, "anyOf": ways}
