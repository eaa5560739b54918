"""The abstract suite on Floodline's own adapters."""

from __future__ import annotations

import pytest

from floodline.validation.adapters.suite import AdapterSuite


@pytest.mark.anvil
@pytest.mark.slow
class TestReference(AdapterSuite):
    adapter = "reference"


@pytest.mark.anvil
@pytest.mark.slow
@pytest.mark.usefixtures("morpho_package")
class TestMorphoBlue(AdapterSuite):
    adapter = "morpho"


@pytest.mark.anvil
@pytest.mark.slow
class TestAave(AdapterSuite):
    adapter = "aave"


@pytest.mark.anvil
@pytest.mark.slow
class TestLyra(AdapterSuite):
    adapter = "lyra"
