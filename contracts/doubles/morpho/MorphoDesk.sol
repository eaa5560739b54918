// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MockUSDC} from "../MockUSDC.sol";
import {MockWETH} from "../MockWETH.sol";
import {IMorphoBlue} from "./IMorphoBlue.sol";
import {ScaledFeedOracle} from "./ScaledFeedOracle.sol";

/// @title Opens and closes leveraged positions on Morpho Blue in one call
/// @notice Stands for a bundler and a deep spot market: it sells and buys collateral at the
/// oracle's price, so that all slippage in a campaign is the lending protocol's own.
contract MorphoDesk {
    using SafeERC20 for MockUSDC;

    uint256 private constant PRICE_SCALE = 1e36;

    IMorphoBlue private immutable MORPHO;
    MockUSDC private immutable LOAN_TOKEN;

    /// @notice The collateral costs more, or brings less, than the caller accepts.
    error LimitExceeded(uint256 amount, uint256 limit);
    /// @notice The caller has no such position.
    error NothingToClose(address account);
    /// @notice The collateral does not bring what is owed.
    error DebtExceedsCollateral(uint256 debt, uint256 value);

    /// @param morpho The lending protocol.
    /// @param loanToken The dollar, which this contract may mint.
    constructor(IMorphoBlue morpho, MockUSDC loanToken) {
        MORPHO = morpho;
        LOAN_TOKEN = loanToken;
        loanToken.approve(address(morpho), type(uint256).max);
    }

    /// @notice Buy collateral with the caller's own dollars first, and borrow the rest against it.
    /// @param params The market; the caller has authorised this contract and allowed it his dollars.
    /// @param collateral Units to buy.
    /// @param mostPaid Dollars units that it may cost.
    function open(
        IMorphoBlue.MarketParams calldata params,
        uint256 collateral,
        uint256 mostPaid
    ) external {
        uint256 cost = _value(params, collateral, PRICE_SCALE - 1);
        if (cost > mostPaid) revert LimitExceeded(cost, mostPaid);
        uint256 own = LOAN_TOKEN.balanceOf(msg.sender);
        if (own > cost) own = cost;
        if (own > 0) LOAN_TOKEN.safeTransferFrom(msg.sender, address(this), own);
        MockWETH token = MockWETH(params.collateralToken);
        token.mint(address(this), collateral);
        token.approve(address(MORPHO), collateral);
        MORPHO.supplyCollateral(params, collateral, msg.sender, "");
        if (cost > own) MORPHO.borrow(params, cost - own, 0, msg.sender, address(this));
    }

    /// @notice Pay the caller's debt back, sell his collateral and pay him the difference.
    /// @param params The market.
    /// @param id Its name.
    /// @param leastValue Dollar units that the collateral must bring.
    function close(
        IMorphoBlue.MarketParams calldata params,
        bytes32 id,
        uint256 leastValue
    ) external {
        (, uint256 shares, uint256 collateral) = MORPHO.position(id, msg.sender);
        if (collateral == 0) revert NothingToClose(msg.sender);
        uint256 value = _value(params, collateral, 0);
        if (value < leastValue) revert LimitExceeded(value, leastValue);
        LOAN_TOKEN.mint(address(this), value);
        uint256 debt;
        if (shares > 0) (debt, ) = MORPHO.repay(params, 0, shares, msg.sender, "");
        if (debt > value) revert DebtExceedsCollateral(debt, value);
        MORPHO.withdrawCollateral(params, collateral, msg.sender, address(this));
        LOAN_TOKEN.safeTransfer(msg.sender, value - debt);
    }

    function _value(
        IMorphoBlue.MarketParams calldata params,
        uint256 collateral,
        uint256 round
    ) private view returns (uint256) {
        uint256 price = ScaledFeedOracle(params.oracle).price();
        return (collateral * price + round) / PRICE_SCALE;
    }
}
