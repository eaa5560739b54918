"""What a campaign may choose of contracts that others wrote."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from floodline.foundation.registry import Parameters
from floodline.foundation.suggest import suggestion
from floodline.protocols.registry import AdapterParameters


class PortedParameters(AdapterParameters):
    """Parameters of an adapter whose own ones are one model, given as `overrides`.

    Attributes
    ----------
    title : str
        The protocol's name, for people.
    model : type
        Its own parameters.
    named : tuple of str
        Contracts that may stand already, by the adapter's names; empty where it deploys all.
    named_markets : bool
        Whether a market's name may stand for a contract as well.

    """

    title: ClassVar[str]
    model: ClassVar[type[Parameters]]
    named: ClassVar[tuple[str, ...]] = ()
    named_markets: ClassVar[bool] = False

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.profile != "base":
            near = suggestion(self.profile, ["base"])
            raise ValueError(f"{self.title} has no profile '{self.profile}'{near}; one of: base")
        if self.switches:
            names = ", ".join(sorted(self.switches))
            raise ValueError(f"{self.title} has no switches; remove {names}")
        strange = [
            name
            for name in sorted(self.addresses)
            if name not in self.named and not (self.named_markets and name.isupper())
        ]
        if strange and not self.named:
            raise ValueError(
                f"the adapter for {self.title} deploys all that it uses and takes no addresses; "
                f"remove {', '.join(strange)}"
            )
        if strange:
            more = ", or a market's name" if self.named_markets else ""
            raise ValueError(
                f"addresses.{strange[0]}: {self.title} has no contract of that name"
                f"{suggestion(strange[0], self.named)}; one of: {', '.join(self.named)}{more}"
            )
        self.settings(self.model)
        return self
