"""Regions, the links between them, and what goes wrong on the way."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.registry import Parameters
from floodline.foundation.suggest import suggestion
from floodline.foundation.units import to_us
from floodline.mempool.propagation import DELAYS, DelayDistribution

DelayChoice = Annotated[Chosen[DelayDistribution], ChoiceOf(DELAYS)]
RegionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]

LOST: Final = -1
"""Stands for the time of a message that never arrives."""
ONE_REGION: Final = ""
"""The region of everybody where a campaign names none."""

Microseconds = npt.NDArray[np.int64]


class LinkParameters(Parameters):
    """The way between two regions, the same in both directions."""

    between: tuple[RegionName, RegionName] = Field(description="The two regions.")
    delay: DelayChoice = Field(description="Of a transaction.")
    block_delay: DelayChoice | None = Field(
        default=None, description="Of a sealed block; as a transaction if left out."
    )


class PartitionParameters(Parameters):
    """A span in which some regions and the rest hear nothing of each other."""

    regions: tuple[RegionName, ...] = Field(min_length=1, description="The regions on one side.")
    from_s: float = Field(ge=0, description="Begin, in seconds after genesis.")
    to_s: float = Field(gt=0, description="End, in seconds after genesis.")
    then: Literal["deliver", "lose"] = Field(
        default="deliver",
        description="What becomes of transactions sent across meanwhile: delivered after the end, "
        "or lost. Blocks are always caught up with.",
    )

    @model_validator(mode="after")
    def _order(self) -> PartitionParameters:
        if self.to_s <= self.from_s:
            raise ValueError(f"to_s ({self.to_s}) must lie after from_s ({self.from_s})")
        return self


class LossParameters(Parameters):
    """Messages to the builder that get lost."""

    share: float = Field(ge=0, lt=1, description="Share of messages that do not arrive.")
    resend_s: float | None = Field(
        default=12.0,
        gt=0,
        description="The sender's node sends again after so many seconds, until it arrives; null: "
        "never, and the sender is not told.",
    )


class TopologyParameters(Parameters):
    """How messages travel."""

    delay: DelayChoice = Field(
        default={"lognormal": {"median_s": 0.3, "sigma": 0.6}},
        validate_default=True,
        description="From an actor to the builder, and of gossip between actors.",
    )
    block_delay: DelayChoice = Field(
        default={"lognormal": {"median_s": 0.5, "sigma": 0.4}},
        validate_default=True,
        description="From a sealed block to an actor.",
    )
    seconds_per_kib: float = Field(
        default=0.0,
        ge=0,
        le=60,
        description="Seconds that a transaction takes longer for each 1,024 bytes of its length.",
    )
    regions: tuple[RegionName, ...] = Field(
        default=(), description="Regions that actors can be placed in by their key `region`."
    )
    builder_region: RegionName | None = Field(
        default=None, description="Where the builder is; the first region if left out."
    )
    links: tuple[LinkParameters, ...] = Field(
        default=(),
        description="Delays between regions; within a region, and where no link is named, delay "
        "and block_delay hold.",
    )
    partitions: tuple[PartitionParameters, ...] = Field(
        default=(), description="Spans in which regions are cut off from the others."
    )
    loss: LossParameters | None = Field(
        default=None,
        description="Transactions that get lost on the way to the builder; null: none.",
    )
    duplication: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of messages that travel twice; the first copy to arrive counts.",
    )

    @model_validator(mode="after")
    def _known_regions(self) -> TopologyParameters:
        named = [("builder_region", self.builder_region)] if self.builder_region else []
        named += [("links", region) for link in self.links for region in link.between]
        named += [("partitions", region) for cut in self.partitions for region in cut.regions]
        for where, region in named:
            if region not in self.regions:
                raise ValueError(
                    f"{where} names region '{region}', which is not among regions"
                    f"{suggestion(str(region), list(self.regions))}"
                )
        return self


class Topology:
    """Delays and cuts between regions.

    Parameters
    ----------
    parameters : TopologyParameters
        The network as the campaign describes it.

    Attributes
    ----------
    builder_region : str
        Where the builder is.

    """

    def __init__(self, parameters: TopologyParameters) -> None:
        first = parameters.regions[0] if parameters.regions else ONE_REGION
        self.builder_region = parameters.builder_region or first
        self._delay = parameters.delay.build()
        self._block_delay = parameters.block_delay.build()
        self._links = {frozenset(link.between): link.delay.build() for link in parameters.links}
        self._block_links = {
            frozenset(link.between): (link.block_delay or link.delay).build()
            for link in parameters.links
        }
        self._cuts = sorted(
            (to_us(cut.from_s), to_us(cut.to_s), cut.then == "lose", frozenset(cut.regions))
            for cut in parameters.partitions
        )

    def delay(self, one: str, other: str) -> DelayDistribution:
        """Return the delay of a transaction between two regions."""
        return self._links.get(frozenset((one, other)), self._delay)

    def block_delay(self, one: str, other: str) -> DelayDistribution:
        """Return the delay of a block between two regions."""
        return self._block_links.get(frozenset((one, other)), self._block_delay)

    def leaves_at(
        self, one: str, other: str, times_us: Microseconds, *, may_be_lost: bool = True
    ) -> Microseconds:
        """Return when messages that are ready at these times get across the cuts.

        A message that is under way when a cut begins arrives. With a cut from 60 to 90 s that
        delivers, messages of 59, 60 and 89 s leave at 59, 90 and 90 s; one that loses makes `LOST`
        of the last two.

        Parameters
        ----------
        one, other : str
            The regions.
        times_us : int64 array
            Virtual microseconds.
        may_be_lost : bool
            Whether a cut can lose them; blocks are always caught up with.

        """
        leaves = np.array(times_us, dtype=np.int64)
        for begin_us, end_us, loses, side in self._cuts:
            if (one in side) == (other in side):
                continue
            held = (leaves >= begin_us) & (leaves < end_us)
            leaves[held] = LOST if loses and may_be_lost else end_us
        return leaves
