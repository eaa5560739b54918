"""The pool's model and a Hardhat node, fed alike, for the rules that Hardhat has."""

from pool_twins import BURN_ALL, BURNER, GAS_LIMIT, GENESIS_S, PoolTwins

from floodline.chain.genesis import GenesisAccount
from floodline.chain.hardhat import HardhatNode
from floodline.mempool import PoolLimits

NO_LIMITS = PoolLimits(
    price_limit=0,
    account_slots=100_000,
    global_slots=100_000,
    account_queue=100_000,
    global_queue=100_000,
)


class HardhatTwins(PoolTwins):
    """A Hardhat and the model without limits."""

    def __init__(self, installed, log_path, *, senders):
        self.installed = installed
        super().__init__(None, log_path, senders=senders, limits=NO_LIMITS)

    def start(self, _path, limits, base_fee, log_path):
        alloc = {
            account.address: GenesisAccount(balance=balance)
            for account, balance in zip(self.accounts, self.balances, strict=True)
        }
        alloc[BURNER] = GenesisAccount(code=BURN_ALL)
        return HardhatNode.start(
            self.installed.runtime.node,
            self.installed.script,
            self.installed.home,
            alloc,
            gas_limit=GAS_LIMIT,
            base_fee=base_fee,
            timestamp=GENESIS_S,
            log_path=log_path,
        )

    def settle(self):
        """Do nothing: Hardhat has found a transaction's place when it answers."""

    def compare(self):
        """Both must hold the same transactions; Hardhat does not say which are executable."""
        self.left = self.pool.take_departures()
        theirs = {self.hashes[tx_hash] for tx_hash in self.node.pool_hashes()}
        assert theirs == {tx.tx_id for tx in self.pool}
