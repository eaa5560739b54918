// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OptionMark, OptionParameters, Series} from "../types/OptionTypes.sol";
import {Tolerance} from "../types/Types.sol";
import {IProduct} from "./IProduct.sol";

/// @title European options on one asset, settled in cash, quoted against a vault
/// @notice A trade's premium moves at once; a position is then worth its mark, negative for a
/// writer, until the settlement price of its expiry turns it into cash.
interface IOptionMarket is IProduct {
    /// @notice An option was listed.
    /// @param id Its number.
    /// @param strike WAD USD.
    /// @param expiry Seconds.
    /// @param isCall Call or put.
    event SeriesListed(uint256 indexed id, uint256 strike, uint256 indexed expiry, bool isCall);

    /// @notice A trade with the vault.
    /// @param account The trader.
    /// @param id The series.
    /// @param sizeDelta Signed options, WAD; positive was bought by the trader.
    /// @param price WAD USD an option.
    /// @param volatility It was priced at, WAD.
    /// @param fee WAD USD.
    event OptionTraded(
        address indexed account,
        uint256 indexed id,
        int256 sizeDelta,
        uint256 price,
        uint256 volatility,
        uint256 fee
    );

    /// @notice A position changed: by a trade, a liquidation, a transfer or settlement.
    /// @param account The trader.
    /// @param id The series.
    /// @param size Signed size afterwards, WAD.
    event OptionPositionChanged(address indexed account, uint256 indexed id, int256 size);

    /// @notice An engine closed part of a position against the vault.
    /// @param account The trader.
    /// @param id The series.
    /// @param sizeDelta Signed options, WAD; positive bought a short back.
    /// @param price WAD USD an option.
    event OptionClosed(
        address indexed account,
        uint256 indexed id,
        int256 sizeDelta,
        uint256 price
    );

    /// @notice A position was settled after expiry.
    /// @param account The trader.
    /// @param id The series.
    /// @param size Signed size until now, WAD.
    /// @param payoff WAD USD an option.
    /// @param paid WAD USD received, negative when paid.
    event OptionSettled(
        address indexed account,
        uint256 indexed id,
        int256 size,
        uint256 payoff,
        int256 paid
    );

    /// @notice The parameters changed.
    event OptionParametersSet(OptionParameters parameters);

    /// @notice The caller may not do this.
    error Unauthorized(address caller);
    /// @notice No such series.
    error UnknownSeries(uint256 id);
    /// @notice Strike and expiry are listed, in the past, or beyond what can be priced.
    error SeriesRefused(uint256 strike, uint256 expiry);
    /// @notice All places for series are taken.
    error TooManySeries(uint256 limit);
    /// @notice An order must have a size.
    error ZeroSize();
    /// @notice The series has stopped trading before its expiry.
    error TradingClosed(uint256 id, uint256 closedAt);
    /// @notice The series has expired; settle it.
    error SeriesExpired(uint256 id);
    /// @notice The price is worse than the limit.
    error AcceptablePriceExceeded(uint256 price, uint256 limit);
    /// @notice The position would be smaller than the smallest allowed.
    error DustPosition(uint256 size, uint256 minSize);
    /// @notice The account would hold more options than it may.
    error TooManyLegs(address account, uint256 limit);
    /// @notice The option is too far in or out of the money to grow a position.
    error DeltaOutOfBounds(uint256 callDelta, uint256 minDelta);
    /// @notice One side of the series would exceed its cap.
    error OpenInterestCapExceeded(uint256 id, bool long, uint256 cap);
    /// @notice The vault's net vega would exceed its cap.
    error NetVegaCapExceeded(uint256 netVega, uint256 cap);
    /// @notice The account has no position of that size in the series.
    error NoPosition(address account, uint256 id);
    /// @notice A call names more accounts than it may.
    error TooManyAccounts(uint256 accounts, uint256 limit);

    /// @notice Buy from or sell to the vault at its quote.
    /// @param id The series.
    /// @param sizeDelta Signed options, WAD; positive buys.
    /// @param limit Worst price accepted, WAD USD an option.
    /// @return price WAD USD an option.
    function trade(uint256 id, int256 sizeDelta, uint256 limit) external returns (uint256 price);

    /// @notice Turn expired positions into cash where the settlement price is known. Anybody;
    /// naming an account again, or one without positions, does nothing.
    /// @param accounts At most 32.
    /// @return settled Positions turned into cash.
    function settleAccounts(address[] calldata accounts) external returns (uint256 settled);

    /// @notice Close part of a position against the vault at a volatility that is worse for the
    /// account by `closeShock`. Engines only.
    /// @param account The trader.
    /// @param id The series.
    /// @param sizeAbs Options to close, WAD, at most the position's.
    /// @return price WAD USD an option.
    /// @return remaining Signed size afterwards, WAD.
    function closeForLiquidation(
        address account,
        uint256 id,
        uint256 sizeAbs
    ) external returns (uint256 price, int256 remaining);

    /// @notice List an option.
    /// @return id Its number.
    function listSeries(uint256 strike, uint256 expiry, bool isCall) external returns (uint256 id);

    /// @notice Set all parameters.
    function setParameters(OptionParameters calldata parameters_) external;

    /// @notice What a trade would be charged.
    /// @param id The series.
    /// @param sizeDelta Signed options, WAD.
    /// @return price WAD USD an option.
    /// @return fee WAD USD in all.
    /// @return volatility WAD.
    function quote(
        uint256 id,
        int256 sizeDelta
    ) external view returns (uint256 price, uint256 fee, uint256 volatility);

    /// @notice What series are worth now.
    /// @param ids Bitmap of series.
    /// @param tolerance How old spot and volatility may be.
    /// @return found In the order of their numbers.
    /// @return spot WAD USD; zero where every series is settled.
    function marks(
        uint256 ids,
        Tolerance tolerance
    ) external view returns (OptionMark[] memory found, uint256 spot);

    /// @notice The vault's net vega, WAD USD per 1.00 of volatility.
    function netVega(Tolerance tolerance) external view returns (int256);

    /// @notice A series.
    function seriesOf(uint256 id) external view returns (Series memory);

    /// @notice How many series were ever listed.
    function seriesCount() external view returns (uint256);

    /// @notice Bitmap of the series with open interest.
    function openSeries() external view returns (uint256);

    /// @notice Bitmap of the series an account holds.
    function heldSeries(address account) external view returns (uint256);

    /// @notice An account's signed size in a series, WAD.
    function sizeOf(address account, uint256 id) external view returns (int256);

    /// @notice Asset id in the oracle hub.
    function asset() external view returns (bytes32);

    /// @notice The parameters.
    function parameters() external view returns (OptionParameters memory);

    /// @notice Where volatility comes from.
    function surface() external view returns (address);

    /// @notice Where settlement prices come from.
    function expiryPrices() external view returns (address);
}
