// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What a desk asks of a Lyra v1 option market
/// @notice Names and order follow the deployed market; amounts have 18 decimals.
interface ILyraMarket {
    /// @notice What a trade asks for.
    struct TradeInputParameters {
        /// Which strike.
        uint256 strikeId;
        /// The position's token; zero for a new one.
        uint256 positionId;
        /// Parts that the trade is made in.
        uint256 iterations;
        /// 0 long call, 1 long put, 2 covered call, 3 short call, 4 short put.
        uint8 optionType;
        /// Options.
        uint256 amount;
        /// Collateral that is left in the position.
        uint256 setCollateralTo;
        /// The least to pay or be paid.
        uint256 minTotalCost;
        /// The most to pay or be paid.
        uint256 maxTotalCost;
    }

    /// @notice What came of a trade.
    struct Result {
        /// The position's token.
        uint256 positionId;
        /// Premium with fees.
        uint256 totalCost;
        /// Fees in it.
        uint256 totalFee;
    }

    /// @notice Open a position.
    /// @param params What the caller asks for.
    /// @return result What came of it.
    function openPosition(
        TradeInputParameters memory params
    ) external returns (Result memory result);
}
