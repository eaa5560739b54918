"""Single parameters of a profile changed by a campaign, in natural units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from floodline.foundation.suggest import suggestion
from floodline.foundation.units import wad
from floodline.protocols.reference.profile_parameter import Parameter
from floodline.protocols.reference.profiles import Profile

Value = float | int | bool | str


def with_overrides(profile: Profile, overrides: Mapping[str, Value]) -> Profile:
    """Return a profile with some parameters changed.

    A key is a parameter's name (``maintenance_scalar``), or a market's and a parameter's
    (``ETH.skew_scale``) where one market only is meant. Ratios, dollars and asset units are given
    as such: 0.6, 30, 300000; the contract's 18 decimals are put on here.

    Raises
    ------
    ValueError
        If no parameter is called so, naming the nearest; or the value is not a number.

    """
    for key, value in sorted(overrides.items()):
        market, _, name = key.rpartition(".")
        if market and market not in profile.markets:
            raise ValueError(
                f"override '{key}': no market '{market}' in profile {profile.name}; "
                f"one of: {', '.join(profile.markets)}"
            )
        changed = _in_markets(profile, market, name, value)
        if changed is None and not market:
            changed = _in_sections(profile, name, value)
        if changed is None:
            raise ValueError(
                f"override '{key}': no such parameter{suggestion(name, parameter_names(profile))}; "
                f"one of: {', '.join(parameter_names(profile))}"
            )
        profile = changed
    return profile


def parameter_names(profile: Profile) -> list[str]:
    """Return every name that `with_overrides` takes."""
    found = {field.name for field in fields(next(iter(profile.markets.values())))}
    for field in fields(profile):
        part = getattr(profile, field.name)
        if isinstance(part, Parameter):
            found.add(field.name)
        elif is_dataclass(part):
            found |= {inner.name for inner in fields(part)}
    return sorted(found)


def _in_markets(profile: Profile, market: str, name: str, value: Value) -> Profile | None:
    markets = dict(profile.markets)
    if name not in {field.name for field in fields(next(iter(markets.values())))}:
        return None
    for key, given in markets.items():
        if not market or key == market:
            markets[key] = replace(given, **{name: _changed(given, name, value)})
    return replace(profile, markets=markets)


def _in_sections(profile: Profile, name: str, value: Value) -> Profile | None:
    for field in fields(profile):
        part = getattr(profile, field.name)
        if isinstance(part, Parameter) and field.name == name:
            changed: dict[str, Any] = {name: _changed(profile, name, value)}
            return replace(profile, **changed)
        if is_dataclass(part) and name in {inner.name for inner in fields(part)}:
            inner_changed: Any = replace(part, **{name: _changed(part, name, value)})  # type: ignore[type-var]
            return replace(profile, **{field.name: inner_changed})
    return None


def _changed(owner: object, name: str, value: Value) -> Parameter:
    old: Parameter = getattr(owner, name)
    try:
        amount = wad(str(value)) if old.unit.startswith("WAD") else int(float(value))
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"override '{name}': {value!r} is not a number ({old.unit})") from error
    return Parameter(amount, old.unit, "set by the campaign")
