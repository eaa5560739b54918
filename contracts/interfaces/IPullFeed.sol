// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IRoundFeed} from "./IRoundFeed.sol";

/// @notice A price as publishers sign it (EIP-712 type of the same name).
struct SignedPrice {
    /// Price, 8 decimals.
    int256 answer;
    /// Half width of the interval that publishers are confident of, 8 decimals.
    uint256 confidence;
    /// When it was published, seconds.
    uint64 publishTime;
    /// When the price before it was published, seconds.
    uint64 previousPublishTime;
}

/// @title A pull feed: whoever needs a price brings it, signed
/// @notice Publishers sign prices off chain; anybody carries one in. A quorum of signatures is
/// checked, the newest price is stored, and an older one is ignored without cost beyond its
/// calldata. Each stored update costs a fee. The shape of Pyth: signatures by a quorum of
/// guardians, publish time of this and of the previous price, confidence, fee.
interface IPullFeed is IRoundFeed {
    /// @notice A signer was admitted or removed.
    event SignerSet(address indexed signer, bool allowed);
    /// @notice The number of signatures that a price needs changed.
    event QuorumSet(uint256 quorum);
    /// @notice The fee of an update changed, wei.
    event UpdateFeeSet(uint256 updateFee);
    /// @notice Largest age of a price that may still be stored changed, seconds.
    event MaxUpdateAgeSet(uint256 maxUpdateAge);
    /// @notice Fees were paid ahead.
    event Prepaid(address indexed consumer, address indexed payer, uint256 amount);
    /// @notice The owner took the fees earned.
    event FeesWithdrawn(address indexed to, uint256 amount);

    /// @notice The signatures are not as many as the quorum asks for.
    error WrongSignatureCount(uint256 given, uint256 quorum);
    /// @notice A signature is not by an admitted signer, or signers are not in ascending order.
    error InvalidSigner(address signer);
    /// @notice Neither the value sent nor the credit pays the fee.
    error InsufficientFee(uint256 available, uint256 fee);
    /// @notice The price is too old to be stored.
    error UpdateTooOld(uint256 publishTime, uint256 maxUpdateAge);
    /// @notice The price is not the first one published in the window.
    error NotFirstInWindow(
        uint256 previousPublishTime,
        uint256 publishTime,
        uint256 from,
        uint256 to
    );

    /// @notice Store a price if it is newer than the stored one.
    /// @param price The price.
    /// @param signatures 65 bytes (r, s, v) a signer, in ascending order of signers' addresses.
    /// @return stored False when a price at least as new was there already; then nothing is
    /// checked and nothing charged.
    function update(
        SignedPrice calldata price,
        bytes calldata signatures
    ) external payable returns (bool stored);

    /// @notice Check a price without storing it: it must be the first one published in a window.
    /// Whoever settles an order cannot choose among the prices of the window.
    /// @param price The price.
    /// @param signatures As for `update`.
    /// @param from Start of the window, seconds.
    /// @param to End of the window, seconds, inclusive.
    /// @return answer The price, 8 decimals.
    function firstInWindow(
        SignedPrice calldata price,
        bytes calldata signatures,
        uint256 from,
        uint256 to
    ) external view returns (int256 answer);

    /// @notice Pay update fees ahead for a contract that carries prices in others' transactions.
    function prepay(address consumer) external payable;

    /// @notice Admit or remove a signer.
    function setSigner(address signer, bool allowed) external;

    /// @notice Set how many signatures a price needs.
    function setQuorum(uint256 quorum_) external;

    /// @notice Set the fee of an update, wei.
    function setUpdateFee(uint256 updateFee_) external;

    /// @notice Set the largest age of a price that may still be stored, seconds.
    function setMaxUpdateAge(uint256 maxUpdateAge_) external;

    /// @notice Take the fees earned.
    function withdrawFees(address payable to) external;

    /// @notice Confidence of a round, 8 decimals.
    function confidenceOf(uint80 roundId) external view returns (uint256);

    /// @notice When the price before a round was published, seconds.
    function previousPublishTimeOf(uint80 roundId) external view returns (uint256);

    /// @notice Whether an address signs prices.
    function isSigner(address signer) external view returns (bool);

    /// @notice Number of signers.
    function signerCount() external view returns (uint256);

    /// @notice Number of signatures that a price needs.
    function quorum() external view returns (uint256);

    /// @notice Fee of an update, wei.
    function updateFee() external view returns (uint256);

    /// @notice Largest age of a price that may still be stored, seconds.
    function maxUpdateAge() external view returns (uint256);

    /// @notice Fees paid ahead for a consumer, wei.
    function creditOf(address consumer) external view returns (uint256);

    /// @notice Fees earned and not withdrawn, wei.
    function earnedFees() external view returns (uint256);
}
