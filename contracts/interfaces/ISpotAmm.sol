// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title A spot pool of one base token against one quote token
/// @notice Constant product with a fee that stays in the pool. Reserves are what the pool itself
/// counted: tokens sent to it outside its functions change neither price nor shares.
interface ISpotAmm {
    /// @notice A swap was made.
    /// @param sender Who paid.
    /// @param to Who received.
    /// @param tokenIn The token sold.
    /// @param amountIn Token units sold.
    /// @param amountOut Token units bought.
    /// @param priceAfter Price of the base token afterwards, WAD quote tokens.
    event Swapped(
        address indexed sender,
        address indexed to,
        address indexed tokenIn,
        uint256 amountIn,
        uint256 amountOut,
        uint256 priceAfter
    );

    /// @notice Liquidity came in.
    /// @param to Who received the shares.
    /// @param baseAmount Base token units paid.
    /// @param quoteAmount Quote token units paid.
    /// @param shares Shares created.
    event LiquidityAdded(
        address indexed to,
        uint256 baseAmount,
        uint256 quoteAmount,
        uint256 shares
    );

    /// @notice Liquidity went out.
    /// @param to Who received the tokens.
    /// @param baseAmount Base token units paid out.
    /// @param quoteAmount Quote token units paid out.
    /// @param shares Shares destroyed.
    event LiquidityRemoved(
        address indexed to,
        uint256 baseAmount,
        uint256 quoteAmount,
        uint256 shares
    );

    /// @notice The pool does not trade this token.
    error UnknownToken(address token);
    /// @notice An amount must not be zero.
    error ZeroAmount();
    /// @notice The swap would give less than was asked for.
    error OutputTooSmall(uint256 amountOut, uint256 minOut);
    /// @notice Fewer shares would be created than were asked for.
    error SharesTooFew(uint256 shares, uint256 minShares);
    /// @notice The first liquidity must be worth more than the shares that stay locked.
    error LiquidityTooSmall(uint256 shares, uint256 locked);
    /// @notice A reserve would exceed what the pool can count.
    error ReserveTooLarge(uint256 reserve, uint256 limit);
    /// @notice The pool is empty and has no price.
    error NoLiquidity();
    /// @notice Tokens or fee make no sense.
    error InvalidConfiguration();

    /// @notice Sell an exact amount.
    /// @param tokenIn Base or quote token; the caller must have approved the pool.
    /// @param amountIn Token units sold.
    /// @param minOut Least token units accepted.
    /// @param to Who receives.
    /// @return amountOut Token units bought.
    function swapExactIn(
        address tokenIn,
        uint256 amountIn,
        uint256 minOut,
        address to
    ) external returns (uint256 amountOut);

    /// @notice Add liquidity at the pool's price.
    /// @param baseMax Most base token units paid.
    /// @param quoteMax Most quote token units paid.
    /// @param minShares Least shares accepted.
    /// @param to Who receives the shares.
    /// @return shares Shares created.
    function addLiquidity(
        uint256 baseMax,
        uint256 quoteMax,
        uint256 minShares,
        address to
    ) external returns (uint256 shares);

    /// @notice Remove liquidity: shares of the caller become tokens.
    /// @param shares Shares destroyed.
    /// @param minBase Least base token units accepted.
    /// @param minQuote Least quote token units accepted.
    /// @param to Who receives the tokens.
    /// @return baseAmount Base token units.
    /// @return quoteAmount Quote token units.
    function removeLiquidity(
        uint256 shares,
        uint256 minBase,
        uint256 minQuote,
        address to
    ) external returns (uint256 baseAmount, uint256 quoteAmount);

    /// @notice What a sale would give now.
    /// @param tokenIn Base or quote token.
    /// @param amountIn Token units sold.
    /// @return amountOut Token units bought, rounded down.
    function quote(address tokenIn, uint256 amountIn) external view returns (uint256 amountOut);

    /// @notice Price of one whole base token before fee, WAD quote tokens, rounded down.
    function spotPrice() external view returns (uint256);

    /// @notice Sum over time of price times seconds, brought up to now; differences of it divided
    /// by the seconds between are time-weighted average prices.
    /// @return cumulative WAD quote tokens times seconds.
    function cumulativePrice() external view returns (uint256 cumulative);

    /// @notice Token units in the pool.
    function reserves() external view returns (uint256 baseReserve, uint256 quoteReserve);

    /// @notice The base token.
    function baseToken() external view returns (address);

    /// @notice The quote token.
    function quoteToken() external view returns (address);

    /// @notice Fee on what is sold, WAD ratio.
    function fee() external view returns (uint256);
}
