// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IRoundFeed} from "./IRoundFeed.sol";

/// @title A feed that needs several publishers
/// @notice Each publisher reports on its own; as soon as a quorum of reports newer than the last
/// round has landed, their median is the next round. Each report counts once. Under congestion a
/// round is as late as the report that completes the quorum.
interface IMedianFeed is IRoundFeed {
    /// @notice A publisher's report landed.
    /// @param publisher Who.
    /// @param answer The price, 8 decimals.
    /// @param observedAt When it was observed, seconds.
    /// @param waiting Reports that now wait for the quorum.
    event Reported(address indexed publisher, int256 answer, uint256 observedAt, uint256 waiting);
    /// @notice A publisher was admitted or removed.
    event PublisherSet(address indexed publisher, bool allowed);
    /// @notice The number of reports that a round needs changed.
    event QuorumSet(uint256 quorum);

    /// @notice The report is older than reports may be when they land.
    error ReportTooOld(uint256 observedAt, uint256 maxReportAge);

    /// @notice Report a price.
    /// @param answer The price, 8 decimals.
    /// @param observedAt When it was observed, seconds; later than one's own last report's, not
    /// later than now. A report no newer than those that the last round used is kept but not counted.
    function transmit(int256 answer, uint256 observedAt) external;

    /// @notice Admit or remove a publisher; at most 21.
    function setPublisher(address publisher, bool allowed) external;

    /// @notice Set how many reports a round needs.
    function setQuorum(uint256 quorum_) external;

    /// @notice All publishers.
    function publishers() external view returns (address[] memory);

    /// @notice A publisher's newest report.
    function reportOf(address publisher) external view returns (int256 answer, uint256 observedAt);

    /// @notice Newest observation among the reports that a round has used, seconds.
    function usedUpTo() external view returns (uint256);

    /// @notice Number of reports that a round needs.
    function quorum() external view returns (uint256);

    /// @notice Largest age of a report that counts, seconds.
    function maxReportAge() external view returns (uint256);
}
