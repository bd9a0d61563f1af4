package io.varve.runtime;

import java.util.List;

/**
 * The figures of a runtime, for JMX: {@link RuntimeMetrics} as plain numbers, times in
 * milliseconds. Registered while it runs, as {@code io.varve:type=runtime,runtime=NAME}.
 * Thread-safe.
 */
public interface ProjectionRuntimeMXBean {
    /**
     * The name it is registered by.
     *
     * @return {@link ProjectionRuntimeBuilder#name}, with a number behind it where another runtime
     *     of this process has that name
     */
    String getName();

    /**
     * See {@link ProjectionRuntime#health}.
     *
     * @return the name of the status
     */
    String getHealth();

    /**
     * See {@link ProjectionRuntime#health}.
     *
     * @return a line for each problem, with its remedy
     */
    List<String> getHealthProblems();

    /**
     * See {@link Health#notes}.
     *
     * @return a line for each note, with its remedy
     */
    List<String> getHealthNotes();

    /**
     * See {@link RuntimeMetrics#head}.
     *
     * @return the position; -1 if the log is empty
     */
    long getHead();

    /**
     * See {@link RuntimeMetrics#processRate}.
     *
     * @return events a second
     */
    double getProcessRate();

    /**
     * See {@link RuntimeMetrics#processTotal}.
     *
     * @return events
     */
    long getProcessTotal();

    /**
     * See {@link RuntimeMetrics#recordsLagMax}.
     *
     * @return events
     */
    long getRecordsLagMax();

    /**
     * See {@link RuntimeMetrics#oldestOpenView}.
     *
     * @return milliseconds
     */
    double getOldestOpenView();

    /**
     * Its projections.
     *
     * @return their names
     */
    List<String> getProjections();

    /**
     * Those that have failed.
     *
     * @return their names
     */
    List<String> getFailedProjections();
}
