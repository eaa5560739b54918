// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IInsuranceFund} from "../interfaces/IInsuranceFund.sol";
import {CashReason} from "../types/Types.sol";

/// @title A fund that refuses what it cannot pay whole: bad practice, to be measured
/// @notice Perpetual Protocol v2 reverts a liquidation whose bad debt is above the capacity of its
/// insurance fund (its error CH_IIC). The debt is then not written off but stays, and grows.
contract AllOrNothingFund is IInsuranceFund {
    /// @notice The fund has less than what it was asked for.
    error InsufficientFund(uint256 requested, uint256 available);

    IClearingHouse private immutable HOUSE;

    /// @param house The ledger that holds the fund's cash.
    constructor(IClearingHouse house) {
        HOUSE = house;
    }

    /// @inheritdoc IInsuranceFund
    /// @dev Unlike its interface promises, it reverts for lack of money.
    function cover(address to, uint256 amount, CashReason reason) external returns (uint256) {
        if (!HOUSE.isEngine(msg.sender)) revert Unauthorized(msg.sender);
        if (amount > available()) revert InsufficientFund(amount, available());
        HOUSE.moveCash(address(this), to, amount, reason);
        emit Covered(to, amount, amount);
        return amount;
    }

    /// @inheritdoc IInsuranceFund
    function available() public view returns (uint256) {
        int256 cash = HOUSE.cashOf(address(this));
        return cash > 0 ? uint256(cash) : 0;
    }
}
