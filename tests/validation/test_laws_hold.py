"""`floodline validate --quick`, law by law."""

from __future__ import annotations

import pytest

from floodline.validation.law import Effort
from floodline.validation.laws import LAWS, chosen, hold

pytestmark = pytest.mark.anvil


@pytest.mark.parametrize("number", [law.number for law in LAWS])
def test_the_machine_keeps_the_law(number: str) -> None:
    (verdict,) = hold(chosen([number]), Effort(quick=True), lambda _law: None)
    broken = [finding for finding in verdict.findings if not finding.holds]
    assert verdict.findings
    assert not broken
