"""Parameters of the adapters for Aave and Lyra: what does not fit is told, with what would."""

import pytest
from pydantic import ValidationError

from floodline.protocols.aave.settings import AaveParameters, AaveSettings
from floodline.protocols.lyra.settings import LyraParameters, LyraSettings

BOTH = [AaveParameters, LyraParameters]


@pytest.mark.parametrize("parameters", BOTH)
@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"profile": "bse"}, "has no profile 'bse'"),
        ({"switches": {"adl": "queue"}}, "has no switches; remove adl"),
        ({"addresses": {"pol": "0x" + "11" * 20}}, "has no contract of that name"),
        ({"overrides": {"liquidation_bonu": 1}}, "no parameter 'liquidation_bonu'"),
    ],
)
def test_what_an_adapter_has_not_is_refused(parameters, given, complaint):
    with pytest.raises(ValidationError) as caught:
        parameters.model_validate(given)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("parameters", BOTH)
def test_what_stands_keeps_its_own_parameters_and_is_found_from_one_address(parameters):
    where = parameters.named[0]
    standing = {where: "0x" + "11" * 20, "ETH": "0x" + "22" * 20}
    assert parameters.model_validate({"addresses": standing}).standing("ETH") == b"\x22" * 20
    fixed = {AaveParameters: "ltv", LyraParameters: "penalty"}[parameters]
    with pytest.raises(ValidationError, match=f"remove overrides.{fixed}"):
        parameters.model_validate({"addresses": standing, "overrides": {fixed: 0.1}})
    with pytest.raises(ValidationError, match=f"add `{where}`"):
        parameters.model_validate({"addresses": {"ETH": "0x" + "22" * 20}})


def test_a_loan_that_could_be_liquidated_at_once_is_refused():
    with pytest.raises(ValidationError, match="liquidated at once"):
        AaveParameters.model_validate({"overrides": {"ltv": 0.9}})


def test_a_threshold_that_leaves_no_room_for_the_bonus_is_refused():
    given = {"overrides": {"liquidation_threshold": 0.97, "liquidation_bonus": 0.05}}
    with pytest.raises(ValidationError, match="no room for a bonus"):
        AaveParameters.model_validate(given)


def test_overrides_reach_the_settings():
    aave = AaveParameters.model_validate({"overrides": {"ltv": 0.7}})
    assert aave.settings(AaveSettings).ltv == 0.7
    lyra = LyraParameters.model_validate({"overrides": {"penalty": 0.1}})
    assert lyra.settings(LyraSettings).penalty == 0.1
