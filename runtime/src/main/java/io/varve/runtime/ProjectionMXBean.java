package io.varve.runtime;

import java.util.Map;

/**
 * The figures of a projection, for JMX: {@link ProjectionMetrics} as plain numbers, times in
 * milliseconds. Registered while its runtime runs, as {@code
 * io.varve:type=projection,runtime=NAME,projection=NAME}. Thread-safe.
 */
public interface ProjectionMXBean {
    /**
     * See {@link ProjectionMetrics#name}.
     *
     * @return the name
     */
    String getName();

    /**
     * See {@link ProjectionMetrics#version}.
     *
     * @return the version
     */
    int getVersion();

    /**
     * See {@link ProjectionMetrics#state}.
     *
     * @return the name of the state
     */
    String getState();

    /**
     * See {@link ProjectionStatus#activity}.
     *
     * @return the name of the activity
     */
    String getActivity();

    /**
     * Why it has failed.
     *
     * @return empty if it has not
     */
    String getFailure();

    /**
     * See {@link ProjectionMetrics#position}.
     *
     * @return the position; -1 if none
     */
    long getPosition();

    /**
     * See {@link ProjectionMetrics#processRate}.
     *
     * @return events a second
     */
    double getProcessRate();

    /**
     * See {@link ProjectionMetrics#processTotal}.
     *
     * @return events
     */
    long getProcessTotal();

    /**
     * See {@link ProjectionMetrics#commitRate}.
     *
     * @return commits a second
     */
    double getCommitRate();

    /**
     * See {@link ProjectionMetrics#commitTotal}.
     *
     * @return commits
     */
    long getCommitTotal();

    /**
     * See {@link ProjectionMetrics#commitLatency}.
     *
     * @return the average, in milliseconds
     */
    double getCommitLatencyAvg();

    /**
     * See {@link ProjectionMetrics#commitLatency}.
     *
     * @return the 99th percentile, in milliseconds
     */
    double getCommitLatencyP99();

    /**
     * See {@link ProjectionMetrics#commitLatency}.
     *
     * @return the longest, in milliseconds
     */
    double getCommitLatencyMax();

    /**
     * See {@link ProjectionMetrics#recordE2eLatency}.
     *
     * @return the shortest, in milliseconds
     */
    double getRecordE2eLatencyMin();

    /**
     * See {@link ProjectionMetrics#recordE2eLatency}.
     *
     * @return the average, in milliseconds
     */
    double getRecordE2eLatencyAvg();

    /**
     * See {@link ProjectionMetrics#recordE2eLatency}.
     *
     * @return the 99th percentile, in milliseconds
     */
    double getRecordE2eLatencyP99();

    /**
     * See {@link ProjectionMetrics#recordE2eLatency}.
     *
     * @return the longest, in milliseconds
     */
    double getRecordE2eLatencyMax();

    /**
     * See {@link ProjectionMetrics#recordsLag}.
     *
     * @return events
     */
    long getRecordsLag();

    /**
     * See {@link ProjectionMetrics#timeLag}.
     *
     * @return milliseconds
     */
    double getTimeLag();

    /**
     * See {@link DeadLetterCounts#dead}.
     *
     * @return events
     */
    long getDeadLetters();

    /**
     * See {@link DeadLetterCounts#waiting}.
     *
     * @return events
     */
    long getWaitingLetters();

    /**
     * See {@link DeadLetterCounts#skipped}.
     *
     * @return events
     */
    long getSkippedRecords();

    /**
     * See {@link DeadLetterCounts#purged}.
     *
     * @return events
     */
    long getPurgedLetters();

    /**
     * See {@link ProjectionMetrics#droppedRecordsTotal}.
     *
     * @return records
     */
    long getDroppedRecordsTotal();

    /**
     * See {@link ProjectionMetrics#droppedRecords}.
     *
     * @return records, by store
     */
    Map<String, Long> getDroppedRecords();

    /**
     * See {@link io.varve.projections.CacheCounts#hitRate}.
     *
     * @return 0 to 1
     */
    double getCacheHitRate();

    /**
     * See {@link io.varve.projections.CacheCounts#rows}.
     *
     * @return rows
     */
    long getCacheRows();

    /**
     * See {@link io.varve.projections.CacheCounts#size}.
     *
     * @return bytes about, or rows
     */
    long getCacheSize();

    /**
     * See {@link ProjectionMetrics#openViews}.
     *
     * @return views
     */
    int getOpenViews();

    /**
     * See {@link ProjectionMetrics#oldestOpenView}.
     *
     * @return milliseconds
     */
    double getOldestOpenView();

    /**
     * See {@link RebuildProgress#phase}.
     *
     * @return the name of a {@link RebuildPhase}; an empty text where there is no rebuild
     */
    String getRebuildPhase();

    /**
     * See {@link RebuildProgress#position}.
     *
     * @return of the last event; -1 if none, and where there is no rebuild
     */
    long getRebuildPosition();

    /**
     * See {@link RebuildProgress#lag}.
     *
     * @return in events; 0 where there is no rebuild
     */
    long getRebuildLag();

    /**
     * See {@link RebuildProgress#eventsPerSecond}.
     *
     * @return positions of the log a second; 0 where there is no rebuild
     */
    double getRebuildRate();

    /**
     * See {@link RebuildProgress#remaining}.
     *
     * @return milliseconds; -1 if that cannot be told, and where there is no rebuild
     */
    double getRebuildRemaining();
}
