// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IPullFeed, SignedPrice} from "../interfaces/IPullFeed.sol";
import {RoundHistory} from "./RoundHistory.sol";

/// @title A pull feed with a quorum of signers
contract PullFeed is IPullFeed, RoundHistory, EIP712, Ownable2Step {
    /// @notice What a round keeps beside answer and times.
    struct Detail {
        /// 8 decimals.
        uint128 confidence;
        /// Seconds.
        uint64 previousPublishTime;
    }

    // slither-disable-next-line shadowing-state -- EIP712's own is private, too
    bytes32 private constant TYPE_HASH = keccak256(
        "SignedPrice(int256 answer,uint256 confidence,uint64 publishTime,uint64 previousPublishTime)"
    );
    uint256 private constant SIGNATURE_BYTES = 65;
    uint256 private constant MAX_FEE = 0.01 ether;
    uint256 private constant MAX_AGE = 7 days;

    /// @inheritdoc IPullFeed
    uint256 public signerCount;
    /// @inheritdoc IPullFeed
    uint256 public quorum;
    /// @inheritdoc IPullFeed
    uint256 public updateFee;
    /// @inheritdoc IPullFeed
    uint256 public maxUpdateAge;
    /// @inheritdoc IPullFeed
    uint256 public earnedFees;
    /// @inheritdoc IPullFeed
    mapping(address signer => bool allowed) public isSigner;
    /// @inheritdoc IPullFeed
    mapping(address consumer => uint256 credit) public creditOf;

    mapping(uint80 roundId => Detail detail) private _details;

    /// @param description_ What the feed prices.
    /// @param signers Who signs prices.
    /// @param quorum_ How many of them a price needs.
    /// @param updateFee_ Fee of an update, wei.
    /// @param maxUpdateAge_ Largest age of a price that may still be stored, seconds.
    constructor(
        string memory description_,
        address[] memory signers,
        uint256 quorum_,
        uint256 updateFee_,
        uint256 maxUpdateAge_
    ) RoundHistory(description_) EIP712("Floodline PullFeed", "1") Ownable(msg.sender) {
        for (uint256 i; i < signers.length; ++i) _setSigner(signers[i], true);
        _setQuorum(quorum_);
        _setUpdateFee(updateFee_);
        _setMaxUpdateAge(maxUpdateAge_);
    }

    // --- Carrying prices --- //

    /// @inheritdoc IPullFeed
    function update(
        SignedPrice calldata price,
        bytes calldata signatures
    ) external payable returns (bool stored) {
        creditOf[msg.sender] += msg.value;
        if (price.publishTime <= _lastObservedAt()) return false;
        _charge();
        if (block.timestamp > price.publishTime + maxUpdateAge) {
            revert UpdateTooOld(price.publishTime, maxUpdateAge);
        }
        _verify(price, signatures);
        uint80 roundId = _append(price.answer, price.publishTime);
        // The confidence of a price below 2**127 is checked to be at most that price.
        _details[roundId] = Detail(uint128(price.confidence), price.previousPublishTime);
        return true;
    }

    /// @inheritdoc IPullFeed
    function prepay(address consumer) external payable {
        creditOf[consumer] += msg.value;
        emit Prepaid(consumer, msg.sender, msg.value);
    }

    // --- Owner --- //

    /// @inheritdoc IPullFeed
    function setSigner(address signer, bool allowed) external onlyOwner {
        _setSigner(signer, allowed);
        if (signerCount < quorum) revert InvalidConfiguration();
    }

    /// @inheritdoc IPullFeed
    function setQuorum(uint256 quorum_) external onlyOwner {
        _setQuorum(quorum_);
    }

    /// @inheritdoc IPullFeed
    function setUpdateFee(uint256 updateFee_) external onlyOwner {
        _setUpdateFee(updateFee_);
    }

    /// @inheritdoc IPullFeed
    function setMaxUpdateAge(uint256 maxUpdateAge_) external onlyOwner {
        _setMaxUpdateAge(maxUpdateAge_);
    }

    /// @inheritdoc IPullFeed
    function withdrawFees(address payable to) external onlyOwner {
        if (to == address(0)) revert InvalidConfiguration();
        uint256 amount = earnedFees;
        earnedFees = 0;
        emit FeesWithdrawn(to, amount);
        Address.sendValue(to, amount);
    }

    // --- Reads --- //

    /// @inheritdoc IPullFeed
    function firstInWindow(
        SignedPrice calldata price,
        bytes calldata signatures,
        uint256 from,
        uint256 to
    ) external view returns (int256) {
        if (price.previousPublishTime >= from || price.publishTime < from || price.publishTime > to)
            revert NotFirstInWindow(price.previousPublishTime, price.publishTime, from, to);
        _verify(price, signatures);
        return price.answer;
    }

    /// @inheritdoc IPullFeed
    function confidenceOf(uint80 roundId) external view returns (uint256) {
        return _details[roundId].confidence;
    }

    /// @inheritdoc IPullFeed
    function previousPublishTimeOf(uint80 roundId) external view returns (uint256) {
        return _details[roundId].previousPublishTime;
    }

    // --- Internal --- //

    /// @dev Whoever brings a price pays: out of the value sent and what was paid ahead.
    function _charge() private {
        uint256 credit = creditOf[msg.sender];
        uint256 fee = updateFee;
        if (credit < fee) revert InsufficientFee(credit, fee);
        creditOf[msg.sender] = credit - fee;
        earnedFees += fee;
    }

    function _verify(SignedPrice calldata price, bytes calldata signatures) private view {
        _requirePositive(price.answer);
        if (
            price.confidence > uint256(price.answer) ||
            price.previousPublishTime >= price.publishTime
        ) revert InvalidConfiguration();
        uint256 count = signatures.length / SIGNATURE_BYTES;
        if (count != quorum || signatures.length % SIGNATURE_BYTES != 0) {
            revert WrongSignatureCount(count, quorum);
        }
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    TYPE_HASH,
                    price.answer,
                    price.confidence,
                    price.publishTime,
                    price.previousPublishTime
                )
            )
        );
        // slither-disable-next-line uninitialized-local -- the zero address stands before all signers
        address last;
        for (uint256 i; i < count; ++i) {
            uint256 start = i * SIGNATURE_BYTES;
            bytes calldata signature = signatures[start:start + SIGNATURE_BYTES];
            address signer = ECDSA.recover(digest, signature);
            if (signer <= last || !isSigner[signer]) revert InvalidSigner(signer);
            last = signer;
        }
    }

    // slither-disable-next-line costly-loop -- a handful of signers, when it is deployed
    function _setSigner(address signer, bool allowed) private {
        if (signer == address(0) || isSigner[signer] == allowed) revert InvalidConfiguration();
        isSigner[signer] = allowed;
        signerCount = allowed ? signerCount + 1 : signerCount - 1;
        emit SignerSet(signer, allowed);
    }

    function _setQuorum(uint256 quorum_) private {
        if (quorum_ == 0 || quorum_ > signerCount) revert InvalidConfiguration();
        quorum = quorum_;
        emit QuorumSet(quorum_);
    }

    function _setUpdateFee(uint256 updateFee_) private {
        if (updateFee_ > MAX_FEE) revert InvalidConfiguration();
        updateFee = updateFee_;
        emit UpdateFeeSet(updateFee_);
    }

    function _setMaxUpdateAge(uint256 maxUpdateAge_) private {
        if (maxUpdateAge_ == 0 || maxUpdateAge_ > MAX_AGE) revert InvalidConfiguration();
        maxUpdateAge = maxUpdateAge_;
        emit MaxUpdateAgeSet(maxUpdateAge_);
    }
}
