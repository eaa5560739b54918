"""The feeds and the hub that reads them, as the switches have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from floodline.chain.accounts import Account, AccountBook
from floodline.foundation.errors import CampaignError
from floodline.protocols.interface import Call
from floodline.protocols.reference.deploy_site import CONFIGURE_GAS, Site
from floodline.protocols.reference.model_hub import GuardParameters
from floodline.protocols.reference.profiles import asset_id
from floodline.protocols.reference.signed_prices import PriceSigners, SignedPrice
from floodline.protocols.reference.switches import Fallback, FeedBounds, Oracle

NO_GUARD_S: Final = 365 * 86_400
"""Age that a price may have where staleness is not guarded against: a year."""

MAX_REPORTERS: Final = 20
"""Publishers of one median feed, beside the deployer."""

_PREPAID_UPDATES: Final = 1_000_000
_UPDATE_GAS: Final = 500_000


class Oracles(NamedTuple):
    """Addresses of hub and feeds."""

    hub: bytes
    feeds: dict[str, bytes]
    """By market: what the hub reads."""
    sources: dict[str, bytes]
    """By market: where publishers transmit; the feed itself but for delayed feeds."""
    references: dict[str, bytes]
    """By market: the average that breakers hold prices against, where there is one."""
    sequencer: bytes | None
    """The sequencer's uptime feed, where the hub asks it."""


def price_signers(site: Site) -> list[Account]:
    """Return the accounts that sign pulled prices, as many as the quorum; fixed and worthless."""
    return AccountBook(0).accounts("price signer", site.profile.feeds.pull_quorum.value)


def signers_of(site: Site, feed: bytes) -> PriceSigners:
    """Return the signers of one feed."""
    return PriceSigners(price_signers(site), feed, site.chain.chain_id)


def deploy_oracles(site: Site, pools: Mapping[str, bytes]) -> Oracles:
    """Deploy hub and feeds, and publish each market's start price.

    Parameters
    ----------
    site : Site
        Where to, and by which profile.
    pools : Mapping[str, bytes]
        Spot pool of each market, where there are any.

    """
    switches = site.profile.switches
    guarded = switches.breaker or switches.sequencer_guard
    hub = site.deploy("GuardedOracleHub" if guarded else "OracleHub")
    feeds: dict[str, bytes] = {}
    sources: dict[str, bytes] = {}
    for market, price in site.prices_e8.items():
        deploy = _DEPLOY[switches.oracle]
        feeds[market], sources[market] = deploy(site, market, price, pools.get(market, b""))
        oracle, (young, old) = site.profile.oracle, _ages(site)
        configuration = oracle.asset_configuration(feeds[market], price)
        configuration = configuration._replace(max_age_default=old, max_age_strict=young)
        site.configure("OracleHub", hub, "configureAsset", asset_id(market), tuple(configuration))
    references: dict[str, bytes] = {}
    if switches.breaker:
        references = _set_guards(site, hub, pools)
    sequencer = _watch_sequencer(site, hub) if switches.sequencer_guard else None
    return Oracles(hub, feeds, sources, references, sequencer)


def prepay(site: Site, oracles: Oracles, consumers: Sequence[bytes]) -> None:
    """Pay update fees ahead for the contracts that carry prices; only pull feeds ask for any."""
    fee = site.profile.feeds.pull_fee.value
    if site.profile.switches.oracle is not Oracle.PULL or fee == 0:
        return
    for feed in oracles.feeds.values():
        for consumer in consumers:
            data = site.interfaces["PullFeed"].encode("prepay", consumer)
            amount = fee * _PREPAID_UPDATES
            call = Call(feed, data, CONFIGURE_GAS, "PullFeed.prepay", value=amount)
            site.chain.send(site.chain.deployer, call)


def _ages(site: Site) -> tuple[int, int]:
    """Return the largest strict and default ages of a price, seconds."""
    profile = site.profile
    if not profile.switches.staleness_guard:
        return NO_GUARD_S, NO_GUARD_S
    if profile.switches.oracle is Oracle.PULL:
        return profile.feeds.pull_age_strict.value, profile.feeds.pull_age_default.value
    late = 0
    if profile.switches.oracle is Oracle.DELAYED:
        late = 2 * profile.feeds.hop_seconds.value  # it waits one hop, and stands for one
    return profile.oracle.max_age_strict.value + late, profile.oracle.max_age_default.value + late


def _push(site: Site, market: str, price: int, _pool: bytes) -> tuple[bytes, bytes]:
    oracle = site.profile.oracle
    clamps = site.profile.switches.feed_bounds is FeedBounds.CLAMP
    low, high = oracle.bounds_e8(price)
    feed = site.deploy(
        "ClampedPushFeed" if clamps else "PushFeed",
        f"{market} / USD",
        low,
        high,
        oracle.heartbeat.value,
        oracle.deviation.value,
        [site.chain.deployer, *site.publishers],
    )
    site.configure("PushFeed", feed, "transmit", price, site.chain.now_s - 1)
    return feed, feed


def _delayed(site: Site, market: str, price: int, pool: bytes) -> tuple[bytes, bytes]:
    _, source = _push(site, market, price, pool)
    hop = site.profile.feeds.hop_seconds.value
    feed = site.deploy("DelayedFeed", f"{market} / USD, delayed", source, hop)
    site.configure("DelayedFeed", feed, "poke")
    return feed, source


def _median(site: Site, market: str, price: int, _pool: bytes) -> tuple[bytes, bytes]:
    """Deploy a feed of one publisher an oracle actor; the deployer reports alone for now."""
    count, place = len(site.prices_e8), list(site.prices_e8).index(market)
    reporters = list(site.publishers[place::count])
    if len(reporters) > MAX_REPORTERS:
        raise CampaignError(
            f"protocol.switches.oracle: a median feed has at most {MAX_REPORTERS} publishers, "
            f"the campaign has {len(reporters)}",
            "use fewer oracle actors",
        )
    deployer = site.chain.deployer
    age = site.profile.feeds.median_report_age.value
    feed = site.deploy("MedianFeed", f"{market} / USD, median", [deployer, *reporters], 1, age)
    site.configure("MedianFeed", feed, "transmit", price, site.chain.now_s - 1)
    return feed, feed


def hand_over(site: Site) -> dict[str, list[tuple[str, tuple[object, ...]]]]:
    """Return what the deployer calls last of all on each market's median feed.

    Until then he reports alone, so that there is a start price; after it a majority of the
    publishers makes a round.
    """
    if site.profile.switches.oracle is not Oracle.MEDIAN:
        return {}
    found: dict[str, list[tuple[str, tuple[object, ...]]]] = {}
    for place, market in enumerate(site.prices_e8):
        count = len(site.publishers[place :: len(site.prices_e8)])
        if count:
            found[market] = [
                ("setPublisher", (site.chain.deployer, False)),
                ("setQuorum", (count // 2 + 1,)),
            ]
    return found


def _twap(site: Site, market: str, _price: int, pool: bytes) -> tuple[bytes, bytes]:
    feeds = site.profile.feeds
    feed = site.deploy(
        *("TwapFeed", f"{market} / USD, averaged", pool),
        *(feeds.twap_window.value, feeds.twap_period.value),
    )
    site.configure("TwapFeed", feed, "poke")
    return feed, feed


def _pull(site: Site, market: str, price: int, _pool: bytes) -> tuple[bytes, bytes]:
    feeds = site.profile.feeds
    count = max(feeds.pull_signers.value, feeds.pull_quorum.value)
    signers = [account.address for account in AccountBook(0).accounts("price signer", count)]
    feed = site.deploy(
        *("PullFeed", f"{market} / USD, pulled", signers, feeds.pull_quorum.value),
        *(feeds.pull_fee.value, feeds.pull_update_age.value),
    )
    published = site.chain.now_s - 1
    confidence = price * feeds.pull_confidence.value // 10**18
    signed = SignedPrice(price, confidence, published, published - 1)
    signatures = signers_of(site, feed).sign(signed)
    data = site.interfaces["PullFeed"].encode("update", tuple(signed), signatures)
    call = Call(feed, data, _UPDATE_GAS, "PullFeed.update", value=feeds.pull_fee.value)
    site.chain.send(site.chain.deployer, call)
    return feed, feed


_DEPLOY: Final = {
    Oracle.PUSH: _push,
    Oracle.PULL: _pull,
    Oracle.DELAYED: _delayed,
    Oracle.MEDIAN: _median,
    Oracle.TWAP: _twap,
}


def _watch_sequencer(site: Site, hub: bytes) -> bytes:
    """Deploy an uptime feed that anybody reports to, and let the hub ask it."""
    feed = site.deploy("SequencerDouble", bytes(20))
    grace = site.profile.guards.grace_seconds.value
    site.configure("GuardedOracleHub", hub, "setSequencer", feed, grace)
    return feed


def _set_guards(site: Site, hub: bytes, pools: Mapping[str, bytes]) -> dict[str, bytes]:
    """Set each asset's guards; the reference is the spot pool's average where there is a pool."""
    guards, switches = site.profile.guards, site.profile.switches
    references: dict[str, bytes] = {}
    for market in site.prices_e8:
        given = GuardParameters(
            max_jump=guards.max_jump.value,
            jump_seconds=guards.jump_seconds.value,
            max_confidence=guards.max_confidence.value if switches.oracle is Oracle.PULL else 0,
            last_good=switches.fallback is Fallback.LAST_GOOD,
        )
        if market in pools and switches.oracle is not Oracle.TWAP:
            references[market], _ = _twap(site, market, 0, pools[market])
            given = given._replace(
                reference_feed=references[market], max_deviation=guards.max_deviation.value
            )
        site.configure("GuardedOracleHub", hub, "setGuards", asset_id(market), tuple(given))
    return references
