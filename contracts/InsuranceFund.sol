// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {CashReason} from "./types/Types.sol";

/// @title The fund that pays first and as much as it has
contract InsuranceFund is IInsuranceFund {
    IClearingHouse private immutable HOUSE;

    /// @param house The ledger that holds the fund's cash.
    constructor(IClearingHouse house) {
        HOUSE = house;
    }

    /// @inheritdoc IInsuranceFund
    function cover(address to, uint256 amount, CashReason reason) external returns (uint256 paid) {
        if (!HOUSE.isEngine(msg.sender)) revert Unauthorized(msg.sender);
        paid = FixedPointMathLib.min(amount, available());
        HOUSE.moveCash(address(this), to, paid, reason);
        emit Covered(to, amount, paid);
    }

    /// @inheritdoc IInsuranceFund
    function available() public view returns (uint256) {
        int256 cash = HOUSE.cashOf(address(this));
        return cash > 0 ? uint256(cash) : 0;
    }
}
