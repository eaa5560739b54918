// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MarketParameters, Position} from "../types/Types.sol";
import {IProduct} from "./IProduct.sol";

/// @title One perpetual future against the counterparty, priced by oracle and skew
interface IPerpMarket is IProduct {
    /// @notice An order was filled.
    /// @param account The trader.
    /// @param market This market.
    /// @param sizeDelta Signed fill, WAD units.
    /// @param fillPrice WAD USD.
    /// @param oraclePrice WAD USD.
    /// @param fee WAD USD.
    event Traded(
        address indexed account,
        address indexed market,
        int256 sizeDelta,
        uint256 fillPrice,
        uint256 oraclePrice,
        uint256 fee
    );

    /// @notice A position was re-based, by an order or by a liquidation.
    /// @param account The trader.
    /// @param market This market.
    /// @param size Signed size afterwards, WAD units.
    /// @param entryPrice Price of the re-basing, WAD USD; zero when closed.
    /// @param entryFunding Accumulator of the re-basing, WAD USD per unit; zero when closed.
    /// @param realisedPnl Price profit moved to cash, WAD USD.
    /// @param funding Funding moved to cash, WAD USD; positive was received.
    /// @param fee Trading fee, WAD USD; zero in a liquidation.
    event PositionChanged(
        address indexed account,
        address indexed market,
        int256 size,
        uint256 entryPrice,
        int256 entryFunding,
        int256 realisedPnl,
        int256 funding,
        uint256 fee
    );

    /// @notice Funding was brought up to now.
    /// @param market This market.
    /// @param rate Funding rate, WAD per day; positive is paid by longs.
    /// @param accumulator Funding received per unit long since the start, WAD USD.
    /// @param skew Skew that applied until now, WAD units.
    /// @param price Oracle price used, WAD USD.
    event FundingUpdated(
        address indexed market,
        int256 rate,
        int256 accumulator,
        int256 skew,
        uint256 price
    );

    /// @notice Whether accounts must leave their orders to an engine changed.
    event DelayedOnlySet(bool on);

    /// @notice The parameters changed.
    event ParametersSet(MarketParameters parameters);

    /// @notice The caller may not do this.
    error Unauthorized(address caller);
    /// @notice Orders go through an engine here, not through `trade`.
    error OrdersAreDelayed();
    /// @notice An order must have a size.
    error ZeroSize();
    /// @notice The fill is worse than the limit.
    error AcceptablePriceExceeded(uint256 fillPrice, uint256 limit);
    /// @notice Skew and order would make the fill price zero or negative.
    error FillPriceNotPositive(int256 skew, int256 sizeDelta);
    /// @notice The side's open interest would exceed its cap.
    /// @param market This market.
    /// @param long Whether the long side is full.
    /// @param cap The binding cap: WAD units for the size cap, WAD USD for the value cap.
    error OpenInterestCapExceeded(address market, bool long, uint256 cap);
    /// @notice The position would be smaller than the smallest allowed.
    error DustPosition(uint256 notional, uint256 minNotional);
    /// @notice The account has no position here, or a smaller one.
    error NoPosition(address account);

    /// @notice Fill an order at once at the oracle price moved by skew.
    /// @param sizeDelta Signed size, WAD units; positive buys.
    /// @param acceptablePrice Worst fill price accepted, WAD USD.
    /// @return fillPrice WAD USD.
    function trade(int256 sizeDelta, uint256 acceptablePrice) external returns (uint256 fillPrice);

    /// @notice Fill an order for an account at a price that the engine vouches for. Engines only.
    /// @param account The trader.
    /// @param sizeDelta Signed size, WAD units; positive buys.
    /// @param acceptablePrice Worst fill price accepted, WAD USD.
    /// @param price Price that skew moves, WAD USD; zero for the oracle's.
    /// @return fillPrice WAD USD.
    function tradeFor(
        address account,
        int256 sizeDelta,
        uint256 acceptablePrice,
        uint256 price
    ) external returns (uint256 fillPrice);

    /// @notice Close part of a position at the strict oracle price. Engines only.
    /// @param account The trader.
    /// @param sizeAbs Size to close, WAD units, at most the position's.
    /// @return price Execution price, WAD USD.
    /// @return remaining Signed size afterwards, WAD units.
    function closeForLiquidation(
        address account,
        uint256 sizeAbs
    ) external returns (uint256 price, int256 remaining);

    /// @notice Close part of a position at a price that the engine names; the rest of it is re-based
    /// there, which leaves its worth at the oracle price as it was. Engines only.
    /// @param account The trader.
    /// @param sizeAbs Size to close, WAD units, at most the position's.
    /// @param price WAD USD.
    /// @return remaining Signed size afterwards, WAD units.
    function closeAt(
        address account,
        uint256 sizeAbs,
        uint256 price
    ) external returns (int256 remaining);

    /// @notice Choose whether accounts must leave their orders to an engine.
    function setDelayedOnly(bool on) external;

    /// @notice Bring funding up to now. Anyone may call it; it changes nobody's value.
    function pokeFunding() external;

    /// @notice Set all parameters.
    function setParameters(MarketParameters calldata parameters_) external;

    /// @notice Whether accounts must leave their orders to an engine.
    function delayedOnly() external view returns (bool);

    /// @notice The fill price and fee an order would get at the default tolerance.
    /// @param sizeDelta Signed size, WAD units.
    /// @return fillPrice WAD USD.
    /// @return fee WAD USD.
    function quote(int256 sizeDelta) external view returns (uint256 fillPrice, uint256 fee);

    /// @notice An account's position.
    function positionOf(address account) external view returns (Position memory);

    /// @notice The parameters.
    function parameters() external view returns (MarketParameters memory);

    /// @notice Asset id in the oracle hub.
    function asset() external view returns (bytes32);

    /// @notice Sum of signed sizes, WAD units.
    function skew() external view returns (int256);

    /// @notice Sum of absolute sizes, WAD units.
    function totalSize() external view returns (uint256);

    /// @notice Open interest of both sides, WAD units.
    function openInterest() external view returns (uint256 long, uint256 short);

    /// @notice Sum over positions of size * (entryPrice + entryFunding), exact, WAD * WAD.
    function debtCorrection() external view returns (int256);

    /// @notice Sum of unrealised profits at the newest price, WAD USD, rounded up.
    function marketDebt() external view returns (int256);

    /// @notice The same before the division, WAD * WAD, exact.
    function marketDebtExact() external view returns (int256);

    /// @notice Funding as stored at its last update.
    /// @return rate WAD per day.
    /// @return accumulator WAD USD per unit.
    /// @return updatedAt Seconds.
    function storedFunding()
        external
        view
        returns (int256 rate, int256 accumulator, uint256 updatedAt);

    /// @notice Funding brought up to now at a price.
    /// @param price WAD USD.
    /// @return rate WAD per day.
    /// @return accumulator WAD USD per unit.
    function accruedFunding(uint256 price) external view returns (int256 rate, int256 accumulator);

    /// @notice What the liquidation engine needs to size its window.
    /// @return currentSkew WAD units.
    /// @return skewScale WAD units.
    /// @return feeSum Maker plus taker fee, WAD.
    /// @return flagRewardRatio WAD.
    function liquidationInputs()
        external
        view
        returns (int256 currentSkew, uint256 skewScale, uint256 feeSum, uint256 flagRewardRatio);
}
