"""What builders can tell of a transaction, from the ledger."""

from __future__ import annotations

from floodline.campaign.ledger import Ledger
from floodline.chain.accounts import AccountBook
from floodline.mempool.transaction import PooledTransaction


class LedgerTraits:
    """Kinds, actors and addresses of the transactions of one campaign.

    Parameters
    ----------
    ledger : Ledger
        Who sent what.
    accounts : AccountBook
        Addresses by sender index.

    """

    def __init__(self, ledger: Ledger, accounts: AccountBook) -> None:
        self._ledger = ledger
        self._accounts = accounts

    def kind(self, tx: PooledTransaction) -> str:
        """Return what a transaction does."""
        return self._ledger.kinds[tx.call_kind]

    def actor(self, tx: PooledTransaction) -> str:
        """Return its actor's name."""
        return self._ledger.actor_of(tx.tx_id).name

    def role(self, tx: PooledTransaction) -> str:
        """Return its actor's role."""
        return self._ledger.actor_of(tx.tx_id).role

    def sender(self, tx: PooledTransaction) -> bytes:
        """Return its sender's address."""
        return self._accounts[tx.sender].address

    def recipient(self, tx: PooledTransaction) -> bytes:
        """Return the address that it calls."""
        return self._ledger.call_of(tx.tx_id).to
