// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice What determines a European option's price.
struct OptionInputs {
    /// Price of the asset, WAD USD.
    uint256 spot;
    /// Strike, WAD USD.
    uint256 strike;
    /// Volatility, WAD per square root of a year of 365 days.
    uint256 volatility;
    /// Time to expiry, seconds.
    uint256 secondsLeft;
    /// Continuously compounded interest rate, WAD per year.
    uint256 rate;
}

/// @notice Prices and sensitivities of the call and the put of one strike and expiry.
struct Greeks {
    /// Price of the call, WAD USD.
    uint256 call;
    /// Price of the put, WAD USD.
    uint256 put;
    /// Change of the call's price per dollar of the asset, WAD; the put's is that less one.
    uint256 callDelta;
    /// Change of delta per dollar of the asset, WAD per USD; the same for both.
    uint256 gamma;
    /// Change of price per 1.00 of volatility, WAD USD; the same for both.
    uint256 vega;
    /// Change of the call's price per year that passes, WAD USD.
    int256 callTheta;
    /// Change of the put's price per year that passes, WAD USD.
    int256 putTheta;
}

/// @notice Strike and expiry: what a point of the volatility surface is known by.
struct OptionKey {
    /// WAD USD.
    uint256 strike;
    /// Seconds.
    uint256 expiry;
}

/// @notice What publishers say of volatility and interest.
struct SurfaceState {
    /// Volatility at the forward with 30 days to go, WAD.
    uint256 base;
    /// Change of the factor per unit of moneyness ln(K / F) / sqrt(T), WAD.
    int256 slope;
    /// Change of the factor per squared unit of moneyness, WAD.
    uint256 smile;
    /// Interest rate, WAD per year.
    uint256 rate;
}

/// @notice Everything that can be tuned on a volatility surface.
struct SurfaceParameters {
    /// Smallest base volatility, WAD.
    uint256 minBase;
    /// Largest base volatility, WAD.
    uint256 maxBase;
    /// Smallest factor of moneyness, WAD.
    uint256 minFactor;
    /// Largest factor of moneyness, WAD.
    uint256 maxFactor;
    /// Smallest volatility, WAD.
    uint256 minVolatility;
    /// Largest volatility, WAD.
    uint256 maxVolatility;
    /// Power of 30 days over the time left, WAD.
    uint256 termPower;
    /// Options whose trade moves the base by `impact`, WAD.
    uint256 standardSize;
    /// How far `standardSize` moves the base, WAD.
    uint256 impact;
    /// How far the traded strike's factor moves per unit that the base moves, WAD.
    uint256 factorImpact;
    /// Largest age of what publishers said, seconds.
    uint256 heartbeat;
    /// Move of the base inside a window beyond which trading halts, WAD ratio; zero for no breaker.
    uint256 maxMove;
    /// Length of that window, seconds.
    uint256 moveSeconds;
    /// How long trading halts, seconds.
    uint256 haltSeconds;
}

/// @notice An option that a market lists, with the open interest of its traders.
struct Series {
    /// WAD USD.
    uint128 strike;
    /// Seconds.
    uint64 expiry;
    /// Call or put.
    bool isCall;
    /// Sum of the traders' long sizes, WAD.
    uint128 long;
    /// Sum of the traders' short sizes, WAD.
    uint128 short;
}

/// @notice Everything that can be tuned on an option market.
struct OptionParameters {
    /// What a trade pays on top of the model price on either side, WAD ratio of that price.
    uint256 spread;
    /// Fee, WAD ratio of notional (size times spot).
    uint256 feeRatio;
    /// Upper bound of that fee, WAD ratio of the premium.
    uint256 feeCap;
    /// Fee per option, WAD USD, when volatility times net vega over the vault's capital is 1.
    uint256 vegaFee;
    /// A position grows only while the call's delta lies between this and its complement, WAD.
    uint256 minDelta;
    /// Largest open interest of one side of a series, WAD.
    uint256 maxSeriesSize;
    /// Largest net vega of the vault, WAD USD per 1.00 of volatility.
    uint256 maxNetVega;
    /// Trading ends this long before expiry, seconds.
    uint256 cutoff;
    /// Smallest size of a position, WAD.
    uint256 minSize;
    /// Initial margin of a writer at the money, WAD ratio of spot.
    uint256 initialRatio;
    /// Least initial margin of a writer, WAD ratio of spot.
    uint256 initialFloor;
    /// Maintenance margin of a writer, WAD ratio of spot.
    uint256 maintenanceRatio;
    /// Capital the vault locks per option that it is short, WAD ratio of spot.
    uint256 lockedRatio;
    /// Share of fees that goes to the insurance fund, WAD.
    uint256 fundFeeShare;
    /// What volatility is multiplied with to buy back a liquidated short, and divided by to sell
    /// a long, WAD.
    uint256 closeShock;
}

/// @notice What one option is worth now.
struct OptionMark {
    /// The series.
    uint256 id;
    /// WAD USD.
    uint256 price;
    /// Change of price per dollar of the asset, WAD.
    int256 delta;
    /// Change of price per 1.00 of volatility, WAD USD.
    uint256 vega;
    /// Volatility, WAD; zero after expiry.
    uint256 volatility;
    /// Whether the settlement price is known: the value is then certain.
    bool settled;
}

/// @notice Everything that can be tuned on scenario margin.
struct ScenarioParameters {
    /// Spot moves by one to four of these either way, WAD ratio.
    uint256 spotStep;
    /// Rise of volatility at 30 days, WAD ratio.
    uint256 volatilityUp;
    /// Fall of volatility at 30 days, WAD ratio.
    uint256 volatilityDown;
    /// Power of 30 days over the time left for options of up to 30 days, WAD.
    uint256 shortPower;
    /// The same for longer ones, WAD.
    uint256 longPower;
    /// Spot's fall in the lower tail, WAD ratio.
    uint256 tailDown;
    /// Spot's rise in the upper tail, WAD ratio.
    uint256 tailUp;
    /// Share of a tail's loss that counts, WAD.
    uint256 tailWeight;
    /// Margin of net short calls and of net short puts beside the scenarios, WAD ratio of spot.
    uint256 nakedRatio;
    /// Initial over maintenance margin, WAD.
    uint256 initialFactor;
}

/// @notice How option positions of accounts below maintenance are closed.
struct OptionLiquidationParameters {
    /// Share closed while equity is at least half of maintenance, WAD.
    uint256 closeFactor;
    /// Penalty to the insurance fund, WAD ratio of the closed options' notional.
    uint256 penaltyRatio;
    /// Keeper's share of the closed options' notional, WAD.
    uint256 flagRewardRatio;
}
