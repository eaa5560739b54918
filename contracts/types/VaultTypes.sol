// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Everything that can be tuned on a vault of liquidity providers.
struct VaultParameters {
    /// How long a deposit waits before it can be processed, seconds.
    uint256 depositDelay;
    /// How long a redemption waits before it can be processed, seconds.
    uint256 redemptionDelay;
    /// What a redemption leaves to those who stay, WAD ratio.
    uint256 redemptionFee;
    /// Redemptions stop where free capital would fall below this share of net asset value, WAD.
    uint256 minFreeRatio;
    /// For how long they then stop, seconds.
    uint256 breakerSeconds;
}

/// @notice A deposit or a redemption that waits.
struct VaultRequest {
    /// Who receives shares or tokens.
    address receiver;
    /// When it was made, seconds.
    uint64 requestedAt;
    /// Token units of a deposit, shares of a redemption.
    uint256 amount;
}

/// @notice Everything that can be tuned on a hedge.
struct HedgeParameters {
    /// Least seconds between two hedges, unless there is nothing left to hedge.
    uint256 interval;
    /// Largest trade of one hedge, WAD units of the asset.
    uint256 maxTrade;
    /// Largest distance of the fill from the oracle price, WAD ratio.
    uint256 maxSlippage;
}
