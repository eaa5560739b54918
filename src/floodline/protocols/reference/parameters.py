"""What a campaign says of the reference protocol: profile, switches, overrides, capital."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ConfigDict, model_validator

from floodline.foundation.suggest import suggestion
from floodline.protocols.reference.overrides import with_overrides
from floodline.protocols.reference.profiles import PROFILES, Profile
from floodline.protocols.reference.schema_hints import name_the_choices
from floodline.protocols.reference.switches import Collateral, with_switches
from floodline.protocols.registry import AdapterParameters


class ReferenceParameters(AdapterParameters):
    """Parameters of the reference protocol."""

    model_config = ConfigDict(json_schema_extra=name_the_choices)

    @model_validator(mode="after")
    def _known_profile(self) -> ReferenceParameters:
        if self.profile not in PROFILES:
            raise ValueError(
                f"the reference protocol has no profile '{self.profile}'"
                f"{suggestion(self.profile, list(PROFILES))}; one of: {', '.join(PROFILES)}"
            )
        self.resolved()
        return self

    def known_markets(self) -> list[str]:
        """Return the profile's markets."""
        return list(PROFILES[self.profile].markets)

    @property
    def has_options(self) -> bool:
        """Whether the switch is on."""
        return self.resolved().switches.options

    @property
    def has_token_collateral(self) -> bool:
        """Whether the switch is multi."""
        return self.resolved().switches.collateral is Collateral.MULTI

    def resolved(self) -> Profile:
        """Return the profile with the campaign's switches and overrides."""
        profile = PROFILES[self.profile]
        switched = replace(profile, switches=with_switches(profile.switches, self.switches))
        return with_overrides(switched, self.overrides)
