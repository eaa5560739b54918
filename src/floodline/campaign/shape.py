"""Which keys a campaign may have where, read from its JSON schema.

The schema is made from the models and the registries, so what this module knows is what validation
will say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from floodline.campaign.problems import KeyPath

Schema = dict[str, Any]


class Shape:
    """The keys that may stand at each place of a campaign.

    Parameters
    ----------
    schema : dict
        A JSON schema, as ``Model.model_json_schema()`` gives it.

    """

    def __init__(self, schema: Schema) -> None:
        self._definitions: dict[str, Schema] = schema.get("$defs", {})
        self._root = schema

    def keys(self, path: KeyPath) -> list[str]:
        """Return the keys that the mapping at a path may have; none where any or no key may."""
        names: dict[str, None] = {}
        for schema in self._at(path):
            names.update(dict.fromkeys(schema.get("properties", {})))
        return list(names)

    def takes_any_key(self, path: KeyPath) -> bool:
        """Whether the mapping at a path has keys of the person's own, such as market names."""
        return any(isinstance(s.get("additionalProperties"), dict) for s in self._at(path))

    def is_file(self, path: KeyPath) -> bool:
        """Whether the value at a path is a path of the file system."""
        return any(schema.get("format") in {"path", "file-path"} for schema in self._at(path))

    def is_whole(self, path: KeyPath) -> bool:
        """Whether the number at a path must be a whole one."""
        kinds = {schema.get("type") for schema in self._at(path)}
        return "integer" in kinds and "number" not in kinds

    def chooses(self, path: KeyPath) -> bool:
        """Whether a plug-in of a registry is chosen at a path: as one key of several."""
        return any(schema.get("maxProperties") == 1 for schema in self._at(path))

    def _at(self, path: KeyPath) -> Iterator[Schema]:
        if not path:
            yield from self._options(self._root)
            return
        last = path[-1]
        for schema in self._at(path[:-1]):
            below: Any = None
            if isinstance(last, int):
                below = schema.get("items")
            elif last in schema.get("properties", {}):
                below = schema["properties"][last]
            elif isinstance(schema.get("additionalProperties"), dict):
                below = schema["additionalProperties"]
            if isinstance(below, dict):
                yield from self._options(below)

    def _options(self, schema: Schema) -> Iterator[Schema]:
        """Yield a schema's alternatives with references followed."""
        reference = schema.get("$ref")
        if reference is not None:
            yield from self._options(self._definitions[reference.rsplit("/", 1)[-1]])
            return
        nested = [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]
        if not nested:
            yield schema
        for option in nested:
            yield from self._options(option)
