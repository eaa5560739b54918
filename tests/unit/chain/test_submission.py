"""Pipelined sending keeps the order, works ahead of the sender by little, and stops at a fault."""

import threading

import pytest

from floodline.chain.submission import send_pipelined


@pytest.mark.parametrize("count", [0, 1, 29, 30, 31, 300, 301])
def test_every_item_is_sent_once_in_order(count):
    batches = []

    def send(batch):
        batches.append(list(batch))
        return [item * 2 for item in batch]

    assert send_pipelined(range(count), 30, send) == [item * 2 for item in range(count)]
    assert [item for batch in batches for item in batch] == list(range(count))
    assert all(len(batch) <= 30 for batch in batches)


def test_items_are_made_while_earlier_ones_are_on_their_way():
    second_batch_made = threading.Event()

    def items():
        for item in range(4):
            if item == 2:
                second_batch_made.set()
            yield item

    def send(batch):
        assert second_batch_made.wait(5.0)
        return list(batch)

    assert send_pipelined(items(), 2, send) == [0, 1, 2, 3]


def test_a_sender_that_stalls_holds_the_maker_back():
    made, release = [], threading.Event()

    def items():
        for item in range(1000):
            made.append(item)
            yield item

    def send(batch):
        assert release.wait(5.0)
        return list(batch)

    thread = threading.Thread(target=send_pipelined, args=(items(), 1, send))
    thread.start()
    threading.Event().wait(0.1)
    assert 2 <= len(made) < 20
    release.set()
    thread.join()
    assert len(made) == 1000


def test_the_first_fault_of_the_sender_is_raised_and_nothing_is_sent_after_it():
    sent = []

    def send(batch):
        if batch[0] == 4:
            raise ConnectionError("lost")
        sent.extend(batch)
        return list(batch)

    with pytest.raises(ConnectionError, match="lost"):
        send_pipelined(range(1000), 2, send)
    assert sent == [0, 1, 2, 3]


def test_a_fault_of_the_maker_is_raised_and_leaves_no_thread():
    def items():
        yield from range(5)
        raise ValueError("bad key")

    before = threading.active_count()
    with pytest.raises(ValueError, match="bad key"):
        send_pipelined(items(), 2, list)
    assert threading.active_count() == before
