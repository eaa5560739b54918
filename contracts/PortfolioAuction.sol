// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/src/utils/SafeCastLib.sol";
import {IClearingHouse} from "./interfaces/IClearingHouse.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {ILossWaterfall} from "./interfaces/ILossWaterfall.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IPortfolioAuction} from "./interfaces/IPortfolioAuction.sol";
import {IProduct} from "./interfaces/IProduct.sol";
import {AuctionBounds} from "./libraries/AuctionBounds.sol";
import {AuctionCurves} from "./libraries/AuctionCurves.sol";
import {MarginChecks} from "./libraries/MarginChecks.sol";
import {
    Auction,
    AuctionKind,
    AuctionParameters,
    AuctionQuote,
    Standing
} from "./types/AuctionTypes.sol";
import {CashReason, Leg, LegKind, Tolerance} from "./types/Types.sol";

/// @title Whole accounts for sale
contract PortfolioAuction is IPortfolioAuction, Ownable2Step {
    using AuctionCurves for AuctionParameters;
    using AuctionCurves for Standing;
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;
    using MarginChecks for IClearingHouse;
    using SafeCastLib for uint256;

    uint256 private constant WAD = 1e18;

    IClearingHouse private immutable HOUSE;
    IOracleHub private immutable ORACLE;
    ILossWaterfall private immutable WATERFALL;

    /// @inheritdoc IPortfolioAuction
    uint256 public liveNotional;

    AuctionParameters private _parameters;
    mapping(address account => Auction auction) private _auctions;

    /// @param house The ledger; it must admit this contract as an engine.
    /// @param oracle Where prices come from.
    /// @param waterfall Who pays for what accounts cannot.
    /// @param parameters_ How accounts are auctioned.
    constructor(
        IClearingHouse house,
        IOracleHub oracle,
        ILossWaterfall waterfall,
        AuctionParameters memory parameters_
    ) Ownable(msg.sender) {
        HOUSE = house;
        ORACLE = oracle;
        WATERFALL = waterfall;
        _setParameters(parameters_);
    }

    // --- Auctions --- //

    /// @inheritdoc IPortfolioAuction
    // slither-disable-next-line reentrancy-no-eth,reentrancy-benign -- the waterfall calls nobody back
    function start(address account) external returns (uint256 reward) {
        if (_auctions[account].startedAt != 0) revert AuctionLive(account);
        (Standing memory standing, bool perps, bool options) = _standing(account);
        if (standing.equity >= standing.maintenance.toInt256()) {
            revert NotLiquidatable(account, standing.equity, standing.maintenance);
        }
        if (!options && _parameters.perpsByChunks) revert LeftToChunks(account);
        _waits(account, standing, perps);
        liveNotional += standing.notional;
        if (liveNotional > _parameters.hole) revert HoleFull(liveNotional, _parameters.hole);

        uint64 now64 = uint64(block.timestamp);
        bool insolvent = _parameters.kind == AuctionKind.Phased && standing.equity <= 0;
        _auctions[account] = Auction(
            now64,
            insolvent ? now64 : 0,
            uint128(WAD),
            0,
            standing.notional
        );
        reward = _incentive(standing.notional);
        emit AuctionStarted(
            account,
            msg.sender,
            standing.equity,
            standing.maintenance,
            standing.notional,
            reward
        );
    }

    /// @inheritdoc IPortfolioAuction
    function reset(address account) external returns (uint256 reward) {
        Auction storage auction = _live(account);
        (Standing memory standing, bool perps, ) = _standing(account);
        _waits(account, standing, perps);
        if (!_needsReset(auction, standing)) revert AuctionNeedsNoReset(account);
        if (_parameters.kind == AuctionKind.Stepwise) {
            auction.startedAt = uint64(block.timestamp);
            reward = _incentive(standing.notional);
            emit AuctionReset(account, msg.sender, false, reward);
        } else {
            _changePhase(auction, account);
        }
    }

    /// @inheritdoc IPortfolioAuction
    // slither-disable-next-line reentrancy-no-eth -- house and products call nobody back
    function bid(
        address account,
        uint256 share,
        int256 maxPrice
    ) external returns (uint256 taken, int256 price) {
        Auction storage auction = _live(account);
        if (share == 0 || msg.sender == account || HOUSE.isCounterparty(msg.sender)) {
            revert InvalidBid(msg.sender, share);
        }
        (Standing memory standing, bool perps, ) = _standing(account);
        if (_waits(account, standing, perps)) return (0, 0);
        if (_needsReset(auction, standing)) {
            if (_parameters.kind == AuctionKind.Stepwise) revert AuctionNeedsReset(account);
            _changePhase(auction, account);
        }
        int256 given = _given(auction, standing);
        int256 whole = _price(auction, standing, given);
        taken = share.min(_maxShare(standing, given, whole));
        if (taken == 0) {
            uint256 target = standing.maintenance.mulWadUp(WAD + _parameters.bufferRatio);
            revert HealthyAccount(account, standing.equity, target);
        }
        price = _shareUp(whole, taken);
        if (price > maxPrice) revert BidTooExpensive(price, maxPrice);
        uint256 fee = _fee(taken, price, given);
        _pay(auction, account, price, fee);
        auction.remaining = uint128(uint256(auction.remaining).mulWad(WAD - taken));
        int256 handed = _hand(account, taken, given);
        emit AuctionBid(account, msg.sender, taken, price, handed, fee, auction.remaining);
        HOUSE.requireInitialMargin(msg.sender);
        _endIfOver(account);
    }

    /// @inheritdoc IPortfolioAuction
    function end(address account) external {
        _live(account);
        if (!_endIfOver(account)) {
            (Standing memory standing, , ) = _standing(account);
            uint256 target = standing.maintenance.mulWadUp(WAD + _parameters.bufferRatio);
            revert HealthyAccount(account, standing.equity, target);
        }
    }

    // --- Owner --- //

    /// @inheritdoc IPortfolioAuction
    function setParameters(AuctionParameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    // --- Reads --- //

    /// @inheritdoc IPortfolioAuction
    function auctionOf(address account) external view returns (Auction memory) {
        return _auctions[account];
    }

    /// @inheritdoc IPortfolioAuction
    function parameters() external view returns (AuctionParameters memory) {
        return _parameters;
    }

    /// @inheritdoc IPortfolioAuction
    function quote(address account) external view returns (AuctionQuote memory found) {
        Auction storage auction = _auctions[account];
        if (auction.startedAt == 0) return found;
        (Standing memory standing, , ) = _standing(account);
        found.live = true;
        found.needsReset = _needsReset(auction, standing);
        found.insolvent = auction.insolventAt != 0;
        found.given = _given(auction, standing);
        found.price = _price(auction, standing, found.given);
        found.maxShare = _maxShare(standing, found.given, found.price);
    }

    // --- Prices --- //

    function _live(address account) private view returns (Auction storage auction) {
        auction = _auctions[account];
        if (auction.startedAt == 0) revert AuctionNotLive(account);
    }

    /// @dev Products and legs are few by their own bounds.
    function _standing(
        address account
    ) private view returns (Standing memory standing, bool perps, bool options) {
        (standing.equity, , standing.maintenance) = HOUSE.status(account, Tolerance.Strict);
        address[] memory products = HOUSE.products();
        uint256 bitmap = HOUSE.activeProducts(account);
        for (uint256 i; i < products.length; ++i) {
            if ((bitmap >> i) & 1 == 0) continue;
            Leg[] memory legs = IProduct(products[i]).legs(account);
            for (uint256 j; j < legs.length; ++j) {
                uint256 price = ORACLE.price(legs[j].asset, Tolerance.Strict);
                standing.notional += legs[j].size.abs().mulWad(price);
                if (legs[j].kind == LegKind.Perp) perps = true;
                else options = true;
            }
        }
    }

    /// @dev A phased auction turns insolvent when equity is gone or when nobody bid until the price
    /// was zero; it turns back only in the first case.
    function _needsReset(
        Auction storage auction,
        Standing memory standing
    ) private view returns (bool) {
        AuctionParameters storage p = _parameters;
        uint256 elapsed = block.timestamp - auction.startedAt;
        if (p.kind == AuctionKind.Stepwise) {
            return elapsed > p.tailSeconds || p.stepFactor(elapsed) < p.top.mulWad(p.cusp);
        }
        bool broke = standing.equity <= 0 || elapsed >= p.fastSeconds + p.slowSeconds;
        return broke != (auction.insolventAt != 0);
    }

    /// @dev What earlier bids paid in stays with the account while it is solvent.
    function _given(
        Auction storage auction,
        Standing memory standing
    ) private view returns (int256) {
        int256 free = standing.equity - auction.reserved.toInt256();
        return auction.insolventAt == 0 && free > 0 ? free : standing.equity;
    }

    function _price(
        Auction storage auction,
        Standing memory standing,
        int256 given
    ) private view returns (int256) {
        AuctionParameters storage p = _parameters;
        uint256 elapsed = block.timestamp - auction.startedAt;
        if (p.kind == AuctionKind.Stepwise) {
            return standing.stepPriceUp(p.stepFactor(elapsed));
        }
        if (auction.insolventAt != 0) {
            return p.insolventPriceUp(standing, block.timestamp - auction.insolventAt);
        }
        return given > 0 ? uint256(given).mulWadUp(p.solventFactorUp(elapsed)).toInt256() : given;
    }

    function _maxShare(
        Standing memory standing,
        int256 given,
        int256 whole
    ) private view returns (uint256) {
        uint256 proceeds = whole > 0 ? uint256(whole) - _fee(WAD, whole, given) : 0;
        return _parameters.maxShareUp(standing, given, proceeds);
    }

    /// @dev Part of a price that goes to the fund.
    function _fee(uint256 share, int256 price, int256 given) private view returns (uint256) {
        if (price <= 0 || given <= 0) return 0;
        return uint256(given).mulWad(share).mulWad(_parameters.feeRatio).min(uint256(price));
    }

    function _shareUp(int256 whole, uint256 share) private pure returns (int256) {
        return
            whole > 0
                ? uint256(whole).mulWadUp(share).toInt256()
                : -whole.abs().mulWad(share).toInt256();
    }

    // --- Settlement --- //

    /// @dev Legs change hands at the mark, which changes nobody's equity; then so much equity,
    /// rounded against the bidder.
    function _hand(address account, uint256 share, int256 given) private returns (int256 handed) {
        address[] memory products = HOUSE.products();
        uint256 bitmap = HOUSE.activeProducts(account);
        for (uint256 i; i < products.length; ++i) {
            if ((bitmap >> i) & 1 != 0) {
                IProduct(products[i]).transferShare(account, msg.sender, share);
            }
        }
        handed = -_shareUp(-given, share);
        if (handed > 0) HOUSE.moveCash(account, msg.sender, uint256(handed), CashReason.Auction);
        else HOUSE.moveCash(msg.sender, account, handed.abs(), CashReason.Auction);
    }

    function _pay(Auction storage auction, address account, int256 price, uint256 fee) private {
        if (price > 0) {
            uint256 rest = uint256(price) - fee;
            HOUSE.moveCash(msg.sender, account, rest, CashReason.Auction);
            HOUSE.collect(msg.sender, fee, WAD, CashReason.Penalty);
            auction.reserved += rest;
        } else if (price < 0) {
            HOUSE.moveCash(account, msg.sender, price.abs(), CashReason.Auction);
        }
    }

    /// @dev Before anybody is paid for taking a bankrupt account, its perpetuals wait for the
    /// winners, where the waterfall says so. Options have no winners but the vault behind them.
    function _waits(address account, Standing memory standing, bool perps) private returns (bool) {
        return perps && standing.equity < 0 && WATERFALL.open(account);
    }

    // slither-disable-next-line reentrancy-benign -- the waterfall calls nobody back
    function _endIfOver(address account) private returns (bool) {
        bool emptied = !HOUSE.hasPositions(account);
        if (emptied) {
            WATERFALL.cover(account);
        } else {
            (int256 equity, , uint256 maintenance) = HOUSE.status(account, Tolerance.Strict);
            uint256 target = maintenance.mulWadUp(WAD + _parameters.bufferRatio);
            if (equity < target.toInt256()) return false;
        }
        liveNotional -= _auctions[account].notional;
        delete _auctions[account];
        emit AuctionEnded(account, emptied);
        return true;
    }

    function _changePhase(Auction storage auction, address account) private {
        bool insolvent = auction.insolventAt == 0;
        if (insolvent) auction.insolventAt = uint64(block.timestamp);
        else (auction.startedAt, auction.insolventAt) = (uint64(block.timestamp), 0);
        emit AuctionReset(account, msg.sender, insolvent, 0);
    }

    /// @dev tip + chip * notional, as far as the fund can pay; nothing for dust, so that nobody
    /// farms it.
    function _incentive(uint256 notional) private returns (uint256) {
        AuctionParameters storage p = _parameters;
        if (notional < p.dustNotional) return 0;
        uint256 due = p.tip + notional.mulWad(p.chip);
        return due == 0 ? 0 : _fund().cover(msg.sender, due, CashReason.KeeperReward);
    }

    function _fund() private view returns (IInsuranceFund) {
        return IInsuranceFund(HOUSE.insuranceFund());
    }

    function _setParameters(AuctionParameters memory p) private {
        AuctionBounds.check(p);
        _parameters = p;
        emit AuctionParametersSet(p);
    }
}
