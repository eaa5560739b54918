"""What a value in a deployment plan stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from floodline.foundation.errors import CampaignError
from floodline.foundation.suggest import suggestion

_DECIMALS: Final = {"wad": 18, "ray": 27}
_WORD: Final = 32

Encode = Callable[[str, str, Sequence[Any]], bytes]
"""Returns calldata: ``encode(contract or output, function, arguments)``."""


def resolve(where: str, raw: Any, outputs: Mapping[str, Any], encode: Encode) -> Any:
    """Return what a written value stands for.

    Parameters
    ----------
    where : str
        Plan and step, for errors.
    raw : Any
        As written.
    outputs : Mapping[str, Any]
        What has a name so far.
    encode : callable
        Makes calldata.

    Raises
    ------
    CampaignError
        If a name is unknown or a form is not understood.

    """
    if isinstance(raw, str):
        return _text(where, raw, outputs)
    if isinstance(raw, list):
        return [resolve(where, item, outputs, encode) for item in raw]
    if isinstance(raw, Mapping):
        return _form(where, raw, outputs, encode)
    return raw


def _text(where: str, raw: str, outputs: Mapping[str, Any]) -> Any:
    if raw.startswith("$$"):
        return raw[1:]
    if raw.startswith("$"):
        return _named(where, raw[1:], outputs)
    if raw.startswith("0x"):
        try:
            return bytes.fromhex(raw[2:])
        except ValueError:
            raise CampaignError(
                f"{where}: {raw} is not hexadecimal", "write an even number of digits 0-9, a-f"
            ) from None
    return raw


def _named(where: str, path: str, outputs: Mapping[str, Any]) -> Any:
    name, *fields = path.split(".")
    if name not in outputs:
        raise CampaignError(
            f"{where}: nothing is called ${name}{suggestion(name, list(outputs))}",
            "name what a step before gives out, or what the adapter gives: "
            + ", ".join(f"${known}" for known in sorted(outputs)),
        )
    value = outputs[name]
    for field in fields:
        try:
            value = value[int(field)] if field.isdigit() else value[field]
        except (KeyError, IndexError, TypeError):
            raise CampaignError(
                f"{where}: ${name} has no '{field}' in {value!r}", "name a field that is there"
            ) from None
    return value


def _form(where: str, raw: Mapping[str, Any], outputs: Mapping[str, Any], encode: Encode) -> Any:
    keys = set(raw)
    for name, decimals in _DECIMALS.items():
        if keys == {name}:
            return _fixed(where, raw[name], decimals, outputs, encode)
    if keys == {"units", "decimals"}:
        decimals = resolve(where, raw["decimals"], outputs, encode)
        return _fixed(where, raw["units"], int(decimals), outputs, encode)
    if keys == {"bytes32"}:
        return _padded(where, resolve(where, raw["bytes32"], outputs, encode))
    if keys == {"struct"} and isinstance(raw["struct"], Mapping):
        return {
            str(name): resolve(where, item, outputs, encode) for name, item in raw["struct"].items()
        }
    if keys <= {"encode", "of", "args"} and {"encode", "of"} <= keys:
        arguments = resolve(where, raw.get("args", []), outputs, encode)
        return encode(str(raw["of"]), str(raw["encode"]), arguments)
    raise CampaignError(
        f"{where}: {dict(raw)} is no value",
        "write {wad: n}, {ray: n}, {units: n, decimals: d}, {bytes32: text}, "
        "{struct: {field: value}} or {encode: function, of: contract, args: [...]}",
    )


def _fixed(where: str, raw: Any, decimals: int, outputs: Mapping[str, Any], encode: Encode) -> int:
    """Return a number of so many decimals: 1.5 with 18 is 1500000000000000000."""
    value = resolve(where, raw, outputs, encode)
    try:
        scaled = Decimal(str(value)).scaleb(decimals)
        whole = int(scaled)
    except (InvalidOperation, ValueError, OverflowError):
        raise CampaignError(f"{where}: {value!r} is no number", "write a number") from None
    if whole != scaled:
        raise CampaignError(
            f"{where}: {value} has more than {decimals} decimals", "write fewer decimals"
        )
    return whole


def _padded(where: str, value: Any) -> bytes:
    text = str(value).encode()
    if len(text) > _WORD:
        raise CampaignError(f"{where}: {value} is longer than 32 bytes", "write a shorter text")
    return text.ljust(_WORD, b"\0")
