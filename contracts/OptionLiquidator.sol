// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {ILiquidationEngine} from "./interfaces/ILiquidationEngine.sol";
import {IOptionLiquidator} from "./interfaces/IOptionLiquidator.sol";
import {IOptionMarket} from "./interfaces/IOptionMarket.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {OptionLiquidationParameters} from "./types/OptionTypes.sol";
import {CashReason, Leg, Tolerance} from "./types/Types.sol";

/// @title Permissionless liquidation of options
contract OptionLiquidator is IOptionLiquidator, Ownable2Step {
    using FixedPointMathLib for int256;
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;

    uint256 private constant WAD = 1e18;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;
    ILiquidationEngine private immutable ENGINE;

    OptionLiquidationParameters private _parameters;

    /// @param house The ledger.
    /// @param oracle Where spot comes from.
    /// @param engine Whose rule pays keepers and who covers debts.
    /// @param parameters_ How positions are closed.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILiquidationEngine engine,
        OptionLiquidationParameters memory parameters_
    ) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        ENGINE = engine;
        _setParameters(parameters_);
    }

    // --- Liquidation --- //

    /// @inheritdoc IOptionLiquidator
    function liquidate(
        address account,
        address market,
        uint256 id
    ) external returns (uint256 sizeClosed, uint256 reward) {
        if (!HOUSE.isProduct(market)) revert UnknownMarket(market);
        sizeClosed = _wanted(account, IOptionMarket(market), id);
        (uint256 price, int256 remaining) = IOptionMarket(market).closeForLiquidation(
            account,
            id,
            sizeClosed
        );
        uint256 spot = ORACLE.price(IOptionMarket(market).asset(), Tolerance.Strict);
        uint256 penalty;
        (reward, penalty) = _charge(account, sizeClosed.mulWadUp(spot));
        emit OptionLiquidated(
            account,
            market,
            msg.sender,
            id,
            sizeClosed,
            price,
            reward,
            penalty,
            remaining
        );
        if (!HOUSE.hasPositions(account)) ENGINE.coverShortfall(account);
    }

    // --- Owner --- //

    /// @inheritdoc IOptionLiquidator
    function setParameters(OptionLiquidationParameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    // --- Reads --- //

    /// @inheritdoc IOptionLiquidator
    function parameters() external view returns (OptionLiquidationParameters memory) {
        return _parameters;
    }

    // --- Internal --- //

    /// @dev closeFactor of the position while equity is at least half of maintenance, else all of
    /// it; all of it too when what would be left is below the market's smallest size.
    function _wanted(
        address account,
        IOptionMarket market,
        uint256 id
    ) private view returns (uint256) {
        (int256 equity, , uint256 maintenance) = HOUSE.status(account, Tolerance.Strict);
        if (equity >= maintenance.toInt256()) {
            revert NotLiquidatable(account, equity, maintenance);
        }
        int256 signed = market.sizeOf(account, id);
        if (signed == 0) revert NoPosition(account, id);
        if (signed > 0) _requireNoShorts(account, market);
        uint256 size = signed.abs();
        if (2 * equity < maintenance.toInt256()) return size;
        uint256 part = size.mulWadUp(_parameters.closeFactor);
        return size - part < market.parameters().minSize ? size : part;
    }

    function _requireNoShorts(address account, IOptionMarket market) private view {
        Leg[] memory legs = market.legs(account);
        for (uint256 i; i < legs.length; ++i) {
            if (legs[i].size < 0) revert ShortsFirst(account);
        }
    }

    /// @dev The keeper out of a part of what equity is left, the rest of the reward out of the
    /// fund; then the penalty out of what remains. Nothing here can push equity below zero.
    function _charge(
        address account,
        uint256 notional
    ) private returns (uint256 reward, uint256 penalty) {
        int256 equity = HOUSE.equity(account, Tolerance.Strict);
        uint256 margin = equity > 0 ? uint256(equity) : 0;
        bool tip = ENGINE.keeperParameters().reimburseTip;
        uint256 due = ENGINE.rewardDue(
            notional,
            _parameters.flagRewardRatio,
            tip ? tx.gasprice.max(block.basefee) : block.basefee
        );
        uint256 fromMargin = due.min(margin.mulWad(ENGINE.keeperParameters().marginScaling));
        HOUSE.moveCash(account, msg.sender, fromMargin, CashReason.KeeperReward);
        reward =
            fromMargin +
            IInsuranceFund(HOUSE.insuranceFund()).cover(
                msg.sender,
                due - fromMargin,
                CashReason.KeeperReward
            );
        penalty = notional.mulWadUp(_parameters.penaltyRatio).min(margin - fromMargin);
        HOUSE.collect(account, penalty, WAD, CashReason.Penalty);
    }

    function _setParameters(OptionLiquidationParameters memory p) private {
        Bounds.check("closeFactor", p.closeFactor, 0.01e18, WAD);
        Bounds.check("penaltyRatio", p.penaltyRatio, 0, 0.2e18);
        Bounds.check("flagRewardRatio", p.flagRewardRatio, 0, 0.1e18);
        _parameters = p;
        emit OptionLiquidationParametersSet(p);
    }
}
