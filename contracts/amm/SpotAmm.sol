// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {ISpotAmm} from "../interfaces/ISpotAmm.sol";
import {ConstantProduct} from "../libraries/ConstantProduct.sol";

/// @title A constant-product spot pool with a price accumulator
contract SpotAmm is ISpotAmm, ERC20, ReentrancyGuardTransient {
    using FixedPointMathLib for uint256;
    using SafeERC20 for IERC20;

    uint256 private constant MAX_RESERVE = type(uint112).max;
    uint256 private constant MAX_FEE = 0.1e18;
    /// @dev Shares of the first liquidity that nobody can redeem: they make it too dear to inflate
    /// the price of one share. Uniswap v2 locks as many.
    uint256 private constant LOCKED_SHARES = 1_000;
    address private constant LOCK = address(0xdead);

    /// @inheritdoc ISpotAmm
    address public immutable baseToken;
    /// @inheritdoc ISpotAmm
    address public immutable quoteToken;
    /// @inheritdoc ISpotAmm
    uint256 public immutable fee;
    /// @dev WAD quote tokens per base token, for one quote unit per base unit.
    uint256 private immutable PRICE_SCALE;

    uint112 private _baseReserve;
    uint112 private _quoteReserve;
    uint32 private _accumulatedAt;
    uint256 private _cumulative;

    /// @param base The token that is priced.
    /// @param quote_ The token that prices it.
    /// @param fee_ Fee on what is sold, WAD ratio, at most 10 %.
    constructor(
        IERC20Metadata base,
        IERC20Metadata quote_,
        uint256 fee_
    ) ERC20("Spot pool share", "SPOT") {
        if (address(base) == address(quote_) || fee_ > MAX_FEE) revert InvalidConfiguration();
        uint8 baseDecimals = base.decimals();
        uint8 quoteDecimals = quote_.decimals();
        if (baseDecimals > 18 || quoteDecimals > 18) revert InvalidConfiguration();
        baseToken = address(base);
        quoteToken = address(quote_);
        fee = fee_;
        PRICE_SCALE = 10 ** (18 + baseDecimals - quoteDecimals);
    }

    // --- Trading and liquidity --- //

    /// @inheritdoc ISpotAmm
    function swapExactIn(
        address tokenIn,
        uint256 amountIn,
        uint256 minOut,
        address to
    ) external nonReentrant returns (uint256 amountOut) {
        amountOut = quote(tokenIn, amountIn);
        if (amountOut < minOut) revert OutputTooSmall(amountOut, minOut);
        (uint256 base, uint256 quote_) = reserves();
        bool sellsBase = tokenIn == baseToken;
        if (sellsBase) _setReserves(base + amountIn, quote_ - amountOut);
        else _setReserves(base - amountOut, quote_ + amountIn);
        emit Swapped(msg.sender, to, tokenIn, amountIn, amountOut, spotPrice());
        IERC20(tokenIn).safeTransferFrom(msg.sender, address(this), amountIn);
        IERC20(sellsBase ? quoteToken : baseToken).safeTransfer(to, amountOut);
    }

    /// @inheritdoc ISpotAmm
    function addLiquidity(
        uint256 baseMax,
        uint256 quoteMax,
        uint256 minShares,
        address to
    ) external nonReentrant returns (uint256 shares) {
        if (baseMax == 0 || quoteMax == 0) revert ZeroAmount();
        _requireCountable(baseMax.max(quoteMax));
        (uint256 base, uint256 quote_) = reserves();
        uint256 supply = totalSupply();
        (uint256 basePaid, uint256 quotePaid) = (baseMax, quoteMax);
        if (supply == 0) {
            uint256 created = (baseMax * quoteMax).sqrt();
            if (created <= LOCKED_SHARES) revert LiquidityTooSmall(created, LOCKED_SHARES);
            shares = created - LOCKED_SHARES;
            _mint(LOCK, LOCKED_SHARES);
        } else {
            shares = baseMax.fullMulDiv(supply, base).min(quoteMax.fullMulDiv(supply, quote_));
            basePaid = shares.fullMulDivUp(base, supply);
            quotePaid = shares.fullMulDivUp(quote_, supply);
        }
        if (shares == 0) revert ZeroAmount();
        if (shares < minShares) revert SharesTooFew(shares, minShares);
        _setReserves(base + basePaid, quote_ + quotePaid);
        _mint(to, shares);
        emit LiquidityAdded(to, basePaid, quotePaid, shares);
        IERC20(baseToken).safeTransferFrom(msg.sender, address(this), basePaid);
        IERC20(quoteToken).safeTransferFrom(msg.sender, address(this), quotePaid);
    }

    /// @inheritdoc ISpotAmm
    function removeLiquidity(
        uint256 shares,
        uint256 minBase,
        uint256 minQuote,
        address to
    ) external nonReentrant returns (uint256 baseAmount, uint256 quoteAmount) {
        if (shares == 0) revert ZeroAmount();
        (uint256 base, uint256 quote_) = reserves();
        uint256 supply = totalSupply();
        if (supply == 0) revert NoLiquidity();
        baseAmount = shares.fullMulDiv(base, supply);
        quoteAmount = shares.fullMulDiv(quote_, supply);
        if (baseAmount < minBase) revert OutputTooSmall(baseAmount, minBase);
        if (quoteAmount < minQuote) revert OutputTooSmall(quoteAmount, minQuote);
        _burn(msg.sender, shares);
        _setReserves(base - baseAmount, quote_ - quoteAmount);
        emit LiquidityRemoved(to, baseAmount, quoteAmount, shares);
        IERC20(baseToken).safeTransfer(to, baseAmount);
        IERC20(quoteToken).safeTransfer(to, quoteAmount);
    }

    // --- Reads --- //

    /// @inheritdoc ISpotAmm
    function cumulativePrice() external view returns (uint256) {
        return _accrued();
    }

    /// @inheritdoc ISpotAmm
    function quote(address tokenIn, uint256 amountIn) public view returns (uint256) {
        if (amountIn == 0) revert ZeroAmount();
        _requireCountable(amountIn);
        (uint256 base, uint256 quote_) = reserves();
        if (base == 0) revert NoLiquidity();
        if (tokenIn == baseToken) {
            return ConstantProduct.amountOutDown(amountIn, base, quote_, fee);
        }
        if (tokenIn != quoteToken) revert UnknownToken(tokenIn);
        return ConstantProduct.amountOutDown(amountIn, quote_, base, fee);
    }

    /// @inheritdoc ISpotAmm
    /// @dev quote / base in whole tokens. Worked number: 1 000 ETH (1e21 units) against 3 000 000
    /// USDC (3e12 units): 3e12 * 1e30 / 1e21 = 3 000e18.
    function spotPrice() public view returns (uint256) {
        return _baseReserve == 0 ? 0 : (_quoteReserve * PRICE_SCALE) / _baseReserve;
    }

    /// @inheritdoc ISpotAmm
    function reserves() public view returns (uint256 baseReserve, uint256 quoteReserve) {
        return (_baseReserve, _quoteReserve);
    }

    // --- Internal --- //

    /// @dev The price that stood until now counts for the time it stood.
    function _accrued() private view returns (uint256) {
        return _cumulative + spotPrice() * (block.timestamp - _accumulatedAt);
    }

    function _setReserves(uint256 base, uint256 quote_) private {
        _requireCountable(base.max(quote_));
        _cumulative = _accrued();
        // Casts cannot lose bits: reserves were just bounded, 32 bits of seconds last until 2106.
        _accumulatedAt = uint32(block.timestamp);
        _baseReserve = uint112(base);
        _quoteReserve = uint112(quote_);
    }

    function _requireCountable(uint256 amount) private pure {
        if (amount > MAX_RESERVE) revert ReserveTooLarge(amount, MAX_RESERVE);
    }
}
