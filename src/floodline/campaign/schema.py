"""The campaign file's schema: strict, every field described, the source of docs and JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from floodline.actors.background import BackgroundParameters
from floodline.actors.base import Actor, ActorParameters
from floodline.actors.catalogue import ACTORS
from floodline.campaign.book_file import ImportedBook, read_book
from floodline.campaign.book_section import BookSection
from floodline.campaign.gateway import GatewaySection
from floodline.campaign.objective import Objective
from floodline.campaign.plugins import load_plugins
from floodline.campaign.reorg_section import ReorgsSection
from floodline.chain.block_times import BlockTimeChoice
from floodline.chain.feemarket import BASE_FEE_CHANGE_DENOMINATOR, ELASTICITY
from floodline.foundation.choice import ChoiceOf, Chosen
from floodline.foundation.errors import CampaignError
from floodline.foundation.registry import Parameters
from floodline.foundation.suggest import suggestion
from floodline.market.process import PriceChoice
from floodline.mempool.builder import BUILDERS, BlockBuilder
from floodline.mempool.limits import PoolLimits
from floodline.mempool.selection import SelectionParameters
from floodline.mempool.topology import TopologyParameters
from floodline.mempool.transaction import Lane
from floodline.protocols.catalogue import PROTOCOLS
from floodline.protocols.plugins import ensure_registered
from floodline.protocols.registry import AdapterParameters

load_plugins()

ActorChoice = Annotated[Chosen[Actor], ChoiceOf(ACTORS)]
BuilderChoice = Annotated[Chosen[BlockBuilder], ChoiceOf(BUILDERS)]


class GethSection(Parameters):
    """How geth keeps its state; only for ``node: geth``."""

    gc_mode: Literal["full", "archive"] = Field(
        default="full", description="Whether old states are pruned (full) or all kept (archive)."
    )
    state_scheme: Literal["path", "hash"] = Field(
        default="path", description="How the state lies in the database: by path or by hash."
    )


class LiveSection(Parameters):
    """How the load reaches a node that mines by itself; only for ``clock: wall``."""

    connections: int = Field(
        default=4, ge=1, le=64, description="Requests that may be under way at one time."
    )
    batch: int = Field(default=100, ge=1, le=1000, description="Transactions in a request.")
    processes: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Processes that send, each over one connection, where one process is the "
        "limit; 0 for threads of one process, as many as connections.",
    )
    drop_after_s: float = Field(
        default=1.0,
        gt=0,
        le=60,
        description="A transaction that is later than this is dropped and counted, not sent.",
    )
    lag_limit_ms: float = Field(
        default=50.0,
        gt=0,
        le=10_000,
        description="The run says that the generator was its limit if the 99th percentile of the "
        "schedule's lag is above this.",
    )


class AttachSection(Parameters):
    """A devnet that runs already: its state is where the campaign begins, and stays as it is."""

    attach: str = Field(
        pattern=r"^http://(127\.0\.0\.1|localhost|\[::1\]):\d+/?$",
        description="Its HTTP endpoint on this machine, as in http://127.0.0.1:8545.",
    )


class ChainSection(Parameters):
    """The chain that the protocol runs on."""

    node: Literal["anvil", "geth", "hardhat"] | AttachSection = Field(
        default="anvil",
        description="Node that executes the blocks; {attach: URL} lets an Anvil of our own go on "
        "from the state of a devnet that runs.",
    )
    clock: Literal["slot", "wall"] = Field(
        default="slot",
        description="Virtual time, one block a slot; or real time, and the node mines by itself.",
    )
    mempool: Literal["model", "node"] = Field(
        default="model",
        description="Whose pool and block building: Floodline's model of geth's, on Anvil; or the "
        "node's own.",
    )
    geth: GethSection = Field(default=GethSection(), description="For node: geth.")
    live: LiveSection = Field(default=LiveSection(), description="For clock: wall.")
    slot_s: float = Field(default=12.0, gt=0, le=3600, description="Seconds between blocks.")
    block_time: BlockTimeChoice = Field(
        default="fixed",
        validate_default=True,
        description="When blocks come; slot_s is the mean time between them.",
    )
    gas_limit: int = Field(
        default=30_000_000, ge=5_000_000, le=1_000_000_000, description="Gas limit of a block."
    )
    gas_target: int | None = Field(
        default=None,
        ge=1_000_000,
        le=1_000_000_000,
        description="Gas of a block at which the base fee stays; half of gas_limit if left out.",
    )
    base_fee_denominator: int = Field(
        default=BASE_FEE_CHANGE_DENOMINATOR,
        ge=1,
        le=1_000_000_000,
        description="A block of twice the target raises the base fee by one in this many.",
    )
    base_fee_gwei: float = Field(
        default=1.0, gt=0, le=100_000, description="Base fee of the first block, in gwei a gas."
    )
    reorgs: ReorgsSection | None = Field(
        default=None,
        description="Reorganisations: the newest blocks are orphaned, and their transactions wait "
        "again; null: none.",
    )
    finality_blocks: int = Field(
        default=12, ge=1, le=10_000, description="Blocks on top of one that make it final."
    )
    pool: PoolLimits = Field(default=PoolLimits(), description="Limits of the transaction pool.")
    gateway: GatewaySection | None = Field(
        default=None,
        description="What sheds load before the pool while that is deep; null: everything passes.",
    )

    @property
    def node_name(self) -> str:
        """Name of the node that executes the blocks: Anvil's, where it goes on from a devnet."""
        return self.node if isinstance(self.node, str) else "anvil"

    @property
    def target_gas(self) -> int:
        """Gas of a block at which the base fee stays."""
        return self.gas_limit // ELASTICITY if self.gas_target is None else self.gas_target

    @property
    def has_own_fee_rule(self) -> bool:
        """Whether target or denominator are others than the node's own."""
        own = (self.gas_limit // ELASTICITY, BASE_FEE_CHANGE_DENOMINATOR)
        return (self.target_gas, self.base_fee_denominator) != own

    @model_validator(mode="after")
    def _known_way_to_run(self) -> ChainSection:
        ways = {
            ("anvil", "slot", "model"): "the pool is modelled, Anvil executes",
            ("geth", "slot", "node"): "geth's own pool and miner, in virtual time",
            ("geth", "wall", "node"): "the same in real time",
            ("anvil", "wall", "node"): "Anvil's own pool, in real time",
            ("hardhat", "wall", "node"): "Hardhat's own pool, in real time",
        }
        if isinstance(self.node, AttachSection) and (self.clock, self.mempool) != ("slot", "model"):
            raise ValueError(
                "node {attach: ...} goes with clock: slot and mempool: model; leave both out"
            )
        if (self.node_name, self.clock, self.mempool) not in ways:
            listed = "; ".join(
                f"{{node: {node}, clock: {clock}, mempool: {pool}}} ({what})"
                for (node, clock, pool), what in ways.items()
            )
            raise ValueError(
                f"node {self.node} with clock {self.clock} and mempool {self.mempool} do not go "
                f"together; choose one of: {listed}"
            )
        if self.mempool == "node" and self.has_own_fee_rule:
            raise ValueError(
                "gas_target and base_fee_denominator are the node's own where mempool is node: "
                "leave them out"
            )
        if self.mempool == "node" and self.gateway is not None:
            raise ValueError(
                "a gateway stands before a modelled pool: leave it out where mempool is node"
            )
        if self.mempool == "node" and self.reorgs is not None:
            raise ValueError(
                "reorgs are possible where mempool is model: leave them out, or choose node anvil"
            )
        return self

    @model_validator(mode="after")
    def _target_within_limit(self) -> ChainSection:
        if self.target_gas > self.gas_limit:
            raise ValueError(
                f"gas_target ({self.gas_target}) is larger than gas_limit ({self.gas_limit})"
            )
        return self

    @model_validator(mode="after")
    def _whole_slots(self) -> ChainSection:
        if self.slot_s != int(self.slot_s):
            raise ValueError(
                f"slot_s is {self.slot_s}: block timestamps are whole seconds, give a whole number"
            )
        return self


class TraceSection(Parameters):
    """What is looked at closely, transaction by transaction."""

    ranks: tuple[str, ...] = Field(
        default=("keeper", "oracle"),
        description="Roles whose transactions' rank in the pool is written down at each block.",
    )
    liveness_every: int = Field(
        default=5,
        ge=0,
        description="Liquidations that the contracts allow are tried out, without being sent, when "
        "an account comes under margin and every n-th block after; 0 for never.",
    )
    surface_every: int = Field(
        default=5,
        ge=0,
        description="The option surface is written down, series by series, after the first and "
        "every n-th block after; 0 for never. Greeks are written down after every block.",
    )
    growth_every: int = Field(
        default=0,
        ge=0,
        description="State growth by role in every n-th block; 0 for none. A tenth of a second a "
        "block.",
    )
    conflicts_every: int = Field(
        default=0,
        ge=0,
        description="Conflicts between the transactions of every n-th block, and what parallel "
        "execution could gain; 0 for none. Up to ten seconds for a full block.",
    )


class BuilderSection(Parameters):
    """Who builds the blocks, and how."""

    policy: BuilderChoice = Field(
        default="priority", validate_default=True, description="Rule by which blocks are filled."
    )
    cutoff_s: float = Field(
        default=0.0,
        ge=-60,
        le=60,
        description="A block holds what reached the builder up to this long after its slot began.",
    )


class NetworkSection(TopologyParameters):
    """How messages travel: delays, regions, losses, partitions."""


class ProtocolSection(AdapterParameters):
    """The protocol under test."""

    adapter: str = Field(
        default="reference", description="Registered adapter, or any as module:Class."
    )

    @model_validator(mode="after")
    def _known(self) -> ProtocolSection:
        try:
            ensure_registered(self.adapter)
        except CampaignError as error:
            raise ValueError(f"{error.message}; {error.next_step}") from error
        self.adapter_parameters()
        return self

    def adapter_parameters(self) -> AdapterParameters:
        """Return the parameters as the adapter itself validates them."""
        given = self.model_dump()
        del given["adapter"]
        validated = PROTOCOLS[self.adapter].parameters.model_validate(given)
        if not isinstance(validated, AdapterParameters):
            raise TypeError(f"parameters of adapter '{self.adapter}' are no AdapterParameters")
        return validated


class Campaign(Parameters):
    """One campaign: a market, a protocol with a book, a network, and who acts on them."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="Short name; names the run's folder."
    )
    description: str = Field(default="", description="What the campaign is meant to show.")
    seed: int = Field(default=0, ge=0, lt=2**63, description="The one seed of all random draws.")
    replicate: int = Field(
        default=0,
        ge=0,
        lt=2**31,
        description="Another number keeps price paths and book and draws all else anew (A/A runs).",
    )
    slots: int = Field(
        ge=1, le=1_000_000, description="Slots to run; each brings a block, if none is missed."
    )
    chain: ChainSection = Field(default=ChainSection(), description="The chain.")
    builder: BuilderSection = Field(default=BuilderSection(), description="The block builder.")
    network: NetworkSection = Field(default=NetworkSection(), description="The network.")
    tick_s: float = Field(
        default=1.0, gt=0, le=60, description="Seconds between ticks of the true price."
    )
    market: dict[str, PriceChoice] = Field(
        min_length=1, max_length=8, description="True price of each market, by the market's name."
    )
    protocol: ProtocolSection = Field(default=ProtocolSection(), description="The protocol.")
    book: BookSection = Field(default=BookSection(), description="The book at genesis.")
    trace: TraceSection = Field(
        default=TraceSection(), description="Blocks that are looked at closely."
    )
    background: BackgroundParameters | Literal["off"] = Field(
        default=BackgroundParameters(),
        description="Elastic demand of everybody else on the chain; `off` leaves blocks empty but "
        "for the actors.",
    )
    actors: list[ActorChoice] = Field(
        default=[], description="Who acts, each a single-key mapping."
    )
    objective: Objective | None = Field(
        default=None, description="What must hold for the run to be called good."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Campaign:
        names = [actor_name(chosen) for chosen in self._everybody()]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two actors are called {', '.join(twice)}; give each a 'name' of its own"
            )
        known = self.protocol.adapter_parameters().known_markets()
        strange = [market for market in self.market if known and market not in known]
        if strange:
            raise ValueError(
                f"protocol profile '{self.protocol.profile}' has no market {', '.join(strange)}"
                f"{suggestion(strange[0], known)}; it has {', '.join(known)}"
            )
        if self.tick_s > self.chain.slot_s:
            raise ValueError(f"tick_s ({self.tick_s}) is longer than slot_s ({self.chain.slot_s})")
        self._book_fits()
        self.imported_book()
        self._builder_names(names)
        self._gateway_roles()
        self._actor_regions()
        self._node_builds()
        return self

    def _book_fits(self) -> None:
        """Refuse a book of what the protocol does not have."""
        protocol = self.protocol.adapter_parameters()
        if self.book.options is not None and not protocol.has_options:
            raise ValueError(
                "book.options needs a protocol with options: set protocol.switches.options to true"
            )
        if self.book.collateral is not None and not protocol.has_token_collateral:
            raise ValueError(
                "book.collateral needs a protocol that takes tokens: set "
                "protocol.switches.collateral to multi"
            )

    def imported_book(self) -> ImportedBook | None:
        """Return the book that the campaign reads from a file; None where it is drawn."""
        if self.book.csv is None:
            return None
        try:
            return ImportedBook(self.book.csv, tuple(read_book(self.book.csv, list(self.market))))
        except CampaignError as error:
            raise ValueError(f"book.csv: {error.message}") from error

    def _node_builds(self) -> None:
        """Refuse what a node that builds its own blocks cannot do."""
        if self.chain.mempool == "node" and self.builder.policy.name != "priority":
            raise ValueError(
                f"builder policy '{self.builder.policy.name}' needs chain.mempool: model; a node "
                "builds its blocks by its own rule, which is 'priority'"
            )
        if self.chain.mempool == "node" and (self.trace.growth_every or self.trace.conflicts_every):
            raise ValueError(
                "trace.growth_every and trace.conflicts_every need chain.mempool: model: only "
                "Anvil tells a whole block's changes at once"
            )

    def _builder_names(self, names: list[str]) -> None:
        """Refuse a builder that names an actor or a role that the campaign does not have."""
        chosen = self.builder.policy.parameters
        if not isinstance(chosen, SelectionParameters):
            return
        roles = sorted({actor_role(kind) for kind in ACTORS})
        for what, given, known in (("actor", chosen.actors, names), ("role", chosen.roles, roles)):
            strange = [name for name in given if name not in known]
            if strange:
                raise ValueError(
                    f"builder policy '{self.builder.policy.name}' names {what} '{strange[0]}', "
                    f"which there is none of{suggestion(strange[0], known)}; there is "
                    f"{', '.join(known) or 'no actor at all'}"
                )

    def _gateway_roles(self) -> None:
        """Refuse a gateway that keeps a role which no kind of actor has."""
        roles = sorted({actor_role(kind) for kind in ACTORS})
        kept = self.chain.gateway.keeps if self.chain.gateway is not None else ()
        strange = [role for role in kept if role not in roles]
        if strange:
            raise ValueError(
                f"chain.gateway keeps role '{strange[0]}', which there is none of"
                f"{suggestion(strange[0], roles)}; there is {', '.join(roles)}"
            )

    def _actor_regions(self) -> None:
        """Refuse an actor in a region that the network does not have."""
        regions = list(self.network.regions)
        for chosen in self._everybody():
            region = actor_region(chosen)
            if region is not None and region not in regions:
                raise ValueError(
                    f"actor '{actor_name(chosen)}' is in region '{region}', which network.regions "
                    f"does not name{suggestion(region, regions)}"
                )

    def _everybody(self) -> list[Chosen[Actor]]:
        if isinstance(self.background, str):
            return list(self.actors)
        return [*self.actors, Chosen(ACTORS, "background", self.background)]

    def cast(self) -> list[Chosen[Actor]]:
        """Return who takes part: the enabled actors, and the background unless it is off."""
        return [chosen for chosen in self._everybody() if actor_enabled(chosen)]

    def canonical(self) -> dict[str, Any]:
        """Return the whole campaign, defaults included, as plain JSON data."""
        return self.model_dump(mode="json")


def actor_name(chosen: Chosen[Actor]) -> str:
    """Return an actor's own name, or its kind."""
    parameters = chosen.parameters
    if isinstance(parameters, ActorParameters) and parameters.name:
        return parameters.name
    return chosen.name


def actor_region(chosen: Chosen[Actor]) -> str | None:
    """Return where an actor is, None where it does not say."""
    parameters = chosen.parameters
    return parameters.region if isinstance(parameters, ActorParameters) else None


def actor_lane(chosen: Chosen[Actor]) -> Lane:
    """Return how an actor's transactions go to the builder."""
    parameters = chosen.parameters
    private = isinstance(parameters, ActorParameters) and parameters.lane == Lane.PRIVATE.label
    return Lane.PRIVATE if private else Lane.PUBLIC


def actor_role(kind: str) -> str:
    """Return the role of a registered kind of actor."""
    build: Any = ACTORS[kind].build
    return str(build.role)


def actor_enabled(chosen: Chosen[Actor]) -> bool:
    """Return whether an actor takes part."""
    parameters = chosen.parameters
    return not isinstance(parameters, ActorParameters) or parameters.enabled
