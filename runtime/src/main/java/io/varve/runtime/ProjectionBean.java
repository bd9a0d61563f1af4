package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** Shows a projection to JMX; each attribute is as it is when it is asked for. */
final class ProjectionBean implements ProjectionMXBean {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Supplier<ProjectionMetrics> metrics;
    private final Supplier<ProjectionStatus> status;

    ProjectionBean(Supplier<ProjectionMetrics> metrics, Supplier<ProjectionStatus> status) {
        this.metrics = metrics;
        this.status = status;
    }

    static double millis(Duration time) {
        return time.getSeconds() * 1e3 + time.getNano() / NANOS_PER_MILLI;
    }

    @Override
    public String getName() {
        return metrics.get().name();
    }

    @Override
    public int getVersion() {
        return metrics.get().version();
    }

    @Override
    public String getState() {
        return metrics.get().state().name();
    }

    @Override
    public String getActivity() {
        return status.get().activity().name();
    }

    @Override
    public String getFailure() {
        return status.get().failure().map(ErrorText::of).orElse("");
    }

    @Override
    public long getPosition() {
        return metrics.get().position();
    }

    @Override
    public double getProcessRate() {
        return metrics.get().processRate();
    }

    @Override
    public long getProcessTotal() {
        return metrics.get().processTotal();
    }

    @Override
    public double getCommitRate() {
        return metrics.get().commitRate();
    }

    @Override
    public long getCommitTotal() {
        return metrics.get().commitTotal();
    }

    @Override
    public double getCommitLatencyAvg() {
        return millis(metrics.get().commitLatency().average());
    }

    @Override
    public double getCommitLatencyP99() {
        return millis(metrics.get().commitLatency().p99());
    }

    @Override
    public double getCommitLatencyMax() {
        return millis(metrics.get().commitLatency().max());
    }

    @Override
    public double getRecordE2eLatencyMin() {
        return millis(metrics.get().recordE2eLatency().min());
    }

    @Override
    public double getRecordE2eLatencyAvg() {
        return millis(metrics.get().recordE2eLatency().average());
    }

    @Override
    public double getRecordE2eLatencyP99() {
        return millis(metrics.get().recordE2eLatency().p99());
    }

    @Override
    public double getRecordE2eLatencyMax() {
        return millis(metrics.get().recordE2eLatency().max());
    }

    @Override
    public long getRecordsLag() {
        return metrics.get().recordsLag();
    }

    @Override
    public double getTimeLag() {
        return millis(metrics.get().timeLag());
    }

    @Override
    public long getDeadLetters() {
        return metrics.get().deadLetters().dead();
    }

    @Override
    public long getWaitingLetters() {
        return metrics.get().deadLetters().waiting();
    }

    @Override
    public long getSkippedRecords() {
        return metrics.get().deadLetters().skipped();
    }

    @Override
    public long getPurgedLetters() {
        return metrics.get().deadLetters().purged();
    }

    @Override
    public long getDroppedRecordsTotal() {
        return metrics.get().droppedRecordsTotal();
    }

    @Override
    public Map<String, Long> getDroppedRecords() {
        return metrics.get().droppedRecords();
    }

    @Override
    public double getCacheHitRate() {
        return metrics.get().cache().hitRate();
    }

    @Override
    public long getCacheRows() {
        return metrics.get().cache().rows();
    }

    @Override
    public long getCacheSize() {
        return metrics.get().cache().size();
    }

    @Override
    public int getOpenViews() {
        return metrics.get().openViews();
    }

    @Override
    public double getOldestOpenView() {
        return millis(metrics.get().oldestOpenView());
    }

    @Override
    public String getRebuildPhase() {
        return metrics.get().rebuild().map(now -> now.phase().name()).orElse("");
    }

    @Override
    public long getRebuildPosition() {
        return metrics.get().rebuild().map(RebuildProgress::position).orElse(-1L);
    }

    @Override
    public long getRebuildLag() {
        return metrics.get().rebuild().map(RebuildProgress::lag).orElse(0L);
    }

    @Override
    public double getRebuildRate() {
        return metrics.get().rebuild().map(RebuildProgress::eventsPerSecond).orElse(0.0);
    }

    @Override
    public double getRebuildRemaining() {
        return metrics.get()
                .rebuild()
                .flatMap(RebuildProgress::remaining)
                .map(ProjectionBean::millis)
                .orElse(-1.0);
    }
}
