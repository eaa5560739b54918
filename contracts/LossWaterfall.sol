// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {ILossWaterfall} from "./interfaces/ILossWaterfall.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {CashReason, Tolerance} from "./types/Types.sol";

/// @title The order in which losses are borne
contract LossWaterfall is ILossWaterfall, Ownable2Step {
    using FixedPointMathLib for uint256;
    using SafeCastLib for uint256;

    /// @notice What has been paid for an account since it went bankrupt.
    struct Episode {
        /// When it may be closed at everybody's cost, seconds; zero while it does not wait.
        uint64 until;
        /// Whether the backer has paid its share.
        bool backerPaid;
        /// Paid by the fund, WAD USD.
        uint256 byFund;
        /// Paid by the backer, WAD USD.
        uint256 byBacker;
        /// Paid by deleveraging, WAD USD.
        uint256 byDeleveraging;
    }

    uint256 private constant WAD = 1e18;
    uint256 private constant MAX_SECONDS = 1 hours;

    IClearingHouse private immutable HOUSE;

    /// @inheritdoc ILossWaterfall
    uint256 public vaultLossShare;
    /// @inheritdoc ILossWaterfall
    uint256 public deleveragingSeconds;

    mapping(address account => Episode episode) private _episodes;

    /// @param house The ledger; it must admit this contract as an engine.
    /// @param vaultLossShare_ The backer's share of a shortfall left by the fund, WAD.
    constructor(IClearingHouse house, uint256 vaultLossShare_) Ownable(msg.sender) {
        HOUSE = house;
        _setVaultLossShare(vaultLossShare_);
    }

    modifier onlyEngine() {
        if (!HOUSE.isEngine(msg.sender)) revert Unauthorized(msg.sender);
        _;
    }

    // --- Stages --- //

    /// @inheritdoc ILossWaterfall
    function open(address account) external returns (bool) {
        if (deleveragingSeconds == 0) return false;
        uint256 shortfall = _shortfall(account);
        Episode storage episode = _episodes[account];
        if (!_reachesWinners(shortfall, episode.backerPaid)) {
            episode.until = 0;
            return false;
        }
        if (episode.until == 0) {
            episode.until = uint64(block.timestamp + deleveragingSeconds);
            emit DeleveragingOpened(account, shortfall, episode.until);
        }
        return block.timestamp < episode.until;
    }

    /// @inheritdoc ILossWaterfall
    function prepare(address account) external onlyEngine returns (uint256) {
        Episode storage episode = _episodes[account];
        if (episode.until == 0) return 0;
        uint256 shortfall = _shortfall(account);
        return shortfall - _payFirst(account, shortfall, episode);
    }

    /// @inheritdoc ILossWaterfall
    function recordDeleveraging(address account, uint256 amount) external onlyEngine {
        _episodes[account].byDeleveraging += amount;
        emit StagePaid(account, Stage.Deleveraging, amount);
    }

    /// @inheritdoc ILossWaterfall
    // slither-disable-next-line reentrancy-no-eth -- fund and house call nobody back
    function cover(address account) external returns (uint256 shortfall) {
        if (HOUSE.activeProducts(account) != 0 || HOUSE.isCounterparty(account)) return 0;
        Episode storage episode = _episodes[account];
        int256 cash = HOUSE.cashOf(account);
        uint256 haircut;
        if (cash < 0) {
            _payFirst(account, uint256(-cash), episode);
            haircut = HOUSE.recordDeficit(account);
            if (haircut != 0) emit StagePaid(account, Stage.Haircut, haircut);
        }
        shortfall = episode.byFund + episode.byBacker + episode.byDeleveraging + haircut;
        if (shortfall == 0) return 0;
        emit DeficitCovered(
            account,
            shortfall,
            episode.byFund,
            episode.byBacker,
            episode.byDeleveraging,
            haircut
        );
        delete _episodes[account];
    }

    // --- Owner --- //

    /// @inheritdoc ILossWaterfall
    function setVaultLossShare(uint256 share) external onlyOwner {
        _setVaultLossShare(share);
    }

    /// @inheritdoc ILossWaterfall
    function setDeleveragingSeconds(uint256 length) external onlyOwner {
        Bounds.check("deleveragingSeconds", length, 0, MAX_SECONDS);
        deleveragingSeconds = length;
        emit DeleveragingSecondsSet(length);
    }

    // --- Reads --- //

    /// @inheritdoc ILossWaterfall
    function waitsUntil(address account) external view returns (uint256) {
        return _episodes[account].until;
    }

    // --- Internal --- //

    /// @dev The fund to its last wei, then once the backer's share of what the fund left.
    // slither-disable-next-line reentrancy-benign -- the fund calls nobody back
    function _payFirst(
        address account,
        uint256 shortfall,
        Episode storage episode
    ) private returns (uint256 paid) {
        if (shortfall == 0) return 0;
        IInsuranceFund fund = IInsuranceFund(HOUSE.insuranceFund());
        paid = fund.cover(account, shortfall, CashReason.DeficitCover);
        if (paid != 0) {
            episode.byFund += paid;
            emit StagePaid(account, Stage.Fund, paid);
        }
        if (episode.backerPaid || paid == shortfall) return paid;
        episode.backerPaid = true;
        uint256 byBacker = _backersPart(shortfall - paid);
        if (byBacker == 0) return paid;
        episode.byBacker += byBacker;
        emit StagePaid(account, Stage.Backer, byBacker);
        HOUSE.moveCash(HOUSE.counterparty(), account, byBacker, CashReason.DeficitCover);
        paid += byBacker;
    }

    /// @dev Worked number: 100 left by the fund, share 50 %, 30 in the backer's cash: 30.
    function _backersPart(uint256 left) private view returns (uint256) {
        int256 cash = HOUSE.cashOf(HOUSE.counterparty());
        return left.mulWad(vaultLossShare).min(cash > 0 ? uint256(cash) : 0);
    }

    function _reachesWinners(uint256 shortfall, bool backerPaid) private view returns (bool) {
        if (shortfall == 0) return false;
        uint256 byFund = IInsuranceFund(HOUSE.insuranceFund()).available();
        uint256 left = shortfall.zeroFloorSub(byFund);
        return left > (backerPaid ? 0 : _backersPart(left));
    }

    function _shortfall(address account) private view returns (uint256) {
        int256 equity = HOUSE.equity(account, Tolerance.Strict);
        return equity < 0 ? uint256(-equity) : 0;
    }

    function _setVaultLossShare(uint256 share) private {
        Bounds.check("vaultLossShare", share, 0, WAD);
        vaultLossShare = share;
        emit VaultLossShareSet(share);
    }
}
