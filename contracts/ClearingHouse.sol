// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {HouseRegistry} from "./HouseRegistry.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IMarginModel} from "./interfaces/IMarginModel.sol";
import {IProduct} from "./interfaces/IProduct.sol";
import {CashReason, Tolerance} from "./types/Types.sol";

/// @title The one ledger
contract ClearingHouse is HouseRegistry, ReentrancyGuardTransient {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;
    using SafeERC20 for IERC20;

    uint256 private constant WAD = 1e18;
    /// @dev WAD per token unit: the token has 6 decimals.
    uint256 private constant TOKEN_SCALE = 1e12;

    IERC20 private immutable TOKEN;

    /// @inheritdoc IClearingHouse
    mapping(address account => int256 cash) public cashOf;
    /// @inheritdoc IClearingHouse
    mapping(address account => bool on) public portfolioMargin;
    /// @inheritdoc IClearingHouse
    int256 public totalCash;
    /// @inheritdoc IClearingHouse
    uint256 public recordedDeficit;
    /// @inheritdoc IClearingHouse
    uint256 public gatedUntil;
    /// @param token Settlement token with 6 decimals.
    /// @param gateSeconds_ How long withdrawals rest after an uncovered deficit, seconds.
    constructor(IERC20 token, uint256 gateSeconds_) HouseRegistry(gateSeconds_) {
        if (address(token) == address(0)) revert InvalidParameter();
        TOKEN = token;
    }

    // --- Cash --- //

    /// @inheritdoc IClearingHouse
    function deposit(uint256 amount) external nonReentrant {
        _deposit(msg.sender, amount);
    }

    /// @inheritdoc IClearingHouse
    function depositFor(address account, uint256 amount) external nonReentrant {
        _deposit(account, amount);
    }

    /// @inheritdoc IClearingHouse
    function withdraw(uint256 amount) external nonReentrant {
        if (amount == 0) revert InvalidParameter();
        if (block.timestamp < gatedUntil) {
            revert WithdrawalGated(recordedDeficit, cashOf[insuranceFund]);
        }
        uint256 paid = amount * TOKEN_SCALE;
        uint256 burned = _burnedFor(paid);
        int256 cash = cashOf[msg.sender];
        if (cash < burned.toInt256()) revert InsufficientCash(cash, burned);

        _credit(msg.sender, -paid.toInt256());
        totalCash -= paid.toInt256();
        _giveUp(msg.sender, burned - paid);
        _requireWithdrawable(msg.sender);

        emit Withdrawn(msg.sender, amount, burned - paid);
        TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IClearingHouse
    function setPortfolioMargin(bool on) external {
        if (on && marginModel == address(0)) revert NoMarginModel();
        portfolioMargin[msg.sender] = on;
        (int256 equityWad, uint256 initial, ) = status(msg.sender, Tolerance.Default);
        if (equityWad < initial.toInt256()) revert InsufficientMargin(equityWad, initial);
        emit PortfolioMarginSet(msg.sender, on);
    }

    // --- For products, engines and the fund --- //

    /// @inheritdoc IClearingHouse
    function settle(address account, int256 pnl) external onlyProduct {
        address backer = counterpartyOf(msg.sender);
        if (pnl > 0) _move(backer, account, uint256(pnl), CashReason.Pnl);
        else _move(account, backer, FixedPointMathLib.abs(pnl), CashReason.Pnl);
    }

    /// @inheritdoc IClearingHouse
    function collect(
        address account,
        uint256 amount,
        uint256 fundShare,
        CashReason reason
    ) external {
        if (_placeOf[msg.sender] == 0 && !isEngine[msg.sender]) {
            revert Unauthorized(msg.sender);
        }
        uint256 rest = amount - _repair(account, amount);
        uint256 toFund = rest.mulWad(fundShare);
        _move(account, insuranceFund, toFund, reason);
        _move(account, counterpartyOf(msg.sender), rest - toFund, reason);
    }

    /// @inheritdoc IClearingHouse
    function moveCash(address from, address to, uint256 amount, CashReason reason) external {
        bool own = msg.sender == insuranceFund && from == insuranceFund;
        if (!own && !isEngine[msg.sender]) revert Unauthorized(msg.sender);
        _move(from, to, amount, reason);
    }

    /// @inheritdoc IClearingHouse
    function recordDeficit(address account) external onlyEngine returns (uint256 amount) {
        int256 cash = cashOf[account];
        if (cash >= 0) return 0;
        amount = uint256(-cash);
        cashOf[account] = 0;
        totalCash += int256(amount);
        recordedDeficit += amount;
        gatedUntil = block.timestamp + gateSeconds;
        emit DeficitRecorded(account, amount, recordedDeficit);
    }

    /// @inheritdoc IClearingHouse
    function setActive(address account, bool active) external onlyProduct {
        uint256 bit = 1 << (_placeOf[msg.sender] - 1);
        uint256 bitmap = activeProducts[account];
        activeProducts[account] = active ? bitmap | bit : bitmap & ~bit;
    }

    // --- Reads --- //

    /// @inheritdoc IClearingHouse
    function equity(address account, Tolerance tolerance) external view returns (int256 value) {
        (value, , ) = status(account, tolerance);
    }

    /// @inheritdoc IClearingHouse
    function requirement(
        address account,
        Tolerance tolerance
    ) external view returns (uint256 initial, uint256 maintenance) {
        (, initial, maintenance) = status(account, tolerance);
    }

    /// @inheritdoc IClearingHouse
    function exchangeRate() external view returns (uint256) {
        (uint256 assets, uint256 claims) = backing();
        return assets >= claims ? WAD : assets.divWad(claims);
    }

    /// @inheritdoc IClearingHouse
    function settlementToken() external view returns (address) {
        return address(TOKEN);
    }

    /// @inheritdoc IClearingHouse
    function status(
        address account,
        Tolerance tolerance
    ) public view returns (int256 equityWad, uint256 initial, uint256 maintenance) {
        equityWad = cashOf[account];
        uint256 bitmap = activeProducts[account];
        for (uint256 i; bitmap != 0; ++i) {
            if (bitmap & 1 != 0) {
                (int256 value, uint256 im, uint256 mm) = IProduct(_products[i]).valuation(
                    account,
                    tolerance
                );
                equityWad += value;
                initial += im;
                maintenance += mm;
            }
            bitmap >>= 1;
        }
        if (portfolioMargin[account]) {
            (initial, maintenance) = IMarginModel(marginModel).marginOf(
                account,
                tolerance,
                initial,
                maintenance
            );
        }
    }

    /// @inheritdoc IClearingHouse
    function counterpartyStatus(
        address backer,
        Tolerance tolerance
    ) public view returns (int256 equityWad, uint256 locked) {
        (equityWad, , ) = status(backer, tolerance);
        for (uint256 i; i < _products.length; ++i) {
            if (counterpartyOf(_products[i]) != backer) continue;
            (int256 debt, uint256 productLocked) = IProduct(_products[i]).exposure(tolerance);
            equityWad -= debt;
            locked += productLocked;
        }
    }

    /// @inheritdoc IClearingHouse
    function backing() public view returns (uint256 assets, uint256 claims) {
        assets = TOKEN.balanceOf(address(this)) * TOKEN_SCALE;
        int256 owed = totalCash;
        for (uint256 i; i < _counterparties.length; ++i) {
            owed -= FixedPointMathLib.min(cashOf[_counterparties[i]], 0);
        }
        claims = owed > 0 ? uint256(owed) : 0;
    }

    // --- Internal --- //

    function _deposit(address account, uint256 amount) private {
        if (amount == 0 || account == address(0)) revert InvalidParameter();
        int256 credited = (amount * TOKEN_SCALE).toInt256();
        _credit(account, credited);
        totalCash += credited;
        emit Deposited(account, msg.sender, amount);
        TOKEN.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _credit(address account, int256 amount) private {
        cashOf[account] += amount;
    }

    function _move(address from, address to, uint256 amount, CashReason reason) private {
        if (amount == 0 || from == to) return;
        _credit(from, -amount.toInt256());
        _credit(to, amount.toInt256());
        emit CashMoved(from, to, amount, reason);
    }

    /// @dev Cash of `account` pays the recorded deficit, as far as there is one.
    function _repair(address account, uint256 amount) private returns (uint256 repaired) {
        repaired = amount.min(recordedDeficit);
        if (repaired == 0) return 0;
        recordedDeficit -= repaired;
        _credit(account, -repaired.toInt256());
        totalCash -= repaired.toInt256();
        emit DeficitRepaired(account, repaired, recordedDeficit);
    }

    /// @dev The haircut fills the holes it comes from: the recorded deficit, then the negative cash
    /// of counterparties; what rounding leaves is the house's.
    function _giveUp(address account, uint256 haircut) private {
        if (haircut == 0) return;
        uint256 rest = haircut - _repair(account, haircut);
        for (uint256 i; i < _counterparties.length; ++i) {
            int256 cash = cashOf[_counterparties[i]];
            uint256 filled = cash < 0 ? rest.min(uint256(-cash)) : 0;
            _move(account, _counterparties[i], filled, CashReason.Haircut);
            rest -= filled;
        }
        _move(account, counterparty, rest, CashReason.Haircut);
    }

    /// @dev Cash burned for cash paid: paid * max(1, claims / assets), rounded up. Worked number:
    /// assets 90, claims 100: 9 paid cost 10.
    function _burnedFor(uint256 paid) private view returns (uint256) {
        (uint256 assets, uint256 claims) = backing();
        if (assets >= claims) return paid;
        if (assets == 0) revert InsufficientCash(0, paid);
        return paid.fullMulDivUp(claims, assets);
    }

    function _requireWithdrawable(address account) private view {
        if (isCounterparty[account]) {
            (int256 free, uint256 locked) = counterpartyStatus(account, Tolerance.Strict);
            if (free < locked.toInt256()) revert CounterpartyCapacityExceeded(locked, free);
        }
        if (activeProducts[account] != 0) {
            (int256 equityWad, uint256 initial, ) = status(account, Tolerance.Strict);
            if (equityWad < initial.toInt256()) revert InsufficientMargin(equityWad, initial);
        }
    }
}
