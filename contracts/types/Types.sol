// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice How old a price may be for the purpose at hand.
/// @dev `Any` never reverts for age and serves reporting only; `Default` serves trading; `Strict`
/// serves liquidation and withdrawal.
enum Tolerance {
    Any,
    Default,
    Strict
}

/// @notice Why cash moved between two ledger accounts.
enum CashReason {
    Pnl,
    Fee,
    Penalty,
    KeeperReward,
    DeficitCover,
    Haircut,
    Escrow,
    Auction
}

/// @notice What a leg is a claim on.
enum LegKind {
    Perp,
    Call,
    Put
}

/// @notice One position of an account, in words that every product shares.
struct Leg {
    /// Kind of the claim.
    LegKind kind;
    /// Asset id in the oracle hub.
    bytes32 asset;
    /// Signed size, WAD units of the asset.
    int256 size;
    /// Strike, WAD USD; zero for a perpetual.
    uint256 strike;
    /// Expiry, seconds; zero for a perpetual.
    uint256 expiry;
}

/// @notice Where an asset's price comes from and when it is refused.
struct AssetConfiguration {
    /// AggregatorV3-compatible feed.
    address feed;
    /// Smallest price accepted, WAD USD.
    uint256 minPrice;
    /// Largest price accepted, WAD USD.
    uint256 maxPrice;
    /// Largest age of the observation for `Tolerance.Default`, seconds.
    uint256 maxAgeDefault;
    /// Largest age of the observation for `Tolerance.Strict`, seconds.
    uint256 maxAgeStrict;
}

/// @notice Everything that can be tuned on one perpetual market.
struct MarketParameters {
    /// Skew at which the premium reaches 100 %, WAD units of the asset.
    uint256 skewScale;
    /// Funding acceleration at full proportional skew, WAD per day squared.
    uint256 maxFundingVelocity;
    /// Fee on the part of an order that reduces |skew|, WAD ratio of notional.
    uint256 makerFee;
    /// Fee on the part of an order that increases |skew|, WAD ratio of notional.
    uint256 takerFee;
    /// Largest open interest of one side, WAD units of the asset.
    uint256 maxSideSize;
    /// Largest open interest of one side at the oracle price, WAD USD.
    uint256 maxSideValue;
    /// Initial margin ratio of an infinitely small position, WAD.
    uint256 minInitialRatio;
    /// Growth of the initial margin ratio per |size| / skewScale, WAD.
    uint256 initialRatioSlope;
    /// Upper bound of the initial margin ratio, WAD.
    uint256 maxInitialRatio;
    /// Maintenance over initial margin ratio, WAD, at most one.
    uint256 maintenanceScalar;
    /// Margin added to every open position, WAD USD.
    uint256 minPositionMargin;
    /// Smallest notional of an open position, WAD USD.
    uint256 minNotional;
    /// Share of notional reserved for, and paid to, the liquidating keeper, WAD.
    uint256 flagRewardRatio;
    /// Smallest liquidation reward reserved in margin, WAD USD.
    uint256 minFlagReward;
    /// Counterparty capital locked per unit of open notional, WAD.
    uint256 lockedOiRatio;
    /// Share of trading fees that goes to the insurance fund, WAD.
    uint256 fundFeeShare;
    /// Open interest of a side from which its initial margin grows, WAD USD.
    uint256 oiScaleStart;
    /// Open interest at which maxInitialRatio is asked for, WAD USD; zero for fixed margin.
    uint256 oiScaleFull;
}

/// @notice Liquidation rules of one market.
struct LiquidationParameters {
    /// Length of the rolling window, seconds.
    uint256 windowSeconds;
    /// Capacity multiplier of the window, WAD.
    uint256 capacityMultiplier;
    /// Proportional skew below which one chunk a block may exceed the window, WAD.
    uint256 maxPremium;
    /// Notional up to which a position is always closed whole, WAD USD.
    uint256 dustNotional;
    /// Share closed while equity is at least half of maintenance, WAD.
    uint256 closeFactor;
    /// Penalty on closed notional, WAD.
    uint256 penaltyRatio;
    /// Share of the penalty that is charged, to the insurance fund, WAD.
    uint256 penaltyFundShare;
    /// Whether reward and penalty are limited to the maintenance margin that a chunk frees.
    bool spiralGuard;
}

/// @notice How one token counts as collateral.
struct CollateralParameters {
    /// Asset id in the oracle hub.
    bytes32 asset;
    /// Spot pool against the settlement token that it is sold through.
    address pool;
    /// Most that the vault takes of it, WAD units.
    uint256 cap;
    /// Growth of the haircut per unit that an account holds, WAD per WAD unit.
    uint256 haircutSlope;
    /// Smallest haircut, WAD.
    uint256 minHaircut;
    /// Largest haircut, WAD, below one.
    uint256 maxHaircut;
    /// Furthest below the oracle's value that a sale may end, WAD, at most the smallest haircut.
    uint256 maxSlippage;
}

/// @notice How keepers are paid.
struct KeeperParameters {
    /// Asset id whose price converts gas cost to USD.
    bytes32 gasAsset;
    /// Gas budget of one liquidation, gas.
    uint256 gasUnits;
    /// Least profit over cost, WAD USD.
    uint256 minProfit;
    /// Least profit over cost, WAD ratio of cost.
    uint256 profitRatio;
    /// Share of the account's remaining margin that may pay the reward, WAD.
    uint256 marginScaling;
    /// Constant cap of the reward, WAD USD; applies when `capEnabled`.
    uint256 constantCap;
    /// Whether the constant cap applies.
    bool capEnabled;
    /// Whether the priority fee counts as cost.
    bool reimburseTip;
}

/// @notice A trader's position in one market.
struct Position {
    /// Signed size, WAD units of the asset.
    int256 size;
    /// Price at which the position was last re-based, WAD USD.
    uint256 entryPrice;
    /// Funding accumulator at the last re-basing, WAD USD per unit.
    int256 entryFunding;
}

/// @notice What a perpetual market keeps beside positions.
struct PerpBook {
    /// Sum of signed sizes, WAD units.
    int256 skew;
    /// Sum of absolute sizes, WAD units.
    uint256 totalSize;
    /// Sum of size * (entryPrice + entryFunding), WAD * WAD.
    int256 debtCorrection;
    /// Funding rate at fundingUpdatedAt, WAD per day.
    int256 fundingRate;
    /// Funding accumulator at fundingUpdatedAt, WAD USD per unit.
    int256 fundingAccumulator;
    /// Seconds.
    uint256 fundingUpdatedAt;
}
