"""A real Anvil does what the engine relies on: order, time, fees, state."""

import random
from collections import defaultdict

import pytest

from floodline.chain.anvil import AnvilNode
from floodline.chain.feemarket import (
    calldata_floor_gas,
    effective_tip,
    intrinsic_gas,
    minimum_gas_limit,
    next_base_fee,
)
from floodline.chain.rpc import Refused, RpcFailure
from floodline.chain.transaction import DynamicFeeTransaction
from floodline.foundation.errors import NodeError, SubmissionError

pytestmark = pytest.mark.anvil

GENESIS = 1_700_000_000
GAS_BURNER = b"\x22" * 20
BURNER_CODE = bytes.fromhex("5b600056")
REVERTER = b"\x33" * 20
# reverts with the one word 0xcafe
REVERTER_CODE = bytes.fromhex("61cafe60005260206000fd")
EMITTER = b"\x44" * 20
# emits the block number twice, under the topics 7 and 8
EMITTER_CODE = bytes.fromhex("43600052600760206000a1600860206000a100")
# returns the timestamp as one word
TIMESTAMP_CODE = bytes.fromhex("4260005260206000f3")
# returns the gas that is left as one word
GAS_LEFT_CODE = bytes.fromhex("5a60005260206000f3")
COLLATERAL_SINK = b"\x55" * 20


class Wallet:
    """Signs for accounts and counts their nonces."""

    def __init__(self):
        self.nonces = defaultdict(int)

    def sign(self, account, to=COLLATERAL_SINK, gas=21_000, data=b"", tip=10**9, value=0):
        nonce = self.nonces[account.address]
        self.nonces[account.address] += 1
        return account.sign(DynamicFeeTransaction(31337, nonce, tip, 10**12, gas, to, value, data))


def test_1400_transactions_are_executed_in_the_order_of_submission(node, flooders):
    wallet = Wallet()
    rng = random.Random(1)
    signed = [wallet.sign(rng.choice(flooders), tip=rng.randrange(1, 10**10)) for _ in range(1400)]
    outcomes = node.submit_ordered(transaction.raw for transaction in signed)
    block = node.seal(GENESIS + 12)
    hashes = [transaction.tx_hash for transaction in signed]
    assert outcomes == hashes
    assert list(block.transaction_hashes) == hashes
    assert block.gas_used == 1400 * 21_000


def test_a_block_has_the_timestamp_that_was_asked_for(node):
    assert node.block() == node.block(0)
    first, second = node.seal(GENESIS + 12), node.seal(GENESIS + 13)
    assert [first.number, second.number] == [1, 2]
    assert [first.timestamp, second.timestamp] == [GENESIS + 12, GENESIS + 13]
    assert node.block(1) == first


def test_time_does_not_run_backwards(node):
    node.seal(GENESIS + 12)
    with pytest.raises(NodeError):
        node.seal(GENESIS + 11)


def test_the_genesis_has_the_flags_that_were_given(anvil_path):
    with AnvilNode.start(
        anvil_path, gas_limit=15_000_000, base_fee=7_000, timestamp=GENESIS, chain_id=1337
    ) as node:
        genesis = node.block(0)
        assert node.chain_id == 1337
    assert (genesis.gas_limit, genesis.base_fee, genesis.timestamp) == (
        15_000_000,
        7_000,
        GENESIS,
    )


def test_a_refused_transaction_is_told_from_its_accepted_neighbours(node, flooders):
    wallet = Wallet()
    good, later = wallet.sign(flooders[0]), wallet.sign(flooders[1])
    broken = good.raw[:-1]
    accepted, refused, also_accepted = node.submit_ordered([good.raw, broken, later.raw])
    assert accepted == good.tx_hash
    assert isinstance(refused, RpcFailure)
    assert also_accepted == later.tx_hash
    assert node.seal(GENESIS + 12).transaction_hashes == (good.tx_hash, later.tx_hash)


def test_leftovers_can_be_dropped(node, flooders):
    wallet = Wallet()
    wallet.sign(flooders[0])
    gapped = wallet.sign(flooders[0])
    node.submit_ordered([gapped.raw])
    node.drop_all()
    assert int(node.rpc.call("txpool_status")["queued"], 16) == 0
    assert node.seal(GENESIS + 12).transaction_hashes == ()


def test_the_base_fee_is_ours_to_the_wei_over_random_gas_use(node, flooders):
    node.set_code(GAS_BURNER, BURNER_CODE)
    wallet = Wallet()
    rng = random.Random(5)
    node.seal(GENESIS + 12)
    for slot in range(2, 32):
        target = rng.choice([0, 15_000_000, 29_999_000, rng.randrange(30_000_000)])
        raws = []
        while target >= 30_000:
            gas = min(target, rng.randrange(30_000, 16_000_000))
            raws.append(wallet.sign(flooders[0], GAS_BURNER, gas).raw)
            target -= gas
        node.submit_ordered(raws)
        parent = node.block()
        block = node.seal(GENESIS + 12 * slot)
        assert len(block.transaction_hashes) == len(raws)
        assert block.base_fee == next_base_fee(parent.base_fee, parent.gas_used, parent.gas_limit)


def test_the_first_block_has_the_base_fee_of_the_genesis(node):
    assert node.seal(GENESIS + 12).base_fee == node.block(0).base_fee
    assert node.seal(GENESIS + 24).base_fee == next_base_fee(node.block(0).base_fee, 0, 30_000_000)


def test_the_next_base_fee_can_be_fixed(node):
    node.set_next_base_fee(77_000_000_000)
    assert node.seal(GENESIS + 12).base_fee == 77_000_000_000


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 50, b"\1" * 50, b"\0\1" * 700, bytes(range(256)) * 4]
)
def test_a_call_of_an_empty_account_uses_what_the_gas_rules_say(node, flooders, data):
    needed = minimum_gas_limit(data)
    assert needed == max(intrinsic_gas(data), calldata_floor_gas(data))
    enough = Wallet().sign(flooders[0], gas=needed, data=data)
    too_little = Wallet().sign(flooders[1], gas=needed - 1, data=data)
    outcomes = node.submit_ordered([enough.raw, too_little.raw])
    block = node.seal(GENESIS + 12)
    assert outcomes[0] == enough.tx_hash
    assert block.transaction_hashes == (enough.tx_hash,)
    assert block.gas_used == needed


def test_creation_pays_intrinsic_gas_for_its_code(node, flooders):
    init_code = b"\x00" + b"\x01" * 99
    needed = minimum_gas_limit(init_code, creates=True)
    signed = Wallet().sign(flooders[0], to=b"", gas=needed, data=init_code)
    node.submit_ordered([signed.raw])
    node.seal(GENESIS + 12)
    (receipt,) = node.receipts(1)
    assert (receipt.status, receipt.gas_used) == (1, needed)
    assert receipt.contract_address is not None


def test_receipts_tell_status_gas_price_and_events(node, flooders):
    node.set_code(EMITTER, EMITTER_CODE)
    node.set_code(REVERTER, REVERTER_CODE)
    wallet = Wallet()
    emits = wallet.sign(flooders[0], EMITTER, 100_000, tip=3)
    reverts = wallet.sign(flooders[1], REVERTER, 100_000, tip=5)
    node.submit_ordered([emits.raw, reverts.raw])
    block = node.seal(GENESIS + 12)
    receipts = node.receipts(block.number)
    assert [receipt.status for receipt in receipts] == [1, 0]
    assert [receipt.index for receipt in receipts] == [0, 1]
    assert sum(receipt.gas_used for receipt in receipts) == block.gas_used
    assert [receipt.effective_price - block.base_fee for receipt in receipts] == [
        effective_tip(10**12, tip, block.base_fee) for tip in (3, 5)
    ]
    assert node.receipts_for([reverts.tx_hash, emits.tx_hash]) == receipts[::-1]
    logs = node.logs(block.number)
    assert tuple(logs) == receipts[0].logs
    assert [log.topics for log in logs] == [((7).to_bytes(32),), ((8).to_bytes(32),)]
    assert [(log.address, log.data, log.tx_hash) for log in logs] == [
        (EMITTER, (1).to_bytes(32), emits.tx_hash)
    ] * 2
    assert node.logs(block.number, [EMITTER]) == logs
    assert node.logs(block.number, [REVERTER]) == []


def test_a_receipt_of_a_transaction_in_no_block_is_an_error(node, flooders):
    with pytest.raises(SubmissionError, match="1 of 1"):
        node.receipts_for([Wallet().sign(flooders[0]).tx_hash])


def test_calls_return_data_or_the_revert(node):
    node.set_code(REVERTER, REVERTER_CODE)
    node.set_code(EMITTER, TIMESTAMP_CODE)
    block = node.seal(GENESIS + 24)
    assert int.from_bytes(node.call(EMITTER, b"")) == block.timestamp
    with pytest.raises(Refused) as caught:
        node.call(REVERTER, b"")
    assert caught.value.failure.data == (0xCAFE).to_bytes(32)
    answers = node.call_many([(EMITTER, b""), (REVERTER, b"")] * 60)
    assert answers[::2] == [block.timestamp.to_bytes(32)] * 60
    assert all(
        isinstance(answer, RpcFailure) and answer.data == (0xCAFE).to_bytes(32)
        for answer in answers[1::2]
    )


def test_a_read_may_use_more_gas_than_a_block_has(anvil_path):
    with AnvilNode.start(anvil_path, gas_limit=1_000_000) as node:
        node.set_code(EMITTER, GAS_LEFT_CODE)
        assert int.from_bytes(node.call(EMITTER, b"")) > 100_000_000
        (answer,) = node.call_many([(EMITTER, b"")])
        assert isinstance(answer, bytes)
        assert int.from_bytes(answer) > 100_000_000


def test_a_revert_restores_balances_height_and_fee_once(node, flooders):
    keeper = flooders[0]
    before = node.balance(keeper.address)
    snapshot = node.snapshot()
    node.submit_ordered([Wallet().sign(keeper, value=10**18).raw])
    node.seal(GENESIS + 12)
    assert node.balance(COLLATERAL_SINK) == 10**18
    assert node.nonce(keeper.address) == 1
    node.revert(snapshot)
    assert node.block().number == 0
    assert node.balances([keeper.address, COLLATERAL_SINK]) == [before, 0]
    assert node.nonce(keeper.address) == 0
    with pytest.raises(NodeError, match="snapshot"):
        node.revert(snapshot)


def test_a_state_dump_brings_a_fresh_node_to_the_same_point(node, flooders, anvil_path):
    node.set_code(GAS_BURNER, BURNER_CODE)
    wallet = Wallet()
    node.submit_ordered([wallet.sign(flooders[3], value=5).raw])
    node.seal(GENESIS + 12)
    state = node.dump_state()
    with AnvilNode.start(anvil_path, timestamp=GENESIS) as other:
        other.load_state(state)
        assert other.block() == node.block()
        assert other.code(GAS_BURNER) == BURNER_CODE
        assert other.balance(COLLATERAL_SINK) == 5
        after = wallet.sign(flooders[3], value=6)
        for each in (node, other):
            each.submit_ordered([after.raw])
        assert node.seal(GENESIS + 24) == other.seal(GENESIS + 24)
        assert other.balance(COLLATERAL_SINK) == 11


def test_two_nodes_given_the_same_transactions_seal_the_same_blocks(anvil_path, flooders, node):
    with AnvilNode.start(anvil_path, timestamp=GENESIS) as twin:
        twin.set_balances([(account.address, 10**24) for account in flooders])
        wallet = Wallet()
        for slot in range(1, 4):
            raws = [wallet.sign(account).raw for account in flooders]
            for each in (node, twin):
                each.submit_ordered(raws)
            assert node.seal(GENESIS + slot) == twin.seal(GENESIS + slot)


def test_an_attached_node_is_the_same_chain_and_outlives_its_closing(node):
    with AnvilNode.attach(node.url) as attached:
        assert attached.seal(GENESIS + 12) == node.block()
    assert node.block().number == 1


def test_web3_sees_the_same_chain(node):
    node.seal(GENESIS + 12)
    assert node.web3().eth.block_number == 1
