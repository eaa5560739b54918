"""Load contracts: what they burn depends on what they are told, and on nothing else."""

import pytest

BASE_GAS = 21_000


@pytest.fixture
def execution_gas():
    """Gas of a receipt without what its calldata costs."""

    def of(receipt):
        data = bytes(receipt.data)
        zeros = data.count(0)
        return receipt.gas_used - BASE_GAS - 4 * zeros - 16 * (len(data) - zeros)

    return of


def test_storage_gas_is_a_function_of_the_count_alone(deploy, stranger, execution_gas):
    writer = deploy("StorageWriter")
    first = writer.write(0, 20, sender=stranger)
    elsewhere = writer.write(2**255 + 17, 20, sender=stranger)
    assert execution_gas(first) == execution_gas(elsewhere)
    more = writer.write(10**6, 30, sender=stranger)
    per_slot = (execution_gas(more) - execution_gas(first)) / 10
    assert 22_100 <= per_slot < 22_500
    assert writer.slots(2**255 + 36) == 1
    assert writer.slots(2**255 + 37) == 0


def test_computation_gas_is_linear_in_the_iterations(deploy, stranger, execution_gas):
    burner = deploy("ComputeBurner")
    data = burner.spin.encode_input
    gas = [
        execution_gas(stranger.transfer(burner, 0, data=data(count)))
        for count in (1_000, 2_000, 3_000)
    ]
    assert gas[2] - gas[1] == pytest.approx(gas[1] - gas[0], rel=0.001)
    assert gas[1] > gas[0] > 50_000


@pytest.mark.parametrize("gas_limit", [60_000, 1_234_567])
def test_the_burner_uses_exactly_its_gas_limit(chain, deploy, stranger, gas_limit):
    burner = deploy("GasBurner")
    web3 = chain.provider.web3
    call = {"from": stranger.address, "to": burner.address, "gas": hex(gas_limit), "value": "0x0"}
    web3.provider.make_request("anvil_impersonateAccount", [stranger.address])
    tx_hash = web3.provider.make_request("eth_sendTransaction", [call])["result"]
    receipt = web3.eth.wait_for_transaction_receipt(tx_hash)
    assert (receipt["status"], receipt["gasUsed"]) == (0, gas_limit)


def test_reading_gas_is_linear_in_the_count_and_blind_to_the_place(deploy, stranger, execution_gas):
    reader = deploy("StorageReader")
    data = reader.read.encode_input
    start = 2**200 + 2**100 + 17

    def gas(first, count):
        return execution_gas(stranger.transfer(reader, 0, data=data(first, count)))

    assert gas(0, 50) == gas(start, 50)
    assert gas(start, 60) - gas(start, 50) == gas(start, 50) - gas(start, 40)
    assert 2_100 <= (gas(start, 60) - gas(start, 50)) / 10 < 2_400


def test_touching_a_hot_key_costs_the_same_the_first_time_and_later(deploy, stranger):
    hot = deploy("HotStorage")
    used = {hot.touch(key, sender=stranger).gas_used for key in (1, 1, 77, hot.KEYS())}
    assert len(used) == 1
    assert hot.counters(1) == 3
    assert hot.counters(77) == 2
