"""Every identity of a run, computed from its tables alone."""

from __future__ import annotations

from floodline.measure.identities_chain import chain_identities
from floodline.measure.identities_protocol import protocol_identities
from floodline.measure.identity import Identity, require
from floodline.measure.tables import Tables

__all__ = ["Identity", "check", "require"]


def check(tables: Tables) -> list[Identity]:
    """Return every identity with its residual; the list is the same for every run.

    An identity whose tables are empty is listed with residual 0 and says that there was nothing to
    check.

    Parameters
    ----------
    tables : Tables
        Tables of a run, built or read back.

    """
    return [*chain_identities(tables), *protocol_identities(tables)]
