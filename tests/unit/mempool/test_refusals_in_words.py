"""What nodes say when they refuse a transaction, in the pool's own terms."""

import pytest

from floodline.mempool.refusals import reason_of
from floodline.mempool.states import Reason


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("already known", Reason.ALREADY_KNOWN),
        ("nonce too low: next nonce 4, tx nonce 3", Reason.NONCE_TOO_LOW),
        ("transaction underpriced", Reason.UNDERPRICED),
        ("replacement transaction underpriced", Reason.REPLACEMENT_UNDERPRICED),
        (
            "transaction gas price below minimum: gas tip cap 0, minimum needed 1",
            Reason.TIP_BELOW_MINIMUM,
        ),
        ("txpool is full", Reason.POOL_OVERFLOW),
        (
            "future transaction tries to replace pending transaction",
            Reason.GAPPED_WOULD_EVICT_EXECUTABLE,
        ),
        ("max fee per gas less than block base fee", Reason.BELOW_BASE_FEE),
        ("Insufficient funds for gas * price + value", Reason.INSUFFICIENT_FUNDS),
        ("the moon is in the wrong phase", Reason.OTHER),
    ],
)
def test_words_of_nodes_have_their_reason(words, reason):
    assert reason_of(words) is reason
