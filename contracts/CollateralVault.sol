// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {ICollateralVault} from "./interfaces/ICollateralVault.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IProduct} from "./interfaces/IProduct.sol";
import {ISpotAmm} from "./interfaces/ISpotAmm.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {CollateralParameters, Leg, Tolerance} from "./types/Types.sol";

/// @title Ether and bitcoin tokens that count as margin
contract CollateralVault is ICollateralVault, Ownable2Step, ReentrancyGuardTransient {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using SafeERC20 for IERC20;

    uint256 private constant WAD = 1e18;
    /// @dev WAD per unit of the settlement token.
    uint256 private constant USD_SCALE = 1e12;
    uint256 private constant MAX_TOKENS = 3;
    uint256 private constant MAX_AMOUNT = 1e36;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;
    IERC20 private immutable CASH;

    /// @inheritdoc ICollateralVault
    mapping(address account => mapping(address token => uint256 amount)) public amountOf;
    /// @inheritdoc ICollateralVault
    mapping(address token => uint256 amount) public totalOf;

    address[] private _tokens;
    /// @dev WAD per token unit; zero for strangers.
    mapping(address token => uint256 scale) private _scaleOf;
    mapping(address token => CollateralParameters parameters) private _parameters;

    /// @param house The ledger; it must admit this contract as collateral.
    /// @param oracle Where prices come from.
    constructor(IClearingHouse house, IOracleHub oracle) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        CASH = IERC20(house.settlementToken());
    }

    modifier onlyEngine() {
        if (!HOUSE.isEngine(msg.sender)) revert Unauthorized(msg.sender);
        _;
    }

    // --- Accounts --- //

    /// @inheritdoc ICollateralVault
    function depositFor(address account, address token, uint256 amount) external nonReentrant {
        uint256 scale = _scale(token);
        if (amount == 0) revert InsufficientCollateral(token, 0, 0);
        uint256 total = totalOf[token] + amount;
        uint256 cap = _parameters[token].cap;
        if (total * scale > cap) revert CollateralCapExceeded(token, total * scale, cap);
        totalOf[token] = total;
        amountOf[account][token] += amount;
        HOUSE.setActive(account, true);
        emit CollateralDeposited(account, token, msg.sender, amount);
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc ICollateralVault
    function withdraw(address token, uint256 amount) external nonReentrant {
        _take(msg.sender, token, amount);
        if (HOUSE.hasPositions(msg.sender) || HOUSE.cashOf(msg.sender) < 0) {
            (int256 equity, uint256 initial, ) = HOUSE.status(msg.sender, Tolerance.Strict);
            if (equity < initial.toInt256()) {
                revert IClearingHouse.InsufficientMargin(equity, initial);
            }
        }
        emit CollateralWithdrawn(msg.sender, token, amount);
        IERC20(token).safeTransfer(msg.sender, amount);
    }

    // --- Engines --- //

    /// @inheritdoc ICollateralVault
    /// @dev amount = debt / (P * (1 - haircut)), rounded up, at most what there is. Worked number: a
    /// debt of 2 850 at 3 000 with 5 %: one ether. It must bring at least P * (1 - maxSlippage).
    function sell(
        address account,
        address token,
        uint256 debt,
        uint256 maxAmount
    ) external nonReentrant onlyEngine returns (uint256 proceeds) {
        (uint256 amount, uint256 value) = _toSell(account, token, debt, maxAmount);
        _take(account, token, amount);
        proceeds = _swap(token, amount, value);
        emit CollateralSold(account, token, amount, proceeds, value);
        if (proceeds != 0) HOUSE.depositFor(account, proceeds / USD_SCALE);
    }

    /// @inheritdoc IProduct
    /// @dev Collateral stays where it is: it is sold for a debt, not handed over with positions.
    function transferShare(address, address, uint256) external onlyEngine {}

    // --- Owner --- //

    /// @inheritdoc ICollateralVault
    function setCollateral(address token, CollateralParameters calldata p) external onlyOwner {
        ISpotAmm pool = ISpotAmm(p.pool);
        if (pool.baseToken() != token || pool.quoteToken() != address(CASH)) {
            revert WrongPool(p.pool);
        }
        if (ORACLE.configurationOf(p.asset).feed == address(0)) revert UnknownCollateral(token);
        Bounds.check("cap", p.cap, 0, MAX_AMOUNT);
        Bounds.check("haircutSlope", p.haircutSlope, 0, WAD);
        Bounds.check("maxHaircut", p.maxHaircut, 0, 0.95e18);
        Bounds.check("minHaircut", p.minHaircut, 0, p.maxHaircut);
        Bounds.check("maxSlippage", p.maxSlippage, 0, p.minHaircut);
        if (_scaleOf[token] == 0) {
            if (_tokens.length == MAX_TOKENS) revert TooManyCollaterals(MAX_TOKENS);
            _tokens.push(token);
            _scaleOf[token] = 10 ** (18 - IERC20Metadata(token).decimals());
        }
        _parameters[token] = p;
        emit CollateralSet(token, p);
    }

    // --- Reads --- //

    /// @inheritdoc IProduct
    function valuation(
        address account,
        Tolerance tolerance
    ) external view returns (int256 value, uint256 initial, uint256 maintenance) {
        uint256 sum;
        for (uint256 i; i < _tokens.length; ++i) {
            address token = _tokens[i];
            uint256 held = amountOf[account][token];
            if (held == 0) continue;
            uint256 price = ORACLE.price(_parameters[token].asset, tolerance);
            sum += (held * _scaleOf[token]).mulWad(price).mulWad(WAD - haircut(token, held));
        }
        return (sum.toInt256(), 0, 0);
    }

    /// @inheritdoc IProduct
    function exposure(Tolerance) external pure returns (int256 debt, uint256 locked) {
        return (0, 0);
    }

    /// @inheritdoc IProduct
    function legs(address) external pure returns (Leg[] memory none) {
        return none;
    }

    /// @inheritdoc ICollateralVault
    function collateral(address token) external view returns (CollateralParameters memory) {
        return _parameters[token];
    }

    /// @inheritdoc ICollateralVault
    function tokens() external view returns (address[] memory) {
        return _tokens;
    }

    /// @inheritdoc ICollateralVault
    /// @dev amount * slope inside [minHaircut, maxHaircut] (Synthetix v3). Worked number: 200 ether
    /// at a slope of 0.0001 a unit and bounds of 5 and 10 %: 2 %, so 5 %; 800: 8 %.
    function haircut(address token, uint256 amount) public view returns (uint256) {
        CollateralParameters storage p = _parameters[token];
        return
            (amount * _scaleOf[token]).mulWadUp(p.haircutSlope).clamp(p.minHaircut, p.maxHaircut);
    }

    // --- Internal --- //

    function _take(address account, address token, uint256 amount) private {
        uint256 held = amountOf[account][token];
        if (amount == 0 || amount > held) revert InsufficientCollateral(token, held, amount);
        amountOf[account][token] = held - amount;
        totalOf[token] -= amount;
        for (uint256 i; i < _tokens.length; ++i) {
            if (amountOf[account][_tokens[i]] != 0) return;
        }
        HOUSE.setActive(account, false);
    }

    function _toSell(
        address account,
        address token,
        uint256 debt,
        uint256 maxAmount
    ) private view returns (uint256 amount, uint256 value) {
        uint256 scale = _scale(token);
        uint256 held = amountOf[account][token];
        uint256 price = ORACLE.price(_parameters[token].asset, Tolerance.Strict);
        uint256 worth = price.mulWad(WAD - haircut(token, held));
        amount = debt.divWadUp(worth).divUp(scale).min(held).min(maxAmount);
        if (amount == 0) revert NothingToSell(account, token);
        value = (amount * scale).mulWad(price);
    }

    /// @dev Nothing comes back for what is worth less than a unit of the settlement token.
    function _swap(
        address token,
        uint256 amount,
        uint256 value
    ) private returns (uint256 proceeds) {
        ISpotAmm pool = ISpotAmm(_parameters[token].pool);
        uint256 minOut = value.mulWad(WAD - _parameters[token].maxSlippage) / USD_SCALE;
        if (minOut == 0 && pool.quote(token, amount) == 0) return 0;
        IERC20(token).forceApprove(address(pool), amount);
        uint256 out = pool.swapExactIn(token, amount, minOut, address(this));
        CASH.forceApprove(address(HOUSE), out);
        return out * USD_SCALE;
    }

    function _scale(address token) private view returns (uint256 scale) {
        scale = _scaleOf[token];
        if (scale == 0) revert UnknownCollateral(token);
    }
}
